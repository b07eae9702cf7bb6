using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Files.Documents;

/// <summary>
/// Reads documents, each in a process of its own: this program, started with <see cref="Argument"/>. A document can then take no
/// more memory and time than the settings say, whatever it makes a library do, and none of it from the answers that run here.
/// </summary>
internal sealed partial class ReadingProcess(IOptions<FilesOptions> options, ILogger<ReadingProcess> logger)
{
    /// <summary>The first argument of the process.</summary>
    public const string Argument = "read-document";

    /// <summary>What the process needs besides its heap: the runtime, code, buffers.</summary>
    private const long OutsideTheHeap = 64L * 1024 * 1024;

    /// <summary>How many times its processor time a process may last, where the machine is busy.</summary>
    private const int MostWaiting = 10;

    private static readonly TimeSpan LookedAtEvery = TimeSpan.FromMilliseconds(50);

    // What .NET needs to start. All else of the environment may hold secrets, and is not passed on.
    private static readonly string[] Passed =
        ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SystemRoot", "DOTNET_ROOT", "DOTNET_BUNDLE_EXTRACT_BASE_DIR"];

    // Two at once: a document may take a processor for some seconds.
    private static readonly SemaphoreSlim Places = new(2);

    /// <summary>The text of a document.</summary>
    /// <exception cref="DocumentException">The document has no text for a model.</exception>
    public async Task<string> ReadAsync(DocumentKind kind, byte[] content, CancellationToken cancellationToken)
    {
        await Places.WaitAsync(cancellationToken);
        try
        {
            using var process = Process.Start(StartOf(kind))!;
            return await ReadAsync(process, content, cancellationToken);
        }
        finally
        {
            Places.Release();
        }
    }

    /// <summary>
    /// What the process does: reads a document from its input and writes the text, after a line that says how it went.
    /// </summary>
    /// <param name="arguments">Those after <see cref="Argument"/>: the kind, and the most characters.</param>
    /// <returns>The exit code.</returns>
    public static int Run(ReadOnlySpan<string> arguments)
    {
        var (kind, most) = (Enum.Parse<DocumentKind>(arguments[0]), int.Parse(arguments[1], CultureInfo.InvariantCulture));
        using var input = new MemoryStream();
        using (var sent = Console.OpenStandardInput())
            sent.CopyTo(input);
        using var output = Console.OpenStandardOutput();
        try
        {
            var text = DocumentText.Read(kind, input.ToArray(), most);
            output.Write(Encoding.UTF8.GetBytes("read\n" + text));
        }
        catch (DocumentException fault)
        {
            output.Write(Encoding.UTF8.GetBytes($"{fault.Fault}\n"));
        }
        return 0;
    }

    /// <summary>How the process is started.</summary>
    internal ProcessStartInfo StartOf(DocumentKind kind)
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        var program = typeof(ReadingProcess).Assembly.GetName().Name!;
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == program)
        {
            start.FileName = Environment.ProcessPath!;
        }
        else
        {
            start.FileName = DotnetPath();
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, $"{program}.dll"));
        }
        string[] arguments =
            [Argument, kind.ToString(), options.Value.MostCharacters.ToString(CultureInfo.InvariantCulture)];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Except(Passed, StringComparer.OrdinalIgnoreCase).ToList())
            start.Environment.Remove(name);
        var heap = options.Value.ReadMemory - OutsideTheHeap;
        start.Environment["DOTNET_GCHeapHardLimit"] = heap.ToString("X", CultureInfo.InvariantCulture);
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        return start;
    }

    // Beside the runtime that runs this: the host may be that of a web server, or of tests.
    private static string DotnetPath()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (Path.GetFileName(Environment.ProcessPath) == name)
            return Environment.ProcessPath!;
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        return File.Exists(Path.Combine(root, name)) ? Path.Combine(root, name) : name;
    }

    private async Task<string> ReadAsync(Process process, byte[] content, CancellationToken cancellationToken)
    {
        var output = ReadOutputAsync(process.StandardOutput);
        // What a dying process says of itself may quote the document.
        var errors = process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        try
        {
            var sending = SendAsync(process, content);
            await WatchAsync(process, cancellationToken);
            await sending;
            await errors;
            var text = await output;
            if (process.ExitCode == 0 && text.StartsWith("read\n", StringComparison.Ordinal))
                return text["read\n".Length..];
            // It ran out of memory or stack, or was killed.
            throw new DocumentException(process.ExitCode == 0 && Enum.TryParse<DocumentFault>(text.Trim(), out var fault)
                ? fault : Died(process.ExitCode));
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private DocumentFault Died(int exitCode)
    {
        Log.Died(logger, exitCode);
        return DocumentFault.TooComplex;
    }

    private async Task<string> ReadOutputAsync(StreamReader output)
    {
        var text = new StringBuilder();
        var buffer = new char[16 * 1024];
        for (int read; (read = await output.ReadAsync(buffer, CancellationToken.None)) > 0;)
        {
            // It keeps to the limit; what took it over may not.
            if (text.Length <= options.Value.MostCharacters + 16)
                text.Append(buffer, 0, read);
        }
        return text.ToString();
    }

    private static async Task SendAsync(Process process, byte[] content)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(content, CancellationToken.None);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended before it read all.
        }
    }

    // The system's clock: a process runs by no other.
    private async Task WatchAsync(Process process, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(LookedAtEvery);
        var exited = process.WaitForExitAsync(cancellationToken);
        while (await Task.WhenAny(exited, timer.WaitForNextTickAsync(cancellationToken).AsTask()) != exited)
        {
            var (time, memory) = UsedBy(process);
            if (time > options.Value.ReadWithin || memory > options.Value.ReadMemory
                || Stopwatch.GetElapsedTime(begun) > MostWaiting * options.Value.ReadWithin)
            {
                process.Kill(entireProcessTree: true);
                break;
            }
        }
        await exited;
    }

    private static (TimeSpan Time, long Memory) UsedBy(Process process)
    {
        try
        {
            process.Refresh();
            return (process.TotalProcessorTime, process.WorkingSet64);
        }
        catch (InvalidOperationException)
        {
            return default; // it has just ended
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information,
            Message = "A document was not read: its process ended with {ExitCode}, because it took too much time or memory.")]
        public static partial void Died(ILogger logger, int exitCode);
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>A program that a test starts, reads line by line, and ends.</summary>
internal sealed class RealProcess : IAsyncDisposable
{
    public const int Kill = 9;
    public const int Continue = 18;
    public const int Stop = 19;
    private const int Term = 15;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Lock _gate = new();
    private readonly List<(Func<string, bool> IsMeant, TaskCompletionSource<string> Found)> _awaited = [];

    private RealProcess(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Exited = WaitForExitAsync();
    }

    public int Id => _process.Id;

    /// <summary>Both streams, as they came.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>The exit code, once all output has been read too.</summary>
    public Task<int> Exited { get; }

    public static RealProcess Start(ProcessStartInfo start) => new(start);

    /// <summary>Runs a program to its end.</summary>
    public static (string Output, int ExitCode) Run(string program, params string[] arguments) =>
        Run(new ProcessStartInfo(program, arguments));

    public static (string Output, int ExitCode) Run(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = new Process { StartInfo = start };
        var output = new StringBuilder();
        void Take(string? line)
        {
            if (line is not null)
                lock (output) output.AppendLine(line);
        }
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        return (output.ToString(), process.ExitCode);
    }

    /// <summary>The first matching line, past or future. Fails if the program ends first.</summary>
    public async Task<string> LineAsync(Func<string, bool> isMeant)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_lines.FirstOrDefault(isMeant) is { } line)
                return line;
            _awaited.Add((isMeant, found));
        }
        if (await Task.WhenAny(found.Task, Exited) != found.Task && !found.Task.IsCompleted)
            throw new InvalidOperationException($"The program ended with {await Exited} before it said so:\n{Output}");
        return await found.Task;
    }

    /// <summary>The processor time used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The bytes of memory that it has now.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Sends SIGTERM; <see cref="Exited"/> tells what came of it.</summary>
    public void Terminate() => Signal(_process.Id, Term);

    /// <summary>Sends a signal to any process.</summary>
    public static void Signal(int processId, int signal) => _ = SendSignal(processId, signal);

    /// <summary>The ids of the processes that this one has started, as far as they run.</summary>
    public static IReadOnlyList<int> ChildrenOf(int processId)
    {
        var file = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task/{processId}/children");
        return !File.Exists(file) ? [] : [
            .. File.ReadAllText(file).Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
    }

    /// <summary>Ends its input, where that was redirected. It ends too when this process does.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>SIGKILL.</summary>
    public Task<int> KillAsync()
    {
        _process.Kill();
        return Exited;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await Exited;
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        lock (_gate)
        {
            _lines.Enqueue(line);
            foreach (var (_, found) in _awaited.Where(awaited => awaited.IsMeant(line)))
                found.TrySetResult(line);
        }
    }

    private async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}

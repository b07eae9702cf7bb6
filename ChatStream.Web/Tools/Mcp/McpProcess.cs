using System.Diagnostics;

namespace ChatStream.Web.Tools.Mcp;

/// <summary>
/// A server that is a program. It gets only the variables that a program needs to run and those of the settings: the app's own
/// hold keys. It dies with its connection.
/// </summary>
internal sealed partial class McpProcess : IDisposable
{
    private static readonly string[] Passed =
    [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "TMPDIR", "TEMP", "TMP", "LANG", "LC_ALL", "TZ",
        "SYSTEMROOT", "SYSTEMDRIVE", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PATHEXT", "WINDIR", "COMSPEC",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "DOTNET_ROOT",
    ];

    private readonly Process _process;

    private McpProcess(Process process)
    {
        _process = process;
        Output = new BoundedStream(process.StandardOutput.BaseStream);
    }

    public Stream Input => _process.StandardInput.BaseStream;

    public BoundedStream Output { get; }

    /// <exception cref="Exception">It cannot be started.</exception>
    public static McpProcess Start(string name, McpServerOptions options, ILoggerFactory loggers)
    {
        var start = new ProcessStartInfo(options.Command, options.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment.Clear();
        foreach (var variable in Passed)
        {
            if (Environment.GetEnvironmentVariable(variable) is { } value)
                start.Environment[variable] = value;
        }
        foreach (var (variable, value) in options.Environment)
            start.Environment[variable] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException("The program did not start.");
        var logger = loggers.CreateLogger<McpProcess>();
        _ = DrainAsync(process.StandardError.BaseStream, name, logger);
        return new McpProcess(process);
    }

    public void Dispose()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception fault) when (fault is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has gone already.
        }
        _process.Dispose();
    }

    // Its words may be anything, so they are counted and not logged. Unread, they would block it.
    private static async Task DrainAsync(Stream errors, string name, ILogger logger)
    {
        var buffer = new byte[4096];
        var bytes = 0L;
        try
        {
            while (await errors.ReadAsync(buffer) is > 0 and var read)
                bytes += read;
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // It was ended.
        }
        Log.HasGone(logger, name, bytes);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Debug,
            Message = "The program of the tool server {Server} has gone. It wrote {Bytes} bytes to its standard error.")]
        public static partial void HasGone(ILogger logger, string server, long bytes);
    }
}

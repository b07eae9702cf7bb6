using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ChatStream.Benchmarks.Load;

/// <summary>The process that is measured. It stands between the readers and the upstream.</summary>
internal sealed class Target : IAsyncDisposable
{
    /// <summary>The key that <see cref="StartAppAsync"/> gives to the app. Peers have none.</summary>
    private const string Key = "benchmark-key-0123456789";

    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string? _folder;

    private Target(string name, Process process, Uri address, string? folder) =>
        (Name, _process, Address, _folder) = (name, process, address, folder);

    public string Name { get; }

    public Uri Address { get; }

    /// <summary>
    /// Starts the published app with SQLite. Only its limits differ from the defaults, and how soon hot code is compiled again if
    /// it is to be warmed up.
    /// </summary>
    public static Task<Target> StartAppAsync(
        string name, string published, Uri upstream, int processors, bool isWarm, params (string Name, string Value)[] settings)
    {
        var data = Directory.CreateTempSubdirectory("chatstream-load-").FullName;
        return StartAsync(name, processors, isWarm, Path.Combine(published, "ChatStream.Web.dll"), [], data, [
            ("AzureOpenAI__Endpoint", upstream.ToString()),
            ("AzureOpenAI__Deployment", "load"),
            ("AzureOpenAI__ApiKey", "load"),
            ("Data__Path", data),
            ("Api__Keys__0__Name", "load"),
            ("Api__Keys__0__Key", Key),
            ("Limits__Running", "100000"),
            ("Limits__RunningPerUser", "100000"),
            ("Limits__StartsPerMinute", "100000"),
            ("Limits__RunningPerAddress", "100000"),
            ("Limits__StartsPerMinutePerAddress", "100000"),
            ("Limits__StartsPerMinuteInAll", "100000"),
            ("Limits__IdentitiesPerMinutePerAddress", "100000"),
            .. settings]);
    }

    /// <summary>Starts a peer, which is in this assembly.</summary>
    public static Task<Target> StartPeerAsync(string peer, Uri upstream, int processors, bool isWarm) =>
        StartAsync(
            peer, processors, isWarm, Path.Combine(AppContext.BaseDirectory, "ChatStream.Benchmarks.dll"),
            ["peer", peer, upstream.ToString()], null, []);

    public static byte[] StartRequest(string body = """{"message":"What is measured here?"}""") =>
        Request("POST /chat/stream", body);

    public static byte[] AttachRequest(string generationId) => Request($"GET /chat/stream/{generationId}", null);

    public static byte[] StopRequest(string generationId) => Request($"POST /chat/stream/{generationId}/stop", "");

    public HttpClient NewClient() => new()
    {
        BaseAddress = Address,
        DefaultRequestHeaders = { { "Authorization", $"Bearer {Key}" } },
    };

    /// <summary>The user and system time that the process has used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The resident memory in bytes.</summary>
    public long Resident
    {
        get
        {
            var status = File.ReadLines($"/proc/{_process.Id}/status");
            var line = status.First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            return 1024 * long.Parse(line.AsSpan(6, line.Length - 9), CultureInfo.InvariantCulture);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }

    private static async Task<Target> StartAsync(
        string name, int processors, bool isWarm, string assembly, string[] arguments, string? folder,
        (string Name, string Value)[] settings)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}/");
        var start = Processors.StartOf(processors, assembly, arguments);
        start.Environment["ASPNETCORE_URLS"] = address.ToString();
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        // By default, hot code is not recompiled while new code is still being compiled. Under load that lasts minutes.
        if (isWarm)
            start.Environment["DOTNET_TC_CallCountingDelayMs"] = "0";
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        foreach (var (key, value) in settings)
            start.Environment[key] = value;
        var process = Process.Start(start)!;
        var output = new StringBuilder();
        process.OutputDataReceived += (_, line) => Keep(output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(output, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var target = new Target(name, process, address, folder);
        if (await target.ListensAsync())
            return target;
        await target.DisposeAsync();
        throw new InvalidOperationException($"{name} did not start:\n{output}");
    }

    // The first lines say why a start failed. The rest of a long log is not needed.
    private static void Keep(StringBuilder output, string? line)
    {
        lock (output)
        {
            if (output.Length < 16 * 1024)
                output.AppendLine(line);
        }
    }

    private async Task<bool> ListensAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (!_process.HasExited && Stopwatch.GetElapsedTime(started) < LongestStart)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, Address.Port);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
        return false;
    }

    private static byte[] Request(string line, string? body)
    {
        var length = Encoding.UTF8.GetByteCount(body ?? "");
        return Encoding.UTF8.GetBytes(
            $"{line} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {Key}\r\nAccept: text/event-stream\r\n"
            + (body is null ? "\r\n" : $"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"));
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}

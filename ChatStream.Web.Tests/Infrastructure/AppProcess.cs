using System.Diagnostics;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>The app as a separate process, published or as built, started from another directory.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    /// <summary>The folder of the app as test.sh has published it, or null.</summary>
    public static string? Published =>
        Environment.GetEnvironmentVariable("CHATSTREAM_TESTS_APP") is { Length: > 0 } folder ? folder : null;

    /// <summary>
    /// The folder of the app that runs as a process: what <c>CHATSTREAM_TESTS_APP</c> names, which test.sh has published as for
    /// a container, or else the build of these tests. The published app is compiled ahead of time and starts in half the time.
    /// </summary>
    public static readonly string Built = Published ?? Path.Combine(
        Repository.Root, "ChatStream.Web", Path.GetRelativePath(Repository.Tests, AppContext.BaseDirectory));

    private readonly RealProcess _process;

    private AppProcess(RealProcess process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public int Id => _process.Id;

    public string Output => _process.Output;

    public TimeSpan ProcessorTime => _process.ProcessorTime;

    /// <summary>The bytes of memory that it has now.</summary>
    public long Memory => _process.Memory;

    /// <summary>Where it listens after it has waited for the database: with port 0 that is another port.</summary>
    public async Task<Uri> NextAddressAsync()
    {
        var lines = 0;
        var line = await LineAsync(line => line.Contains(Listening, StringComparison.Ordinal) && ++lines == 2);
        return new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim());
    }

    /// <summary>The exit code.</summary>
    public Task<int> Exited => _process.Exited;

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="folder">Where it was published to, or <see cref="Built"/>.</param>
    /// <param name="dataFolder">Its <c>Data:Path</c>.</param>
    /// <param name="settings">Others, given as environment variables.</param>
    public static async Task<AppProcess> StartAsync(
        string folder, string dataFolder, params (string Key, string Value)[] settings)
    {
        var process = Launch(folder, dataFolder, settings);
        var line = await process.LineAsync(line => line.Contains(Listening, StringComparison.Ordinal));
        return new AppProcess(
            process, new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim()));
    }

    /// <summary>Starts the process without waiting until it listens.</summary>
    public static RealProcess Launch(string folder, string dataFolder, params (string Key, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, "ChatStream.Web.dll")])
        {
            WorkingDirectory = Path.GetTempPath(),
            Environment =
            {
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                ["ASPNETCORE_ENVIRONMENT"] = "Production",
                ["Data__Path"] = dataFolder,
            },
        };
        // To count what runs often costs a start an eighth of its processor time. Figures are taken of the app as it is.
        if (!Soak.IsOn)
            start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (key, value) in settings)
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        return RealProcess.Start(start);
    }

    public ChatClient NewUser() => new(Address);

    /// <summary>The first line of its log with this text, past or future.</summary>
    public Task<string> LineAsync(string text) => LineAsync(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>The first matching line. The predicate sees each line once, in order.</summary>
    public Task<string> LineAsync(Func<string, bool> isMeant) => _process.LineAsync(isMeant);

    /// <summary>SIGTERM, as a container or a unit is stopped.</summary>
    public void Terminate() => _process.Terminate();

    /// <summary>Sends SIGKILL.</summary>
    public Task<int> KillAsync() => _process.KillAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}

using System.Collections.Concurrent;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Chaos;
using ChatStream.Web.Tests.Integration.Fairness;
using ChatStream.Web.Tests.Integration.Proxy;

namespace ChatStream.Web.Tests.Integration.BadDay;

/// <summary>
/// The app's instances, one life after the other on the same data, behind a proxy that cuts some connections. Several are behind
/// nginx too, and reach one another through proxies that are cut.
/// </summary>
internal sealed class BadDayApp : IAsyncDisposable
{
    private const int MostStarts = 60;

    /// <summary>No program listens there.</summary>
    private static readonly Uri Nowhere = LoopbackAt(1);

    private readonly BadDayDatabase _database;
    private readonly Ledger _ledger;
    private readonly Lock _gate = new();
    private readonly Random _cuts;
    private readonly AppProcess?[] _processes;
    private readonly Uri[] _addresses; // where there are several, each keeps its own for all of its lives
    private readonly List<FaultProxy> _doors = []; // of each to the others
    private int _victims; // an instance each time, in turn
    private int _cut;
    private NginxServer? _nginx;
    private FaultProxy? _proxy;
    private volatile bool _isCalm = true;

    private BadDayApp(BadDayDatabase database, EmulatorServer emulator, Ledger ledger, int seed, int instances) =>
        (_database, Emulator, _ledger, _cuts, _processes, _addresses) =
            (database, emulator, ledger, new Random(seed), new AppProcess?[instances],
                instances == 1 ? [] : [.. Enumerable.Range(0, instances).Select(_ => LoopbackAt(FreePort.Find()))]);

    public EmulatorServer Emulator { get; }

    /// <summary>Where the clients connect to.</summary>
    public Uri Address => _proxy!.Address;

    public FaultProxy Proxy => _proxy!;

    /// <summary>The bytes of memory of all processes.</summary>
    public long Memory => _processes.Sum(process => process?.Memory ?? 0);

    /// <summary>The number of characters that a process reported as committed, by generation.</summary>
    public ConcurrentDictionary<string, int> Committed { get; } = new();

    /// <summary>What an actor sent. The messages before it that have no answer come with it, as one.</summary>
    public static string MessageOf(EmulatedRequest request) => request.LastUserMessage.Split("\n\n")[^1];

    public static async Task<BadDayApp> StartAsync(BadDayDatabase database, Ledger ledger, int seed, int instances)
    {
        var app = new BadDayApp(database, await EmulatorServer.StartAsync(), ledger, seed, instances);
        app.Emulator.On(request => BadDayAnswer.ScriptFor(MessageOf(request)));
        app._doors.AddRange(app._addresses.Select(address => FaultProxy.Start(address)));
        for (var number = 0; number < instances; number++)
            await app.BeginLifeAsync(number);
        if (instances > 1)
            app._nginx = await NginxServer.StartInFrontOfAsync(app._addresses);
        app._proxy = FaultProxy.Start(app._nginx?.Address ?? app._processes[0]!.Address, app.Choose);
        return app;
    }

    /// <summary>What can go wrong between the instances, by name. Each ends with a network that works again.</summary>
    public IReadOnlyDictionary<string, Func<TimeSpan, Task>> Faults => _doors.Count == 0
        ? new Dictionary<string, Func<TimeSpan, Task>>()
        : new Dictionary<string, Func<TimeSpan, Task>> { ["instance cut from the others"] = CutAsync };

    public async Task KillAsync()
    {
        if (Victim() is not { } number)
            return;
        await _processes[number]!.KillAsync();
        await EndLifeAsync(number);
    }

    /// <summary>SIGTERM. A process that hangs is killed, which breaks a promise.</summary>
    public async Task TerminateAsync()
    {
        if (Victim() is not { } number)
            return;
        var process = _processes[number]!;
        process.Terminate();
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        try
        {
            await process.Exited.WaitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            _ledger.Broken.Add("The process did not end within 60 s of SIGTERM.");
            await process.KillAsync();
        }
        await EndLifeAsync(number);
    }

    /// <summary>Stops a process for some time without ending it.</summary>
    public async Task PauseAsync(TimeSpan time)
    {
        if (Victim() is not { } number)
            return;
        var id = _processes[number]!.Id;
        RealProcess.Signal(id, RealProcess.Stop);
        await Task.Delay(time, TimeProvider.System);
        RealProcess.Signal(id, RealProcess.Continue);
    }

    /// <summary>Starts the processes that are not there. One that ended by itself breaks a promise.</summary>
    public async Task ReviveAsync()
    {
        for (var number = 0; number < _processes.Length; number++)
        {
            if (_processes[number] is { Exited.IsCompleted: true } dead)
            {
                _ledger.Broken.Add($"The process ended by itself with {await dead.Exited}: {Tail(dead.Output)}");
                await EndLifeAsync(number);
            }
            if (_processes[number] is null)
                await BeginLifeAsync(number);
        }
        if (_nginx is null)
            _proxy!.Target = _processes[0]!.Address;
    }

    /// <summary>While it is true, no connection of a client is cut.</summary>
    public bool IsCalm
    {
        get => _isCalm;
        set => _isCalm = value;
    }

    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null)
            await _proxy.DisposeAsync();
        if (_nginx is not null)
            await _nginx.DisposeAsync();
        foreach (var door in _doors)
            await door.DisposeAsync();
        foreach (var process in _processes.OfType<AppProcess>())
            await process.DisposeAsync();
        await Emulator.DisposeAsync();
    }

    private static Uri LoopbackAt(int port) => new($"http://127.0.0.1:{port}/");

    // The others cannot reach one of them.
    private async Task CutAsync(TimeSpan time)
    {
        var number = _cut++ % _doors.Count;
        _doors[number].Target = Nowhere;
        _doors[number].LoseConnections();
        await Task.Delay(time, TimeProvider.System);
        _doors[number].Target = _addresses[number];
    }

    // The next instance that is there.
    private int? Victim()
    {
        for (var tries = 0; tries < _processes.Length; tries++)
        {
            var number = _victims++ % _processes.Length;
            if (_processes[number] is not null)
                return number;
        }
        return null;
    }

    private async Task BeginLifeAsync(int number)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                _processes[number] = await AppProcess.StartAsync(
                    AppProcess.Built, _database.DataFolder(number),
                [
                    ("AzureOpenAI:Endpoint", Emulator.Endpoint.ToString()),
                    ("AzureOpenAI:Deployment", "gpt-4o"),
                    ("AzureOpenAI:ApiKey", "emulator-key"),
                    ("Chat:ContextTokens", "2000"),
                    ("Conversations:ModelTitles", "false"),
                    ("Generation:DrainFor", "00:00:02"),
                    ("CHATSTREAM_LOG_LEVEL", "Debug"),
                    .. RaisedLimits.Settings,
                    .. _database.SettingsOf(number),
                    .. _doors.Count == 0
                        ? Array.Empty<(string, string)>()
                        :
                        [
                            ("ASPNETCORE_URLS", _addresses[number].GetLeftPart(UriPartial.Authority)),
                            ("Cluster:Address", _doors[number].Address.GetLeftPart(UriPartial.Authority)),
                        ],
                ]);
                return;
            }
            catch (InvalidOperationException) when (tries < MostStarts)
            {
                // The database was not there yet.
                _ledger.Count("process starts refused");
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            }
        }
    }

    private async Task EndLifeAsync(int number)
    {
        foreach (var commit in Commit.ReadAll(_processes[number]!.Output).SelectMany(each => each))
            Committed.AddOrUpdate(commit.GenerationId, commit.Characters, (_, before) => Math.Max(before, commit.Characters));
        await _processes[number]!.DisposeAsync();
        _processes[number] = null;
    }

    // One connection in six is cut somewhere in its first kilobytes.
    private Fault Choose(Exchange exchange)
    {
        lock (_gate)
        {
            return _isCalm || _cuts.Next(6) > 0
                ? Fault.None
                : new Fault(_cuts.Next(4) == 0 ? _cuts.Next(600) : _cuts.Next(600, 8_000), Reset: _cuts.Next(2) == 0);
        }
    }

    private static string Tail(string output) => output[Math.Max(0, output.Length - 2_000)..];
}

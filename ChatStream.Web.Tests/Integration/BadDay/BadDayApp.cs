using System.Collections.Concurrent;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Chaos;
using ChatStream.Web.Tests.Integration.Fairness;

namespace ChatStream.Web.Tests.Integration.BadDay;

/// <summary>
/// The app's instances, one life after the other on the same data, behind a proxy that sends each connection to the next of them,
/// and cuts some.
/// </summary>
internal sealed class BadDayApp : IAsyncDisposable
{
    private const int MostStarts = 60;

    private readonly BadDayDatabase _database;
    private readonly Ledger _ledger;
    private readonly Lock _gate = new();
    private readonly Random _cuts;
    private readonly AppProcess?[] _processes;
    private int _victims; // an instance each time, in turn
    private FaultProxy? _proxy;
    private volatile bool _isCalm = true;

    private BadDayApp(BadDayDatabase database, EmulatorServer emulator, Ledger ledger, int seed, int instances) =>
        (_database, Emulator, _ledger, _cuts, _processes) =
            (database, emulator, ledger, new Random(seed), new AppProcess?[instances]);

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
        for (var number = 0; number < instances; number++)
            await app.BeginLifeAsync(number);
        app._proxy = FaultProxy.Start(app._processes[0]!.Address, app.Choose);
        app._proxy.Targets = app.Addresses;
        return app;
    }

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
        _proxy!.Targets = Addresses;
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
        foreach (var process in _processes.OfType<AppProcess>())
            await process.DisposeAsync();
        await Emulator.DisposeAsync();
    }

    private Uri[] Addresses => [.. _processes.Select(process => process!.Address)];

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
                    .. _database.Settings,
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

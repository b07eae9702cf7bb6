using System.Collections.Concurrent;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Chaos;
using ChatStream.Web.Tests.Integration.Fairness;

namespace ChatStream.Web.Tests.Integration.BadDay;

/// <summary>The process of the app, one life after the other on the same data, behind a proxy that cuts connections.</summary>
internal sealed class BadDayApp : IAsyncDisposable
{
    private const int MostStarts = 60;

    private readonly BadDayDatabase _database;
    private readonly Ledger _ledger;
    private readonly Lock _gate = new();
    private readonly Random _cuts;
    private AppProcess? _process;
    private FaultProxy? _proxy;
    private volatile bool _isCalm = true;

    private BadDayApp(BadDayDatabase database, EmulatorServer emulator, Ledger ledger, int seed) =>
        (_database, Emulator, _ledger, _cuts) = (database, emulator, ledger, new Random(seed));

    public EmulatorServer Emulator { get; }

    /// <summary>Where the clients connect to.</summary>
    public Uri Address => _proxy!.Address;

    public FaultProxy Proxy => _proxy!;

    /// <summary>The number of characters that a process reported as committed, by generation.</summary>
    public ConcurrentDictionary<string, int> Committed { get; } = new();

    public static async Task<BadDayApp> StartAsync(BadDayDatabase database, Ledger ledger, int seed)
    {
        var app = new BadDayApp(database, await EmulatorServer.StartAsync(), ledger, seed);
        app.Emulator.On(request => BadDayAnswer.ScriptFor(request.LastUserMessage));
        await app.BeginLifeAsync();
        app._proxy = FaultProxy.Start(app._process!.Address, app.Choose);
        return app;
    }

    public async Task KillAsync()
    {
        await _process!.KillAsync();
        await EndLifeAsync();
    }

    /// <summary>SIGTERM. A process that hangs is killed, which breaks a promise.</summary>
    public async Task TerminateAsync()
    {
        _process!.Terminate();
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        try
        {
            await _process.Exited.WaitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            _ledger.Broken.Add("The process did not end within 60 s of SIGTERM.");
            await _process.KillAsync();
        }
        await EndLifeAsync();
    }

    /// <summary>Stops the process for some time without ending it.</summary>
    public async Task PauseAsync(TimeSpan time)
    {
        RealProcess.Signal(_process!.Id, RealProcess.Stop);
        await Task.Delay(time, TimeProvider.System);
        RealProcess.Signal(_process.Id, RealProcess.Continue);
    }

    /// <summary>Starts the process if there is none. One that ended by itself breaks a promise.</summary>
    public async Task ReviveAsync()
    {
        if (_process is { Exited.IsCompleted: true } dead)
        {
            _ledger.Broken.Add($"The process ended by itself with {await dead.Exited}: {Tail(dead.Output)}");
            await EndLifeAsync();
        }
        if (_process is not null)
            return;
        await BeginLifeAsync();
        _proxy!.Target = _process!.Address;
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
        if (_process is not null)
            await _process.DisposeAsync();
        await Emulator.DisposeAsync();
    }

    private async Task BeginLifeAsync()
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                _process = await AppProcess.StartAsync(
                    AppProcess.Built, _database.DataFolder,
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

    private async Task EndLifeAsync()
    {
        foreach (var commit in Commit.ReadAll(_process!.Output).SelectMany(each => each))
            Committed.AddOrUpdate(commit.GenerationId, commit.Characters, (_, before) => Math.Max(before, commit.Characters));
        await _process.DisposeAsync();
        _process = null;
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

namespace ChatStream.Web.Tests.Integration.BadDay;

/// <summary>What goes wrong during the day, one thing after the other, as the seed says.</summary>
internal sealed class DayFaults(BadDayApp app, BadDayDatabase database, Ledger ledger, int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Whether processes are killed and told to stop. Else they live all day.</summary>
    public bool EndsProcesses { get; init; } = true;

    public async Task RunAsync(CancellationToken dayEnds)
    {
        var all = new Dictionary<string, Func<TimeSpan, Task>>(database.Faults)
        {
            ["process paused"] = app.PauseAsync,
            ["client connections lost"] = _ => LoseConnectionsAsync(),
        };
        foreach (var (between, fault) in app.Faults)
            all[between] = fault;
        if (EndsProcesses)
        {
            all["process killed"] = _ => app.KillAsync();
            all["process told to stop"] = _ => app.TerminateAsync();
        }
        var names = all.Keys.Order(StringComparer.Ordinal).ToList();
        while (!dayEnds.IsCancellationRequested)
        {
            var name = names[_random.Next(names.Count)];
            var time = TimeSpan.FromMilliseconds(_random.Next(4) == 0 ? _random.Next(5_000, 14_000) : _random.Next(200, 4_000));
            var withKill = _random.Next(4) == 0 && EndsProcesses && database.Faults.ContainsKey(name);
            ledger.Count(name);
            var fault = all[name](time);
            if (withKill)
            {
                ledger.Count("process killed meanwhile");
                await Task.Delay(time / 2, TimeProvider.System, CancellationToken.None);
                await app.KillAsync();
            }
            await fault;
            await app.ReviveAsync();
            await Pause.ForAsync(TimeSpan.FromMilliseconds(_random.Next(1_000, 8_000)), dayEnds);
        }
    }

    private Task LoseConnectionsAsync()
    {
        app.Proxy.LoseConnections();
        return Task.CompletedTask;
    }
}

internal static class Pause
{
    /// <summary>Waits, but not longer than the day.</summary>
    public static async Task ForAsync(TimeSpan time, CancellationToken dayEnds)
    {
        try
        {
            await Task.Delay(time, TimeProvider.System, dayEnds);
        }
        catch (OperationCanceledException)
        {
            // The day is over.
        }
    }
}

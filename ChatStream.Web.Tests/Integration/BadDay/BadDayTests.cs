using System.Globalization;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.BadDay;

/// <summary>
/// Fifty clients of all shapes, while the process and its database die, hang and come back and connections are cut. Afterwards
/// every promise must have been kept. <c>CHATSTREAM_TESTS_BAD_DAY_MINUTES</c> sets the length of the day.
/// </summary>
[SoakOnly]
[NonParallelizable] // It needs the whole machine.
internal sealed class BadDayTests
{
    private const int Seed = 11;
    private const int Clients = 50;
    private const int Minutes = 20;
    private const int MostShown = 30;

    private static TimeSpan Length => TimeSpan.FromMinutes(
        double.Parse(
            Environment.GetEnvironmentVariable("CHATSTREAM_TESTS_BAD_DAY_MINUTES")
            ?? Minutes.ToString(CultureInfo.InvariantCulture),
            CultureInfo.InvariantCulture));

    [TestCase(DatabaseKind.Sqlite, 1)]
    [TestCase(DatabaseKind.Postgres, 1)]
    [TestCase(DatabaseKind.Postgres, 3)]
    [CancelAfter(7_200_000)]
    public async Task Every_promise_is_kept_on_a_bad_day(DatabaseKind kind, int instances, CancellationToken timeout)
    {
        var ledger = new Ledger();
        await using var database = await BadDayDatabase.StartAsync(kind, instances);
        await using var app = await BadDayApp.StartAsync(database, ledger, Seed, instances);
        var length = Length;

        using var day = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        var actors = Enumerable.Range(0, Clients).Select(n => new Actor(n, Seed, app.Address, ledger, day.Token)).ToList();
        foreach (var actor in actors)
            await actor.IdentifyAsync();
        app.IsCalm = false;
        var living = actors.Select(actor => actor.LiveAsync()).ToList();
        var failing = new DayFaults(app, database, ledger, Seed).RunAsync(day.Token);
        await Task.WhenAny(failing, Task.Delay(length, TimeProvider.System, timeout));
        await day.CancelAsync();
        await failing;
        await Task.WhenAll(living).WaitAsync(timeout);

        app.IsCalm = true;
        await new Judge(app, ledger, timeout).JudgeAsync();

        Soak.Report($"bad-day-{kind.ToString().ToLowerInvariant()}-{instances}", new
        {
            instances,
            seed = Seed,
            minutes = length.TotalMinutes,
            clients = Clients,
            starts = ledger.Starts.Count,
            fullDisk = database.HasDisk ? "tried" : "not tried: no disk could be mounted",
            ledger.Counts,
            lost = ledger.Counts.GetValueOrDefault("lost"),
            missing = ledger.Counts.GetValueOrDefault("missing"),
            doubled = ledger.Counts.GetValueOrDefault("doubled"),
            blocked = ledger.Counts.GetValueOrDefault("blocked"),
            broken = ledger.Broken.Take(MostShown),
        });
        actors.ForEach(actor => actor.Dispose());
        Assert.That(ledger.Broken.Take(MostShown), Is.Empty, $"{ledger.Broken.Count} promises were broken");
        Assert.That(
            ledger.Counts.GetValueOrDefault("starts acknowledged"), Is.GreaterThan(length.TotalMinutes * 20), "a real day");
    }
}

using System.Globalization;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.BadDay;

/// <summary>
/// Fifty clients of all shapes for half an hour, while connections are cut, the process stands still and its database is locked
/// or full. The process lives on, and needs as much memory at the end as after five minutes.
/// <c>CHATSTREAM_TESTS_LOAD_MINUTES</c> sets the length.
/// </summary>
[SoakOnly]
[NonParallelizable] // What it measures is memory.
internal sealed class LongLoadTests
{
    private const int Seed = 18;
    private const int Clients = 50;
    private const int Minutes = 30;
    private const int MostShown = 30;

    /// <summary>Of the length: after so much of it the memory is measured first.</summary>
    private const int Parts = 6;

    private const double MostGrowth = 1.10;

    private static readonly TimeSpan BetweenSamples = TimeSpan.FromSeconds(1);

    private static TimeSpan Length => TimeSpan.FromMinutes(
        double.Parse(
            Environment.GetEnvironmentVariable("CHATSTREAM_TESTS_LOAD_MINUTES") ?? Minutes.ToString(CultureInfo.InvariantCulture),
            CultureInfo.InvariantCulture));

    [TestCase(DatabaseKind.Sqlite)]
    [CancelAfter(7_200_000)]
    public async Task Memory_does_not_grow_under_load_faults_and_reconnects(DatabaseKind kind, CancellationToken timeout)
    {
        var (ledger, length) = (new Ledger(), Length);
        await using var database = await BadDayDatabase.StartAsync(kind, instances: 1);
        await using var app = await BadDayApp.StartAsync(database, ledger, Seed, instances: 1);
        using var day = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        var actors = Enumerable.Range(0, Clients).Select(n => new Actor(n, Seed, app.Address, ledger, day.Token)).ToList();
        foreach (var actor in actors)
            await actor.IdentifyAsync();
        app.IsCalm = false;
        var living = actors.Select(actor => actor.LiveAsync()).ToList();
        var failing = new DayFaults(app, database, ledger, Seed) { EndsProcesses = false }.RunAsync(day.Token);

        var samples = await SampleAsync(app, length, timeout);
        await day.CancelAsync();
        await failing;
        await Task.WhenAll(living).WaitAsync(timeout);
        app.IsCalm = true;
        await new Judge(app, ledger, timeout).JudgeAsync();

        // The median of a minute each, in a run of thirty.
        var window = Math.Max(1, samples.Count / (Parts * 5));
        var (early, late) = (Median(samples.Skip(samples.Count / Parts).Take(window)), Median(samples.TakeLast(window)));
        Soak.Report($"long-load-{kind.ToString().ToLowerInvariant()}", new
        {
            seed = Seed,
            minutes = length.TotalMinutes,
            clients = Clients,
            starts = ledger.Starts.Count,
            mebibytes = new { early = early >> 20, late = late >> 20, most = samples.Max() >> 20 },
            growth = Math.Round((double)late / early, 3),
            ledger.Counts,
            broken = ledger.Broken.Take(MostShown),
        });
        actors.ForEach(actor => actor.Dispose());
        Assert.That(ledger.Broken.Take(MostShown), Is.Empty, $"{ledger.Broken.Count} promises were broken");
        Assert.That(
            ledger.Counts.GetValueOrDefault("starts acknowledged"), Is.GreaterThan(length.TotalMinutes * 20), "a real load");
        Assert.That(late, Is.LessThanOrEqualTo(early * MostGrowth), "memory");
    }

    private static async Task<List<long>> SampleAsync(BadDayApp app, TimeSpan length, CancellationToken timeout)
    {
        var samples = new List<long>();
        using var timer = new PeriodicTimer(BetweenSamples, TimeProvider.System);
        for (var left = length; left > TimeSpan.Zero; left -= BetweenSamples)
        {
            await timer.WaitForNextTickAsync(timeout);
            samples.Add(app.Memory);
        }
        return samples;
    }

    private static long Median(IEnumerable<long> samples)
    {
        var ordered = samples.Order().ToList();
        return ordered[ordered.Count / 2];
    }
}

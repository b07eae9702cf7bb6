using System.Diagnostics;
using ChatStream.Web.Tests.Integration.Chaos;

namespace ChatStream.Web.Tests.Integration.Fairness;

/// <summary>One disturbance, or all at once, and what the healthy users saw meanwhile.</summary>
internal sealed class FairnessRound
{
    private readonly IReadOnlyList<Disturbance> _disturbances;
    private readonly HealthyUser _stream;
    private readonly HealthyUser _starts;
    private TimeSpan _took;
    private TimeSpan _ownPause;

    private FairnessRound(IReadOnlyList<Disturbance> disturbances, HealthyUser stream, HealthyUser starts) =>
        (_disturbances, _stream, _starts) = (disturbances, stream, starts);

    /// <summary>The name of the round with every kind.</summary>
    public const string AllAtOnce = "AllAtOnce";

    public string Name => _disturbances.Count switch { 0 => "Nothing", 1 => _disturbances[0].Name, _ => AllAtOnce };

    public IReadOnlyList<HealthyAnswer> Streamed => _stream.Answers;

    public IReadOnlyList<HealthyAnswer> Started => _starts.Answers;

    /// <summary>From the moment that a text was seen to its commit, in milliseconds.</summary>
    public List<double> Lags { get; } = [];

    public TimeSpan LongestGap => Streamed.Max(answer => answer.LongestGap);

    public TimeSpan StartP99
    {
        get
        {
            var times = Started.Concat(Streamed).Select(answer => answer.StartTook).Order().ToList();
            return times[Math.Min(times.Count - 1, (int)(0.99 * times.Count))];
        }
    }

    public TimeSpan LagMax => TimeSpan.FromMilliseconds(Lags.DefaultIfEmpty().Max());

    public object Figures => new
    {
        longestGapMilliseconds = Math.Round(LongestGap.TotalMilliseconds),
        startP99Milliseconds = Math.Round(StartP99.TotalMilliseconds),
        lagMaxMilliseconds = Math.Round(LagMax.TotalMilliseconds),
        longestPauseOfTheTestMilliseconds = Math.Round(_ownPause.TotalMilliseconds),
        starts = Started.Count,
        streams = Streamed.Count,
        seconds = Math.Round(_took.TotalSeconds, 1),
        statuses = _disturbances.ToDictionary(one => one.Name, one => one.Statuses),
    };

    public static async Task<FairnessRound> RunAsync(
        FairnessApp app, IReadOnlyList<Disturbance> disturbances, CancellationToken timeout)
    {
        foreach (var disturbance in disturbances)
            await disturbance.PrepareAsync(timeout);
        GC.Collect(); // what the preparation left would pause the healthy users, who are part of this process
        using var streaming = await app.NewUserAsync();
        using var starting = await app.NewUserAsync();
        var round = new FairnessRound(
            disturbances, new HealthyUser(streaming, SteadyScripts.Steady), new HealthyUser(starting, SteadyScripts.Short));
        using var pauses = new OwnPauses();
        var watch = Stopwatch.StartNew();
        var healthy = new[] { round._stream.StreamAsync(), round._starts.StreamAsync() };
        await Task.WhenAll(disturbances.Select(disturbance => disturbance.RunAsync(timeout)));
        round._took = watch.Elapsed;
        round._stream.Finish();
        round._starts.Finish();
        await Task.WhenAll(healthy).WaitAsync(timeout);
        round._ownPause = pauses.Longest;
        return round;
    }

    public void AddCommits(ILookup<string, Commit> commits)
    {
        foreach (var answer in Streamed)
            Lags.AddRange(Lag.Of(answer.Seen, commits[answer.GenerationId]));
    }
}

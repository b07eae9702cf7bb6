namespace ChatStream.Web.Tests.Integration.Chaos;

/// <summary>The time from the moment a reader saw a text to its commit.</summary>
internal static class Lag
{
    /// <summary>
    /// Half of the words must keep half of the promised delay. The greatest delay depends on the machine and on its other
    /// load, so it is not asserted.
    /// </summary>
    public const string Bound = "checkpoints no further apart than the 500 ms that a crash may cost";

    /// <summary>The delays in milliseconds, one for each frame with a known commit.</summary>
    public static IEnumerable<double> Of(TimedReader reader, IEnumerable<Commit> commits) => Of(reader.Seen, commits);

    /// <inheritdoc cref="Of(TimedReader, IEnumerable{Commit})"/>
    public static IEnumerable<double> Of(
        IEnumerable<(int Characters, DateTimeOffset Time)> seen, IEnumerable<Commit> commits)
    {
        using var commit = commits.GetEnumerator();
        var more = commit.MoveNext();
        foreach (var (characters, time) in seen)
        {
            while (more && commit.Current.Characters < characters)
                more = commit.MoveNext();
            if (!more)
                yield break; // not before the end, or never
            yield return Math.Max(0, (commit.Current.Time - time).TotalMilliseconds);
        }
    }

    public static Summary Summarize(IEnumerable<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToList();
        double At(double share) => Math.Round(sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))], 1);
        return new Summary(sorted.Count, At(0.5), At(0.95), At(0.99), At(1));
    }

    internal sealed record Summary(int Frames, double P50, double P95, double P99, double Max);
}

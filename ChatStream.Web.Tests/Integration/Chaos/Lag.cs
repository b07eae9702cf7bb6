namespace ChatStream.Web.Tests.Integration.Chaos;

/// <summary>How long after a reader saw a text it was committed.</summary>
internal static class Lag
{
    /// <summary>
    /// Why half of what is promised is what half of the words must keep to: the greatest lag is a figure of the machine, and of
    /// all else that runs on it.
    /// </summary>
    public const string Bound = "checkpoints no further apart than the 500 ms that a crash may cost";

    /// <summary>In milliseconds, one for each frame whose commit is known.</summary>
    public static IEnumerable<double> Of(TimedReader reader, IEnumerable<Commit> commits)
    {
        using var commit = commits.GetEnumerator();
        var more = commit.MoveNext();
        foreach (var (characters, time) in reader.Seen)
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

namespace ChatStream.Web.Usage;

/// <summary>
/// Times to the first word, counted in steps. Each step is a tenth longer than the one before, so a percentile of the counts is
/// within 5 % of the true one, and a day has at most <see cref="Steps"/> counts however many answers it has.
/// </summary>
internal static class FirstWords
{
    /// <summary>As many as reach from the shortest time to half an hour.</summary>
    public const int Steps = 130;

    private const double Shortest = 0.01; // seconds
    private const double Growth = 1.1;

    /// <summary>The step of a time.</summary>
    public static int StepOf(TimeSpan time) =>
        (int)Math.Clamp(Math.Floor(Math.Log(time.TotalSeconds / Shortest) / Math.Log(Growth)), 0, Steps - 1);

    /// <summary>The seconds in the middle of a step.</summary>
    public static double SecondsOf(int step) => Shortest * Math.Pow(Growth, step + 0.5);

    /// <summary>The seconds below which a part of the answers had their first word; null where there are none.</summary>
    /// <param name="answers">How many there are of each step.</param>
    /// <param name="part">From 0 to 1.</param>
    public static double? Percentile(IReadOnlyDictionary<int, long> answers, double part)
    {
        var rank = (long)Math.Ceiling(part * answers.Values.Sum());
        foreach (var (step, count) in answers.OrderBy(step => step.Key))
        {
            rank -= count;
            if (rank <= 0)
                return SecondsOf(step);
        }
        return null;
    }
}

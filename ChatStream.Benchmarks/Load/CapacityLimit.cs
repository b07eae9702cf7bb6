namespace ChatStream.Benchmarks.Load;

/// <summary>
/// How many streams, or starts a second, a target can serve with a latency of at most <see cref="LoadRun.LongestLatency"/>.
/// </summary>
/// <param name="Most">The highest step within the limit; 0 if no step was.</param>
/// <param name="Passed">
/// The first step past the limit. Null if it was not found, because no more streams were tried or the load itself was the limit.
/// </param>
internal sealed record CapacityLimit(int Most, int? Passed)
{
    /// <param name="steps">In ascending order of streams.</param>
    public static CapacityLimit Of(IReadOnlyList<CapacityStep> steps)
    {
        var most = steps.LastOrDefault(step => step.Figures is { IsVoid: false, Latency.P99: <= LoadRun.LongestLatency });
        var isPassed = steps is [.., { Figures: null or { IsVoid: false, Latency.P99: > LoadRun.LongestLatency } }];
        return new(most?.Streams ?? 0, isPassed ? steps[^1].Streams : null);
    }

    /// <param name="steps">In ascending order of starts a second.</param>
    public static CapacityLimit Of(IReadOnlyList<RateStep> steps)
    {
        var most = steps.LastOrDefault(step => step.Figures is { IsVoid: false, FirstToken.P99: <= LoadRun.LongestLatency });
        var isPassed = steps is [.., { Figures: null or { IsVoid: false, FirstToken.P99: > LoadRun.LongestLatency } }];
        return new(most?.PerSecond ?? 0, isPassed ? steps[^1].PerSecond : null);
    }

    public string Verdict(int needed) => Most >= needed ? "met" : Passed is null ? "undecided" : "missed";

    public override string ToString() => Passed is null ? $"≥ {Most}" : Most == 0 ? $"< {Passed}" : $"{Most}";
}

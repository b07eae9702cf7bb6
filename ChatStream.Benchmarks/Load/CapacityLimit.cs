namespace ChatStream.Benchmarks.Load;

/// <summary>How many streams at once a target gives in time: added latency is at most <see cref="LoadRun.LongestLatency"/>.</summary>
/// <param name="Most">The most at which it was; 0: at no step.</param>
/// <param name="Passed">Where it was no more; null: that was not found, because no more were tried or the load itself was the limit.</param>
internal sealed record CapacityLimit(int Most, int? Passed)
{
    /// <param name="steps">More streams at each.</param>
    public static CapacityLimit Of(IReadOnlyList<CapacityStep> steps)
    {
        var most = steps.LastOrDefault(step => step.Figures is { IsVoid: false, Latency.P99: <= LoadRun.LongestLatency });
        return new(most?.Streams ?? 0, steps is [.., { Figures: null or { IsVoid: false, Latency.P99: > LoadRun.LongestLatency } } last] ? last.Streams : null);
    }

    public string Verdict(int needed) => Most >= needed ? "met" : Passed is null ? "undecided" : "missed";

    public override string ToString() => Passed is null ? $"≥ {Most}" : Most == 0 ? $"< {Passed}" : $"{Most}";
}

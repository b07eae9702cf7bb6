using ChatStream.Benchmarks.Peers;

namespace ChatStream.Benchmarks.Load;

/// <param name="What">The name of the figure.</param>
/// <param name="Limit">The budget with its unit.</param>
/// <param name="Measured">The figure with its unit.</param>
/// <param name="Verdict"><c>met</c>, <c>missed</c>, or <c>undecided</c> if the pairs disagree.</param>
internal sealed record Budget(string What, string Limit, string Measured, string Verdict);

/// <summary>The budget of each figure. The table in docs/performance.md gives the reasons.</summary>
internal static class Budgets
{
    private const string Chat = LoadRun.ChatStream;

    public static IEnumerable<Budget> Of(Results r)
    {
        if (r.Paced.Count > 0)
        {
            yield return AtMost("CPU per paced token, beside YARP", 1.15, "×", CpuRatio(r.Paced, Peer.Yarp));
            yield return AtMost("CPU per paced token, beside the naive controller", 0.85, "×", CpuRatio(r.Paced, Peer.Naive));
        }
        if (r.Latency.Count > 0)
        {
            yield return AtMost("added latency p50, beside YARP", 1.5, "×", Beside(r.Latency, Peer.Yarp, w => w.Latency.P50));
            yield return AtMost("added latency p99, beside YARP", 3, "×", Beside(r.Latency, Peer.Yarp, w => w.Latency.P99));
        }
        if (r.Starts.Count > 0)
        {
            yield return AtMost("CPU per start and end, beside YARP", 1.8, "×",
                Beside(r.Starts, Peer.Yarp, s => s.CpuMilliseconds));
            yield return AtMost("first token p50, beside YARP", 2, "×", Beside(r.Starts, Peer.Yarp, s => s.FirstToken.P50));
            yield return AtMost("first token p99, beside YARP", 2, "×", Beside(r.Starts, Peer.Yarp, s => s.FirstToken.P99));
        }
        if (r.Storms.Count > 0)
        {
            yield return AtLeast("streams per core, opened within 3 s, beside YARP", 0.8, "×",
                Beside(r.Storms, Peer.Yarp, steps => CapacityLimit.Of(steps).Most));
        }
        if (r.LongAnswers.Count > 0)
        {
            yield return AtLeast("unpaced tokens/s in answers of 20,000 tokens, beside YARP", 0.6, "×",
                Beside(r.LongAnswers, Peer.Yarp, w => w.Tokens / w.Seconds));
        }
        if (r.Rest.TryGetValue(Chat, out var rest))
        {
            yield return AtMost("memory at rest after the fewest answers", 150, " MiB",
                Ratio.Of([.. rest.Select(m => m[m.Keys.Min()] / 1048576)]));
        }
        if (r.Attaches.TryGetValue(Chat, out var attaches) && r.Rates.TryGetValue(Chat, out var rates))
        {
            yield return AtLeast("connections a second to an answer that runs, beside starts", 3, "×",
                Ratio.Of([.. attaches.Select(MostOf)], [.. rates.Select(MostOf)]));
        }
        if (r.TargetProcessors == 1 && r.Capacity.TryGetValue(Chat, out var steps))
            yield return Streams(CapacityLimit.Of(steps));
        if (r.Memory.TryGetValue(Chat, out var memory))
            yield return AtMost("memory per open stream", 60, " KiB", Ratio.Of([.. memory.Select(b => b / 1024)]));
        if (r.Unpaced.Count > 0)
        {
            yield return AtLeast("unpaced tokens/s, beside YARP", 0.4, "×",
                Beside(r.Unpaced, Peer.Yarp, w => w.Tokens / w.Seconds));
        }
        if (r.Closes.TryGetValue(Chat, out var closes))
            yield return Abort("client close → upstream abort, p99", closes);
        if (r.Stops.TryGetValue(Chat, out var stops))
            yield return Abort("Stop → upstream abort, p99", stops);
        if (r.Readers.TryGetValue(1, out var one) && r.Readers.TryGetValue(3, out var three))
        {
            yield return AtMost("CPU of three readers, beside one", 2.8, "×",
                Ratio.Of([.. three.Select(w => w.MicrosecondsPerToken)], [.. one.Select(w => w.MicrosecondsPerToken)]));
        }
        if (r.LongStarts.TryGetValue(500, out var five) && r.LongStarts.TryGetValue(5000, out var fifty))
        {
            yield return AtMost("start after 5,000 messages, beside 500 (median time to the first token)", 1.2, "×",
                Ratio.Of([.. fifty.Select(s => s.FirstToken.P50)], [.. five.Select(s => s.FirstToken.P50)]));
        }
    }

    private static double MostOf(List<RateStep> steps) => CapacityLimit.Of(steps).Most;

    private static Ratio? CpuRatio(Dictionary<string, List<Window>> runs, string peer) =>
        Beside(runs, peer, w => w.MicrosecondsPerToken);

    private static Ratio? Beside<T>(Dictionary<string, List<T>> runs, string peer, Func<T, double> figure) =>
        Ratio.Of(
            runs.GetValueOrDefault(Chat)?.ConvertAll(w => figure(w)),
            runs.GetValueOrDefault(peer)?.ConvertAll(w => figure(w)));

    private static Budget AtMost(string what, double limit, string unit, Ratio? ratio) =>
        new(what, FormattableString.Invariant($"≤ {limit}{unit}"), Text(ratio, unit),
            Verdict(ratio, ratio?.Median <= limit, ratio?.Most <= limit, ratio?.Least > limit));

    private static Budget AtLeast(string what, double limit, string unit, Ratio? ratio) =>
        new(what, FormattableString.Invariant($"≥ {limit}{unit}"), Text(ratio, unit),
            Verdict(ratio, ratio?.Median >= limit, ratio?.Least >= limit, ratio?.Most < limit));

    private static string Text(Ratio? ratio, string unit) => ratio?.ToText(unit == "×" ? "F2" : "F1", unit) ?? "not measured";

    // One stray pair of five decides nothing. All pairs have to be on the same side of the limit.
    private static string Verdict(Ratio? ratio, bool? median, bool? all, bool? none) =>
        ratio is null ? "not measured"
        : all == true ? "met"
        : none == true ? "missed"
        : median == true ? "undecided (median meets it)"
        : "undecided (median misses it)";

    private static Budget Abort(string what, Aborts aborts) => new(what, "≤ 50 ms, none missed",
        FormattableString.Invariant($"{aborts.Times.P99:F1} ms of {aborts.Times.Count}, {aborts.Missed} missed"),
        aborts is { Missed: 0, Times.P99: <= 50 } ? "met" : "missed");

    private static Budget Streams(CapacityLimit limit) =>
        new("streams per core at 20 tokens/s, p99 ≤ 250 ms", "≥ 3000", limit.ToString(), limit.Verdict(needed: 3000));
}

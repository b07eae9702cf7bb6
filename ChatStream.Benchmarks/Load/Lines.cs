using System.Globalization;

namespace ChatStream.Benchmarks.Load;

/// <summary>Figures as lines of the console.</summary>
internal static class Lines
{
    public static string Of(Window w) => string.Create(CultureInfo.InvariantCulture,
        $"{w.MicrosecondsPerToken:F1} µs a token, {w.Tokens / w.Seconds:F0} tokens/s, "
        + $"p50 {w.Latency.P50:F2} p99 {w.Latency.P99:F2} p99.9 {w.Latency.P999:F2} ms; "
        + $"target {w.TargetCpu:P0}, load {w.LoadCpu:P0}, late p99 {w.Lateness.P99:F1} ms")
        + (w.IsVoid ? " (void: the load was the limit)" : "");

    public static string Of(Aborts a) => string.Create(CultureInfo.InvariantCulture,
        $"p50 {a.Times.P50:F2} p99 {a.Times.P99:F2} max {a.Times.Max:F2} ms, {a.Missed} missed");

    public static string Of(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024:F1} KiB a stream");

    public static string Of(Rate r) => string.Create(CultureInfo.InvariantCulture,
        $"{r.Done:F0} a second, first token p50 {r.FirstToken.P50:F2} p99 {r.FirstToken.P99:F2} ms; "
        + $"target {r.TargetCpu:P0}, load {r.LoadCpu:P0}") + (r.IsVoid ? " (void: the load was the limit)" : "");

    public static string Of(ColdStart c) => string.Create(CultureInfo.InvariantCulture,
        $"listens after {c.ListensCpu:F0} ms of processor time; first token {c.First:F0} ms; "
        + $"of the first {c.Starts.FirstToken.Count}: {Of(c.Starts)}");

    public static string Of(Dictionary<int, double> rest) => string.Join(", ", rest.Select(
        pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value / 1048576:F0} MiB after {pair.Key} answers")));

    public static string Of(Starts s) => string.Create(CultureInfo.InvariantCulture,
        $"first token p50 {s.FirstToken.P50:F2} p99 {s.FirstToken.P99:F2} ms, "
        + $"{s.CpuMilliseconds:F2} ms of processor time a start");
}

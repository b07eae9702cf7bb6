using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatStream.Benchmarks.Load;

/// <summary>Writes the results of a run: load.json with all figures, load.md with the tables, load.svg with the plot.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static async Task WriteAsync(Results results, string folder)
    {
        Directory.CreateDirectory(folder);
        var tables = Tables(results);
        await File.WriteAllTextAsync(Path.Combine(folder, "load.json"), JsonSerializer.Serialize(results, Json));
        await File.WriteAllTextAsync(Path.Combine(folder, "load.md"), tables);
        if (results.Capacity.Count > 0)
            await File.WriteAllTextAsync(Path.Combine(folder, "load.svg"), Plot.Of(results.Capacity));
        Console.WriteLine();
        Console.WriteLine(tables);
    }

    private static string Tables(Results r)
    {
        var text = new StringBuilder();
        var m = r.Machine;
        text.AppendLine(CultureInfo.InvariantCulture,
            $"{m.Processor}, {m.Processors} processors, {m.System}, .NET {m.Runtime}, {m.At:yyyy-MM-dd}. "
            + $"{Processors.Describe(r.TargetProcessors)} "
            + $"The upstream sent its chunks {(r.Obfuscation ? "with" : "without")} `obfuscation`. "
            + $"Figures are medians, with the least and the most of all runs.");
        var streams = r.TargetProcessors == 1 ? "streams per core" : $"streams on {r.TargetProcessors} processors";
        Table(text,
            "| | CPU per paced token, µs | added latency p50, ms | p99, ms | p99.9, ms | unpaced tokens/s | in answers of 2,000"
            + $" | memory per stream, KiB | {streams} |",
            Names(r).Select(name => $"| {string.Join(" | ", Figures(r, name))} |"));
        Table(text,
            "| | first token, ms | p99, ms | CPU per start and end, ms | client close → abort p50, ms | p99, ms | missed |",
            Names(r).Where(n => r.Starts.ContainsKey(n) || r.Closes.ContainsKey(n))
                .Select(name => $"| {name} | {Start(r, name)} | {Abort(r.Closes, name)} |"));
        Table(text,
            "| | starts/s | streams opened within 3 s | connections/s to a running answer | to an ended one"
            + " | tokens/s in answers of 20,000 | MiB at rest | CPU until it listens, ms | very first token, ms"
            + " | first token p99 of the first answers, ms |",
            Names(r).Where(n => r.Rates.ContainsKey(n) || r.Storms.ContainsKey(n) || r.Attaches.ContainsKey(n)
                    || r.LongAnswers.ContainsKey(n) || r.Rest.ContainsKey(n) || r.Cold.ContainsKey(n))
                .Select(name => $"| {string.Join(" | ", OfStarts(r, name))} |"));
        Table(text,
            "| | budget | measured | |",
            Budgets.Of(r).Select(b => $"| {b.What} | {b.Limit} | {b.Measured} | **{b.Verdict}** |"));
        var all = new[] { r.Paced, r.Latency, r.Unpaced, r.Answers, r.LongAnswers }.SelectMany(part => part.Values)
            .Concat(r.Readers.Values).SelectMany(w => w).ToList();
        if (all.Count > 0)
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture,
                $"The load itself took at most {all.Max(w => w.LoadCpu):P0} of a processor; "
                + $"{all.Count(w => w.IsVoid)} of {all.Count} windows are void. "
                + $"No token was lost, doubled or out of order in {all.Sum(w => w.Tokens):N0}.");
        }
        foreach (var fault in r.Faults)
            text.AppendLine().Append("Ended early: ").AppendLine(fault);
        return text.ToString();
    }

    private static string[] Figures(Results r, string name) =>
    [
        name,
        Each(r.Paced, name, w => w.MicrosecondsPerToken, "F1"),
        Each(r.Latency, name, w => w.Latency.P50, "F2"),
        Each(r.Latency, name, w => w.Latency.P99, "F2"),
        Each(r.Latency, name, w => w.Latency.P999, "F1"),
        Each(r.Unpaced, name, w => w.Tokens / w.Seconds, "N0"),
        Each(r.Answers, name, w => w.Tokens / w.Seconds, "N0"),
        Each(r.Memory, name, b => b / 1024, "F1"),
        Streams(r, name),
    ];

    private static void Table(StringBuilder text, string head, IEnumerable<string> rows)
    {
        var lines = rows.ToList();
        if (lines.Count == 0)
            return;
        var rule = string.Concat(Enumerable.Repeat("---|", head.Count(c => c == '|') - 1));
        text.AppendLine().AppendLine(head).AppendLine("|" + rule);
        lines.ForEach(line => text.AppendLine(line));
    }

    private static List<string> Names(Results r) =>
    [
        .. new IEnumerable<string>[]
        {
            r.Paced.Keys, r.Latency.Keys, r.Unpaced.Keys, r.LongAnswers.Keys, r.Memory.Keys, r.Rates.Keys, r.Storms.Keys,
            r.Attaches.Keys, r.Rest.Keys, r.Cold.Keys, r.Capacity.Keys, r.Starts.Keys, r.Closes.Keys,
        }.SelectMany(names => names).Distinct(),
    ];

    private static string Each<T>(Dictionary<string, List<T>> runs, string name, Func<T, double> figure, string format) =>
        runs.TryGetValue(name, out var list) ? Ratio.Of(list.ConvertAll(w => figure(w))).ToText(format, "") : "–";

    private static string[] OfStarts(Results r, string name) =>
    [
        name,
        Each(r.Rates, name, steps => CapacityLimit.Of(steps).Most, "N0"),
        Each(r.Storms, name, steps => CapacityLimit.Of(steps).Most, "N0"),
        Each(r.Attaches, name, steps => CapacityLimit.Of(steps).Most, "N0"),
        Each(r.Replays, name, steps => CapacityLimit.Of(steps).Most, "N0"),
        Each(r.LongAnswers, name, w => w.Tokens / w.Seconds, "N0"),
        r.Rest.TryGetValue(name, out var rest)
            ? string.Join("; ", rest[0].Keys.Select(answers =>
                $"{Ratio.Of(rest.ConvertAll(m => m[answers] / 1048576)).ToText("F0", "")} after {answers:N0}"))
            : "–",
        Each(r.Cold, name, c => c.ListensCpu, "N0"),
        Each(r.Cold, name, c => c.First, "N0"),
        Each(r.Cold, name, c => c.Starts.FirstToken.P99, "F1"),
    ];

    private static string Streams(Results r, string name) =>
        r.Capacity.TryGetValue(name, out var steps) ? CapacityLimit.Of(steps).ToString() : "–";

    private static string Start(Results r, string name) => string.Join(" | ",
        Each(r.Starts, name, s => s.FirstToken.P50, "F2"),
        Each(r.Starts, name, s => s.FirstToken.P99, "F2"),
        Each(r.Starts, name, s => s.CpuMilliseconds, "F2"));

    private static string Abort(Dictionary<string, Aborts> aborts, string name) =>
        !aborts.TryGetValue(name, out var a) ? "– | – | –"
        : a.Times.Count == 0 ? $"never | never | {a.Missed}"
        : FormattableString.Invariant($"{a.Times.P50:F2} | {a.Times.P99:F2} | {a.Missed}");
}

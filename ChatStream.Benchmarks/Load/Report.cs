using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ChatStream.Benchmarks.Load;

/// <summary>What is left of a run: load.json with every figure, load.md with the tables, load.svg with the plot.</summary>
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
        text.AppendLine(CultureInfo.InvariantCulture,
            $"{r.Machine.Processor}, {r.Machine.Processors} processors, {r.Machine.System}, .NET {r.Machine.Runtime}, {r.Machine.At:yyyy-MM-dd}; medians, with the least and the most of all runs.");
        text.AppendLine(CultureInfo.InvariantCulture,
            $"{Processors.Describe(r.TargetProcessors)} The upstream's chunks came {(r.Obfuscation ? "with" : "without")} `obfuscation`.");
        var streams = r.TargetProcessors == 1 ? "streams per core" : $"streams on {r.TargetProcessors} processors";
        Table(text, $"| | CPU per paced token, µs | added latency p50, ms | p99, ms | p99.9, ms | unpaced tokens/s | in answers of 2,000 | memory per stream, KiB | {streams} |",
            Names(r).Select(name => $"| {name} | {Each(r.Paced, name, w => w.MicrosecondsPerToken, "F1")} | {Each(r.Latency, name, w => w.Latency.P50, "F2")} | {Each(r.Latency, name, w => w.Latency.P99, "F2")} | {Each(r.Latency, name, w => w.Latency.P999, "F1")} | {Each(r.Unpaced, name, w => w.Tokens / w.Seconds, "N0")} | {Each(r.Answers, name, w => w.Tokens / w.Seconds, "N0")} | {Each(r.Memory, name, b => b / 1024, "F1")} | {Streams(r, name)} |"));
        Table(text, "| | first token, ms | p99, ms | CPU per start and end, ms | client close → abort p50, ms | p99, ms | missed |",
            Names(r).Where(n => r.Starts.ContainsKey(n) || r.Closes.ContainsKey(n)).Select(name => $"| {name} | {Start(r, name)} | {Abort(r.Closes, name)} |"));
        Table(text, "| | budget | measured | |", Budgets.Of(r).Select(b => $"| {b.What} | {b.Limit} | {b.Measured} | **{b.Verdict}** |"));
        var all = r.Paced.Values.Concat(r.Latency.Values).Concat(r.Unpaced.Values).Concat(r.Answers.Values).Concat(r.Readers.Values).SelectMany(w => w).ToList();
        if (all.Count > 0)
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture,
                $"The load itself took at most {all.Max(w => w.LoadCpu):P0} of its processor; {all.Count(w => w.IsVoid)} of {all.Count} windows are void. No token was lost, doubled or out of order in {all.Sum(w => w.Tokens):N0}.");
        }
        foreach (var fault in r.Faults)
            text.AppendLine().Append("Ended early: ").AppendLine(fault);
        return text.ToString();
    }

    private static void Table(StringBuilder text, string head, IEnumerable<string> rows)
    {
        var lines = rows.ToList();
        if (lines.Count == 0)
            return;
        text.AppendLine().AppendLine(head).AppendLine("|" + string.Concat(Enumerable.Repeat("---|", head.Count(c => c == '|') - 1)));
        lines.ForEach(line => text.AppendLine(line));
    }

    private static List<string> Names(Results r) =>
        [.. r.Paced.Keys.Concat(r.Latency.Keys).Concat(r.Unpaced.Keys).Concat(r.Memory.Keys).Concat(r.Capacity.Keys).Concat(r.Starts.Keys).Concat(r.Closes.Keys).Distinct()];

    private static string Each<T>(Dictionary<string, List<T>> runs, string name, Func<T, double> figure, string format) =>
        runs.TryGetValue(name, out var list) ? Ratio.Of(list.ConvertAll(w => figure(w))).ToText(format, "") : "–";

    private static string Streams(Results r, string name) =>
        r.Capacity.TryGetValue(name, out var steps) ? CapacityLimit.Of(steps).ToString() : "–";

    private static string Start(Results r, string name) => r.Starts.TryGetValue(name, out var s)
        ? string.Create(CultureInfo.InvariantCulture, $"{s.FirstToken.P50:F2} | {s.FirstToken.P99:F2} | {s.CpuMilliseconds:F2}")
        : "– | – | –";

    private static string Abort(Dictionary<string, Aborts> aborts, string name) => aborts.TryGetValue(name, out var a)
        ? a.Times.Count == 0 ? $"never | never | {a.Missed}" : string.Create(CultureInfo.InvariantCulture, $"{a.Times.P50:F2} | {a.Times.P99:F2} | {a.Missed}")
        : "– | – | –";
}

using System.Globalization;
using System.Security;
using System.Text;

namespace ChatStream.Benchmarks.Load;

/// <summary>Draws two panels over the number of streams: processor time per token, and added latency (99th percentile).</summary>
internal static class Plot
{
    private const int Width = 430;
    private const int Height = 260;
    private const int Left = 58;
    private const int Top = 46;
    private const int Gap = 80;

    // These differ on a light and on a dark page, and to colour-blind readers.
    private static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73", "#a05195"];

    public static string Of(Dictionary<string, List<CapacityStep>> capacity)
    {
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture,
            $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * Width + Gap + 2 * Left} {Height + Top + 84}" """
            + $"""font-family="system-ui, sans-serif" font-size="13" fill="#808890">""");
        Panel(svg, capacity, Left, "processor time per token, µs", s => s.MicrosecondsPerToken, isLogarithmic: false);
        Panel(svg, capacity, Left + Width + Gap, "added latency, 99th percentile, ms", s => s.Latency.P99, isLogarithmic: true);
        var at = Left;
        foreach (var (name, i) in capacity.Keys.Select((key, i) => (SecurityElement.Escape(key), i)))
        {
            svg.AppendLine(CultureInfo.InvariantCulture,
                $"""<rect x="{at}" y="{Height + Top + 58}" width="18" height="4" rx="2" fill="{ColourOf(i)}"/>"""
                + $"""<text x="{at + 26}" y="{Height + Top + 65}">{name}</text>""");
            at += 50 + 8 * name.Length;
        }
        return svg.AppendLine("</svg>").ToString();
    }

    private static void Panel(
        StringBuilder svg,
        Dictionary<string, List<CapacityStep>> capacity,
        int left,
        string title,
        Func<Window, double> figure,
        bool isLogarithmic)
    {
        var lines = capacity.Values.Select(steps => steps
            .Where(s => s.Figures is { IsVoid: false })
            .Select(s => (s.Streams, Value: figure(s.Figures!)))
            .ToList()).ToList();
        var most = Math.Max(1, lines.SelectMany(p => p).Select(p => p.Streams).DefaultIfEmpty().Max());
        var highest = lines.SelectMany(p => p).Select(p => p.Value).DefaultIfEmpty(1).Max();
        double[] ticks = isLogarithmic ? [0.1, 1, 10, 100, 1000] : Linear(highest);
        var (low, high) = isLogarithmic ? (Math.Log10(ticks[0]), Math.Log10(ticks[^1])) : (0, ticks[^1]);
        double X(double streams) => left + Width * streams / most;
        double Share(double value) => ((isLogarithmic ? Math.Log10(value) : value) - low) / (high - low);
        double Y(double value) => Top + Height - Height * Math.Clamp(Share(value), 0, 1);

        Text(svg, left, Top - 18, title, "start", weight: 600);
        foreach (var tick in ticks)
        {
            svg.AppendLine(CultureInfo.InvariantCulture,
                $"""<line x1="{left}" x2="{left + Width}" y1="{Y(tick):F1}" y2="{Y(tick):F1}" """
                + $"""stroke="#808890" stroke-opacity="0.25"/>""");
            Text(svg, left - 8, Y(tick) + 4, tick.ToString(CultureInfo.InvariantCulture), "end");
        }
        for (var streams = 1000; streams <= most; streams += 1000)
            Text(svg, X(streams), Top + Height + 20, streams.ToString("N0", CultureInfo.InvariantCulture), "middle");
        Text(svg, left + Width, Top + Height + 40, "streams at 20 tokens/s", "end");
        foreach (var (line, colour) in lines.Select((line, i) => (line, ColourOf(i))))
        {
            var points = line.Select(p => FormattableString.Invariant($"{X(p.Streams):F1},{Y(p.Value):F1}"));
            svg.AppendLine(CultureInfo.InvariantCulture,
                $"""<polyline points="{string.Join(' ', points)}" fill="none" stroke="{colour}" """
                + $"""stroke-width="2.5" stroke-linejoin="round"/>""");
            foreach (var (streams, value) in line)
            {
                svg.AppendLine(CultureInfo.InvariantCulture,
                    $"""<circle cx="{X(streams):F1}" cy="{Y(value):F1}" r="3" fill="{colour}"/>""");
            }
        }
    }

    private static string ColourOf(int index) => Colours[index % Colours.Length];

    private static double[] Linear(double highest)
    {
        var step = highest switch { > 100 => 50, > 40 => 20, > 20 => 10, _ => 5 };
        return [.. Enumerable.Range(0, (int)Math.Ceiling(highest / step) + 1).Select(i => (double)(i * step))];
    }

    private static void Text(StringBuilder svg, double x, double y, string text, string anchor, int weight = 400) =>
        svg.AppendLine(CultureInfo.InvariantCulture,
            $"""<text x="{x:F1}" y="{y:F1}" text-anchor="{anchor}" font-weight="{weight}">{text}</text>""");
}

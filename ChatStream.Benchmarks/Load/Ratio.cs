using System.Globalization;

namespace ChatStream.Benchmarks.Load;

/// <summary>Figures of two things that were run alternately, as ratios pair by pair: what the machine did to one, it did to the other.</summary>
internal sealed record Ratio(double Median, double Least, double Most, int Pairs)
{
    public static Ratio? Of(IReadOnlyList<double>? ours, IReadOnlyList<double>? theirs)
    {
        if (ours is null || theirs is null || ours.Count == 0 || ours.Count != theirs.Count)
            return null;
        return Of([.. ours.Zip(theirs, (a, b) => a / b)]);
    }

    public static Ratio Of(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        var median = sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Ratio(median, sorted[0], sorted[^1], sorted.Count);
    }

    public string ToText(string format, string unit) => string.Create(CultureInfo.InvariantCulture,
        $"{Median.ToString(format, CultureInfo.InvariantCulture)}{unit} ({Least.ToString(format, CultureInfo.InvariantCulture)} to {Most.ToString(format, CultureInfo.InvariantCulture)})");
}

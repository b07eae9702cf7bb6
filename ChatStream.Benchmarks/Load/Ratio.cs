using System.Globalization;

namespace ChatStream.Benchmarks.Load;

/// <summary>Ratios of two targets, pair by pair. They ran alternately, so a slow machine slowed both of a pair.</summary>
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

    /// <param name="format">A format of <see cref="double.ToString(string)"/>.</param>
    /// <param name="unit">Written behind the median.</param>
    public string ToText(string format, string unit)
    {
        string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return $"{Text(Median)}{unit} ({Text(Least)} to {Text(Most)})";
    }
}

using System.Globalization;

namespace ChatStream.Web.Views.Usage;

/// <summary>A part of a day's bar, in units of the picture. Series are counted from 1 on.</summary>
public sealed record DaySegment(int Series, string Y, string Height);

/// <summary>A day's bar, in units of the picture. Its title is the day and its number.</summary>
public sealed record DayBar(string Title, string X, string Width, IReadOnlyList<DaySegment> Segments);

/// <summary>A chart with a bar for each day. Its numbers are in invariant form, as SVG wants them.</summary>
/// <param name="Id">Begins the ids of its parts.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Description">What can be seen in it, in words.</param>
/// <param name="Series">What the parts of a bar are, from below; empty if a bar has one part.</param>
public sealed record DayChart(string Id, string Title, string Description, IReadOnlyList<string> Series)
{
    public const int Width = 320;
    public const int Height = 150;

    /// <summary>The line of the highest number, and that of zero.</summary>
    public const int Top = 22;
    public const int Bottom = 128;

    /// <summary>The part of its day's place that a bar takes.</summary>
    private const decimal Fill = 0.72m;

    public IReadOnlyList<DayBar> Bars { get; private init; } = [];

    /// <summary>The number at the upper line.</summary>
    public string Most { get; private init; } = "";

    /// <summary>The names of the first and the last day.</summary>
    public string First { get; private init; } = "";
    public string Last { get; private init; } = "";

    /// <summary>The chart with these days.</summary>
    /// <param name="days">The name and the parts of each day, from below. No part is negative.</param>
    /// <param name="inWords">Writes a number.</param>
    public DayChart With(IReadOnlyList<(string Name, IReadOnlyList<decimal> Parts)> days, Func<decimal, string> inWords)
    {
        var most = RoundUp(days.Max(day => day.Parts.Sum()));
        var place = (decimal)Width / days.Count;
        return this with
        {
            Most = inWords(most),
            First = days[0].Name,
            Last = days[^1].Name,
            Bars = [.. days.Index().Where(day => day.Item.Parts.Sum() > 0).Select(day => new DayBar(
                $"{day.Item.Name}: {inWords(day.Item.Parts.Sum())}",
                Unit((day.Index + ((1 - Fill) / 2)) * place), Unit(place * Fill),
                Stack(day.Item.Parts, (Bottom - Top) / most)))],
        };
    }

    private static List<DaySegment> Stack(IReadOnlyList<decimal> parts, decimal scale)
    {
        var segments = new List<DaySegment>();
        var y = (decimal)Bottom;
        foreach (var (i, part) in parts.Index())
        {
            var height = part * scale;
            y -= height;
            if (part > 0)
                segments.Add(new DaySegment(i + 1, Unit(y), Unit(height)));
        }
        return segments;
    }

    /// <summary>The next number with one digit that is 1, 2 or 5.</summary>
    private static decimal RoundUp(decimal number)
    {
        if (number <= 0)
            return 1;
        var power = 1m;
        for (; power * 10 <= number; power *= 10)
        {
        }
        for (; power > number; power /= 10)
        {
        }
        return power * (number <= power ? 1 : number <= 2 * power ? 2 : number <= 5 * power ? 5 : 10);
    }

    private static string Unit(decimal number) => decimal.Round(number, 2).ToString(CultureInfo.InvariantCulture);
}

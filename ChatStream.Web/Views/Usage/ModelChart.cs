using System.Globalization;

namespace ChatStream.Web.Views.Usage;

/// <summary>A model's bar, in units of the picture. Its label is cut to what fits, and its value is in words.</summary>
public sealed record ModelBar(string Label, string Value, int Y, string Width);

/// <summary>A chart with a bar for each of the models with the highest numbers.</summary>
/// <param name="Id">Begins the ids of its parts.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Description">What can be seen in it, in words.</param>
public sealed record ModelChart(string Id, string Title, string Description)
{
    public const int Width = 320;

    /// <summary>What a model takes from top to bottom.</summary>
    public const int Step = 34;

    /// <summary>Models that are shown. The table has all.</summary>
    private const int Most = 8;

    /// <summary>Letters of a model's name that fit beside its number.</summary>
    private const int LongestLabel = 28;

    public IReadOnlyList<ModelBar> Bars { get; private init; } = [];

    public int Height => (Bars.Count * Step) + 2;

    /// <summary>The chart with these models, those with the highest numbers first.</summary>
    public ModelChart With(IEnumerable<(string Name, decimal Value)> models, Func<decimal, string> inWords)
    {
        var shown = models.Take(Most).ToList();
        var most = Math.Max(1, shown.Max(model => model.Value));
        return this with
        {
            Bars = [.. shown.Select((model, i) => new ModelBar(
                Cut(IsolatedText.Of(model.Name)), inWords(model.Value), i * Step,
                decimal.Round(model.Value / most * Width, 2).ToString(CultureInfo.InvariantCulture)))],
        };
    }

    private static string Cut(string name)
    {
        var letters = StringInfo.ParseCombiningCharacters(name);
        return letters.Length <= LongestLabel ? name : $"{name[..letters[LongestLabel - 1]]}…";
    }
}

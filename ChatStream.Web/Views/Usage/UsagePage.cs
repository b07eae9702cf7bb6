using ChatStream.Web.Contract;

namespace ChatStream.Web.Views.Usage;

/// <summary>What a user's answers used, as the page shows it.</summary>
/// <param name="Report">The numbers.</param>
/// <param name="LabelOf">What users call a model.</param>
public sealed record UsagePage(UsageReport Report, Func<string, string> LabelOf)
{
    /// <summary>How many days can be shown.</summary>
    public static readonly IReadOnlyList<int> Ranges = [7, 30, 90];

    /// <summary>Whether it is of all users.</summary>
    public bool IsOfAll { get; init; }

    /// <summary>How many days are shown.</summary>
    public int Length => Report.To.DayNumber - Report.From.DayNumber + 1;

    /// <summary>All days, with null for those on which no answer ended.</summary>
    public IReadOnlyList<(DateOnly Day, UsageFigures? Figures)> AllDays
    {
        get
        {
            var known = Report.Days.ToDictionary(day => day.Day, day => day.Figures);
            return [.. Enumerable.Range(0, Length).Select(i => Report.From.AddDays(i))
                .Select(day => (day, known.GetValueOrDefault(day)))];
        }
    }

    /// <summary>The currencies of the costs.</summary>
    public IEnumerable<string> Currencies => Report.Total.Costs.Select(cost => cost.Currency);
}

/// <summary>The figures of a model or of a day, as a row of a table.</summary>
/// <param name="Label">What the row is about.</param>
/// <param name="Figures">Its numbers.</param>
public sealed record UsageRow(string Label, UsageFigures Figures);

/// <summary>A table of figures.</summary>
/// <param name="Id">The id of its caption.</param>
/// <param name="Caption">What it shows.</param>
/// <param name="Heading">What its rows are about.</param>
/// <param name="Rows">At least one.</param>
public sealed record UsageTable(string Id, string Caption, string Heading, IReadOnlyList<UsageRow> Rows);

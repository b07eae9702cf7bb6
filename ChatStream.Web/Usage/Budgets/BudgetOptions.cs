using ChatStream.Web.Contract;

namespace ChatStream.Web.Usage.Budgets;

/// <summary>The list <c>Budgets</c>, at the root of the settings.</summary>
internal sealed class BudgetListOptions
{
    public const string Section = "Budgets";

    public IReadOnlyList<BudgetOptions> Budgets { get; init; } = [];
}

/// <summary>An entry of the list <c>Budgets</c>: how much may be used in a day or a month of UTC.</summary>
internal sealed class BudgetOptions
{
    /// <summary>What users and programs are told that it is called.</summary>
    public string Name { get; init; } = "";

    /// <summary>The group that it is for. Empty: everybody.</summary>
    public string Group { get; init; } = "";

    /// <summary>Whether its users share it. Otherwise each of them has it.</summary>
    public bool Shared { get; init; }

    /// <summary>What is counted.</summary>
    public BudgetUnit? Of { get; init; }

    /// <summary>How long it lasts.</summary>
    public BudgetPeriod? Per { get; init; }

    /// <summary>Of a cost: three letters, such as <c>USD</c>. Costs in other currencies do not count.</summary>
    public string Currency { get; init; } = "";

    /// <summary>From here on users are warned; null: they are not.</summary>
    public decimal? Soft { get; init; }

    /// <summary>From here on nothing is started; null: no end.</summary>
    public decimal? Hard { get; init; }
}

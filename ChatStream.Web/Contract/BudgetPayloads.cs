using System.Text.Json.Serialization;

namespace ChatStream.Web.Contract;

/// <summary>What a budget counts.</summary>
public enum BudgetUnit
{
    [JsonStringEnumMemberName("answers")] Answers,
    [JsonStringEnumMemberName("tokens")] Tokens,
    [JsonStringEnumMemberName("cost")] Cost,
}

/// <summary>How long a budget lasts, in UTC.</summary>
public enum BudgetPeriod
{
    [JsonStringEnumMemberName("day")] Day,
    [JsonStringEnumMemberName("month")] Month,
}

/// <summary>How far a budget is used.</summary>
public enum BudgetState
{
    /// <summary>Less than its soft limit.</summary>
    [JsonStringEnumMemberName("open")] Open,

    /// <summary>Its soft limit or more.</summary>
    [JsonStringEnumMemberName("low")] Low,

    /// <summary>Its hard limit or more: nothing is started.</summary>
    [JsonStringEnumMemberName("used_up")] UsedUp,
}

/// <summary>A budget of the sender, and what was used of it.</summary>
public sealed record BudgetUse
{
    /// <summary>As the settings name it.</summary>
    public required string Name { get; init; }

    public required BudgetUnit Of { get; init; }

    public required BudgetPeriod Per { get; init; }

    /// <summary>Of a cost, else absent.</summary>
    public string? Currency { get; init; }

    /// <summary>True if the sender shares it with others, else absent.</summary>
    public bool? Shared { get; init; }

    public required decimal Used { get; init; }

    /// <summary>From here on users are warned; absent: they are not.</summary>
    public decimal? Soft { get; init; }

    /// <summary>From here on nothing is started; absent: no end.</summary>
    public decimal? Hard { get; init; }

    public required BudgetState State { get; init; }

    /// <summary>When the next day or month begins, and nothing of it is used.</summary>
    public required DateTimeOffset OpensAt { get; init; }
}

namespace ChatStream.Web.Contract;

/// <summary>What a user's answers used on the days from <see cref="From"/> to <see cref="To"/>, in UTC.</summary>
/// <param name="From">The first day.</param>
/// <param name="To">The last day: today.</param>
/// <param name="Total">Of all answers.</param>
/// <param name="Models">Of each model that answered, the one with the most tokens first.</param>
/// <param name="Days">Of each day on which an answer ended, the first one first.</param>
public sealed record UsageReport(
    DateOnly From, DateOnly To, UsageFigures Total, IReadOnlyList<ModelUsage> Models, IReadOnlyList<DayUsage> Days)
{
    /// <summary>The user's budgets; absent if there is none, and in a report of all users.</summary>
    public IReadOnlyList<BudgetUse>? Budgets { get; init; }
}

/// <summary>What the answers of one model used.</summary>
/// <param name="Model">The model's name, as it was when they were started.</param>
/// <param name="Figures">Of its answers.</param>
public sealed record ModelUsage(string Model, UsageFigures Figures);

/// <summary>What the answers used that ended on one day in UTC.</summary>
public sealed record DayUsage(DateOnly Day, UsageFigures Figures);

/// <summary>What answers used, and how they ended.</summary>
public sealed record UsageFigures
{
    /// <summary>How many have ended.</summary>
    public required long Answers { get; init; }

    /// <summary>Tokens that models read.</summary>
    public required long InputTokens { get; init; }

    /// <summary>Those of them that a service had read before.</summary>
    public required long CachedTokens { get; init; }

    /// <summary>Tokens that models wrote, their reasoning included.</summary>
    public required long OutputTokens { get; init; }

    /// <summary>Those of them that were reasoning, as far as services say so.</summary>
    public required long ReasoningTokens { get; init; }

    /// <summary>Of how many answers the tokens are an estimate.</summary>
    public required long Estimated { get; init; }

    /// <summary>What the answers cost whose price was known, one amount for each currency.</summary>
    public required IReadOnlyList<CostPayload> Costs { get; init; }

    /// <summary>How many answers used tokens whose price was not known.</summary>
    public required long Unpriced { get; init; }

    /// <summary>How many answers ended like this.</summary>
    public required IReadOnlyDictionary<FinishReason, long> Ends { get; init; }

    /// <summary>How many answers have this failure.</summary>
    public required IReadOnlyDictionary<FailureCode, long> Failures { get; init; }

    /// <summary>Absent if no answer had a word.</summary>
    public FirstWordTimes? FirstWord { get; init; }
}

/// <summary>Seconds from the start to the first word, within 5 %.</summary>
/// <param name="Median">Half of the answers took no longer.</param>
/// <param name="P95">19 of 20 answers took no longer.</param>
public sealed record FirstWordTimes(decimal Median, decimal P95);

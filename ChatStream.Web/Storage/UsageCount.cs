namespace ChatStream.Web.Storage;

/// <summary>What is counted of answers.</summary>
internal enum UsageKind
{
    /// <summary>How they ended: the name of a finish reason.</summary>
    End,

    /// <summary>Why they ended badly: the name of a failure code.</summary>
    Failure,

    /// <summary>How soon their first word came: the number of a step of times.</summary>
    FirstWord,

    /// <summary>No answers, but calls of tools, of all models and without a name.</summary>
    Tool,
}

/// <summary>
/// How many answers of one owner, a day and a model had something in common. It stays as <see cref="UsageDay"/> does.
/// </summary>
internal sealed class UsageCount
{
    public required string OwnerId { get; init; }

    /// <summary>In UTC: the day on which the answers ended.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>The model's name in the catalogue.</summary>
    public required string Model { get; init; }

    public required UsageKind Kind { get; init; }

    /// <summary>What they had in common, by its kind.</summary>
    public required string Name { get; init; }

    public long Answers { get; set; }
}

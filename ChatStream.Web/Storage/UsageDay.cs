namespace ChatStream.Web.Storage;

/// <summary>
/// What the answers of one owner used and cost on a day, for one model and one currency. It stays when their conversations are
/// deleted.
/// </summary>
internal sealed class UsageDay
{
    public required string OwnerId { get; init; }

    /// <summary>In UTC: the day on which the answers ended.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>The model's name in the catalogue.</summary>
    public required string Model { get; init; }

    /// <summary>Of the cost; empty for answers whose price was not known.</summary>
    public required string Currency { get; init; }

    /// <summary>The answers that used something.</summary>
    public long Answers { get; set; }

    /// <summary>Those whose usage is an estimate.</summary>
    public long Estimated { get; set; }

    public long InputTokens { get; set; }
    public long CachedTokens { get; set; }
    public long OutputTokens { get; set; }
    public long ReasoningTokens { get; set; }
    public decimal Cost { get; set; }
}

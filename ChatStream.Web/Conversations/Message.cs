using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations;

/// <summary>
/// A node of a conversation's tree. An answer is written by exactly one generation and shares its id with it, so that what
/// is stored is found by what a client holds. Nothing is overwritten: an edit or a second answer is a sibling.
/// </summary>
internal sealed class Message
{
    public required string Id { get; init; }
    public required string ConversationId { get; init; }
    public required string OwnerId { get; init; }

    /// <summary>Null at the root.</summary>
    public string? ParentId { get; init; }

    public required MessageRole Role { get; init; }
    public required string Text { get; set; }
    public string? Reasoning { get; set; }

    /// <summary>The text's length in tokens, counted once, for trimming; 0 where it is not sent.</summary>
    public int Tokens { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    // The rest is an answer's only.

    /// <summary>The model's name in the catalogue.</summary>
    public string? Model { get; init; }

    /// <summary>Null while it runs.</summary>
    public FinishReason? FinishReason { get; set; }

    public FailureCode? FailureCode { get; set; }
    public string? FailureMessage { get; set; }
    public int? RetryAfter { get; set; }
    public long? InputTokens { get; set; }
    public long? OutputTokens { get; set; }
    public long? ReasoningTokens { get; set; }

    /// <summary>The number of the log's last frame: a reader that has it has everything.</summary>
    public int? LastFrame { get; set; }

    /// <summary>When the model's first reasoning or text came, and when its first text.</summary>
    public DateTimeOffset? FirstOutputAt { get; set; }

    public DateTimeOffset? FirstTextAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Whether an answer that ended so is part of what later ones are made from.</summary>
    public static bool IsSentToModels(FinishReason reason) => reason is not (Contract.FinishReason.Failed or Contract.FinishReason.Filtered);

    public bool IsRunning => Role == MessageRole.Assistant && FinishReason is null;

    public FailurePayload? Failure =>
        FailureCode is { } code ? new FailurePayload(code, FailureMessage ?? "", RetryAfter) : null;

    public UsagePayload? Usage =>
        InputTokens is { } input && OutputTokens is { } output ? new UsagePayload(input, output, ReasoningTokens) : null;
}

namespace ChatStream.Web.Contract;

/// <summary>Frame 0. <paramref name="MessageId"/> is the answer's, <paramref name="ParentId"/> that of the message it answers.</summary>
internal sealed record StartPayload(
    string GenerationId, string ConversationId, string MessageId, string ParentId, string Model, string Title);

internal sealed record StatusPayload(Phase Phase, string? Detail = null);

/// <summary>Tokens, as the provider counts them.</summary>
public sealed record UsagePayload(long InputTokens, long OutputTokens, long? ReasoningTokens = null);

/// <param name="Code">The closed set's member.</param>
/// <param name="Message">English, for programs; without host name, key, path or stack trace.</param>
/// <param name="RetryAfter">Whole seconds.</param>
/// <param name="Categories">What the content filter found, by its own names such as <c>self_harm</c>; null where it did not say.</param>
public sealed record FailurePayload(FailureCode Code, string Message, int? RetryAfter = null, IReadOnlyList<string>? Categories = null);

internal sealed record FinishPayload(FinishReason Reason);

/// <summary>The whole text of a stored answer: a reader replaces what it shows.</summary>
internal sealed record SnapshotPayload(string Text, string? Reasoning = null);

/// <summary>An answer as JSON, of a running or an ended generation.</summary>
public sealed record Answer
{
    public required string GenerationId { get; init; }
    public required string ConversationId { get; init; }
    public required string MessageId { get; init; }
    public required string Model { get; init; }
    public required AnswerState State { get; init; }
    public required string Text { get; init; }
    public string? Reasoning { get; init; }
    public FinishReason? FinishReason { get; init; }
    public FailurePayload? Failure { get; init; }
    public UsagePayload? Usage { get; init; }
}

/// <summary>What starts a generation. Which members must be there depends on what is asked; see the README.</summary>
public sealed record StartRequest
{
    public string? Message { get; init; }
    public string? ConversationId { get; init; }

    /// <summary>The message that the new one answers to, or the conversation's id for its root; absent: the path last shown.</summary>
    public string? ParentId { get; init; }

    public string? Model { get; init; }
}

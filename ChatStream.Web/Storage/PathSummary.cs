namespace ChatStream.Web.Storage;

/// <summary>
/// A summary that models get in the place of the beginning of a path: of the messages from the root to one of them. It holds for
/// each path through that message.
/// </summary>
public sealed class PathSummary
{
    /// <summary>The last message that it covers. No other summary covers the path up to the same message.</summary>
    public required string MessageId { get; init; }

    public required string ConversationId { get; init; }
    public required string OwnerId { get; init; }
    public required string Text { get; set; }

    /// <summary>Its length in tokens, with the words around it.</summary>
    public required int Tokens { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
}

namespace ChatStream.Web.Storage;

/// <summary>
/// A path of a conversation that others may read. Messages do not change once they have ended, so the path as it was then is
/// named by its last message, and nothing is copied.
/// </summary>
internal sealed class Share
{
    /// <summary>Of a <see cref="TokenHash"/>: SHA-256 in URL-safe Base64.</summary>
    public const int HashLength = 43;

    /// <summary>The conversation. It has at most one share.</summary>
    public required string ConversationId { get; init; }

    public required string OwnerId { get; init; }

    /// <summary>The token itself is in the address only, and is not stored.</summary>
    public required string TokenHash { get; init; }

    /// <summary>The last message that is shown.</summary>
    public required string LeafId { get; init; }

    /// <summary>The title as it was.</summary>
    public required string Title { get; init; }

    public required bool HasReasoning { get; init; }
    public required bool HasFiles { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
}

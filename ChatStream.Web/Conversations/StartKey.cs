namespace ChatStream.Web.Conversations;

/// <summary>
/// That a start was made before: an <c>Idempotency-Key</c>, or what stands for one in a GET that carries none. Stored in the
/// transaction that stores the message.
/// </summary>
internal sealed class StartKey
{
    public required string OwnerId { get; init; }
    public required string Key { get; init; }

    /// <summary>SHA-256 of what was asked for: the same key with another body is a mistake.</summary>
    public required byte[] BodyHash { get; init; }

    public required string GenerationId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

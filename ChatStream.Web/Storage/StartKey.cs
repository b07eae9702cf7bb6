namespace ChatStream.Web.Storage;

/// <summary>
/// The key of a start, by which a repeat is recognised: the client's <c>Idempotency-Key</c>, or a hash for a GET without one. It
/// is stored in the transaction that stores the message.
/// </summary>
internal sealed class StartKey
{
    public required string OwnerId { get; init; }
    public required string Key { get; init; }

    /// <summary>SHA-256 of what was asked for. The same key with another body is refused.</summary>
    public required byte[] BodyHash { get; init; }

    public required string GenerationId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
}

namespace ChatStream.Web.Storage;

public sealed class Conversation
{
    public required string Id { get; init; }
    public required string OwnerId { get; init; }
    public required string Title { get; set; }

    /// <summary>Whether the title is the first words of the first message, and no model was asked for another.</summary>
    public bool HasFirstWords { get; set; }

    /// <summary>The last message of the path last shown.</summary>
    public required string LeafId { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }
}

using ChatStream.Web.Contract;

namespace ChatStream.Web.Storage;

public sealed class Conversation
{
    public required string Id { get; init; }

    /// <summary>The user or program, or for a while <see cref="Owner.Importing"/> or <see cref="Owner.Removed"/>.</summary>
    public required string OwnerId { get; init; }
    public required string Title { get; set; }

    /// <summary>Whether the title is the first words of the first message, and no model was asked for another.</summary>
    public bool HasFirstWords { get; set; }

    /// <summary>The last message of the path last shown.</summary>
    public required string LeafId { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>When it was imported. Its other times are those of the export. Null where it was not imported.</summary>
    public DateTimeOffset? ImportedAt { get; init; }

    /// <summary>
    /// Bytes that the import takes, about: its texts in UTF-8, and 256 for each message. Null where it was not imported.
    /// </summary>
    public long? Bytes { get; init; }
}

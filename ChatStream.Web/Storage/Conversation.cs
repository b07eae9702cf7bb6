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

    /// <summary>
    /// Whether it is removed soon after its last answer, and stands in no list, search, export or title until then.
    /// </summary>
    public bool IsTemporary { get; init; }

    /// <summary>The last message of the path last shown.</summary>
    public required string LeafId { get; set; }

    /// <summary>The name of the preset that the user chose. It may not be configured any more. Null: none.</summary>
    public string? Preset { get; set; }

    /// <summary>Null: none.</summary>
    public string? Effort { get; set; }

    /// <summary>Null: none.</summary>
    public string? Verbosity { get; set; }

    /// <summary>The user's instructions for this conversation; null: none.</summary>
    public string? SystemPrompt { get; set; }

    /// <summary>Its length in tokens; 0 where there is none.</summary>
    public int SystemPromptTokens { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>When it was imported. Its other times are those of the export. Null where it was not imported.</summary>
    public DateTimeOffset? ImportedAt { get; init; }

    /// <summary>
    /// Bytes that the import takes, about: its texts in UTF-8, and 256 for each message. Null where it was not imported.
    /// </summary>
    public long? Bytes { get; init; }

    /// <summary>The folder that it stands in, or <c>archive</c>; null: none.</summary>
    public string? FolderId { get; set; }

    /// <summary>Whether it stands before all others in the list of the page.</summary>
    public bool IsPinned { get; set; }

    /// <summary>When its owner deleted it. It belongs to <see cref="Owner.Deleted"/> then. Null: it is not deleted.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    internal Manner Manner => new(Preset, Effort, Verbosity, SystemPrompt);
}

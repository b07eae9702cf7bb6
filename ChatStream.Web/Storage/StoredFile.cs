using ChatStream.Web.Contract;

namespace ChatStream.Web.Storage;

/// <summary>A file of a user, without its content. A user's files with the same content are one.</summary>
public sealed class StoredFile
{
    public required string Id { get; init; }

    /// <summary>The user or program, or for a while <see cref="Owner.Importing"/> or <see cref="Owner.Removed"/>.</summary>
    public required string OwnerId { get; set; }

    /// <summary>SHA-256 of the content in URL-safe Base64; while it is not whole, and once it is removed, the id.</summary>
    public required string Hash { get; set; }

    /// <summary>As it was uploaded last.</summary>
    public required string Name { get; set; }

    public required FileKind Kind { get; init; }
    public required string MediaType { get; init; }

    /// <summary>Of the content.</summary>
    public required long Bytes { get; init; }

    /// <summary>Of a document's text, in UTF-8; 0 for others.</summary>
    public required long TextBytes { get; init; }

    /// <summary>Of an image, in pixels as it is shown.</summary>
    public int? Width { get; init; }

    /// <summary>Of an image, in pixels as it is shown.</summary>
    public int? Height { get; init; }

    /// <summary>The length of the text that a model gets; 0 of an image, which each model counts in its own way.</summary>
    public required int Tokens { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was uploaded or sent last.</summary>
    public required DateTimeOffset UsedAt { get; set; }

    /// <summary>
    /// How often it was uploaded, without those uploads whose messages were removed. If these are more than the messages that
    /// have the file, it waits for its next message.
    /// </summary>
    public int Uploads { get; set; } = 1;
}

/// <summary>A piece of a file's content or of a document's text, so that no write and no read is long.</summary>
internal sealed class FilePart
{
    public required string FileId { get; init; }

    /// <summary>Whether it is of a document's text, in UTF-8.</summary>
    public required bool IsText { get; init; }

    /// <summary>From 0 on.</summary>
    public required int Number { get; init; }

    public required byte[] Data { get; init; }
}

/// <summary>A file of a message of the user.</summary>
internal sealed class MessageFile
{
    public required string MessageId { get; init; }

    /// <summary>From 0 on, in the order of the message.</summary>
    public required int Number { get; init; }

    public required string FileId { get; init; }
    public required string ConversationId { get; init; }
    public required string OwnerId { get; init; }

    /// <summary>What it was called when it was sent.</summary>
    public required string Name { get; init; }
}

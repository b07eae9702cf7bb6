using System.Text.Json.Serialization;

namespace ChatStream.Web.Contract;

/// <summary>What a file is to a model: <c>kind</c>.</summary>
public enum FileKind
{
    /// <summary>A model sees it.</summary>
    [JsonStringEnumMemberName("image")] Image,

    /// <summary>A PDF or an Office document. A model reads its text.</summary>
    [JsonStringEnumMemberName("document")] Document,

    /// <summary>A model reads it as it is.</summary>
    [JsonStringEnumMemberName("text")] Text,
}

/// <summary>A file of a user: the answer to <c>POST /files</c>, and a member of <c>files</c> of a message.</summary>
/// <param name="Id">16 URL-safe characters. A start names it in <c>files</c>.</param>
/// <param name="Name">As it was uploaded, without what no name of a file should have.</param>
/// <param name="Kind">Found by the content, whatever the name says.</param>
/// <param name="MediaType">Found by the content. All text is <c>text/plain</c>.</param>
/// <param name="Bytes">As they are stored: without an image's metadata.</param>
public sealed record FileEntry(string Id, string Name, FileKind Kind, string MediaType, long Bytes)
{
    /// <summary>
    /// What it takes of the context. Of an image: as the model counts it that is asked for, or the default model; absent in a
    /// message.
    /// </summary>
    public int? Tokens { get; init; }

    /// <summary>An image's width in pixels; absent for others.</summary>
    public int? Width { get; init; }

    /// <summary>An image's height in pixels; absent for others.</summary>
    public int? Height { get; init; }

    /// <summary>The text that a model gets. Only in <c>GET /files/{id}?format=json</c>, and not of an image.</summary>
    public string? Text { get; init; }
}

/// <summary>A file of an exported conversation.</summary>
public sealed record FileNode
{
    /// <summary>Bytes of the files of one export. A larger one could not be imported.</summary>
    internal const int MostBytes = 20 * 1024 * 1024;

    /// <summary>The files of one conversation that are imported.</summary>
    internal const int Most = 200;

    /// <summary>What <c>files</c> of the messages names.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>The content in Base64. Absent where the export has too many bytes.</summary>
    public byte[]? Data { get; init; }
}

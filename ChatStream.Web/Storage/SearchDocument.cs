namespace ChatStream.Web.Storage;

/// <summary>A text in the search index. A later one has a higher id.</summary>
internal sealed class SearchDocument
{
    public long Id { get; init; }
    public required string ConversationId { get; init; }

    /// <summary>Null: the text is the title.</summary>
    public string? MessageId { get; init; }
}

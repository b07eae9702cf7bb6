namespace ChatStream.Web.Conversations;

/// <summary>Which conversations a page of the list has.</summary>
/// <param name="Text">Words, or parts of words in scripts without spaces; null or blank: all conversations.</param>
/// <param name="Before"><see cref="Contract.ConversationPage.Next"/> of the page before; null: the first page.</param>
/// <param name="Limit">The most conversations to return.</param>
public sealed record ListQuery(string? Text, string? Before, int Limit)
{
    /// <summary>
    /// A folder, <c>archive</c>, or <c>none</c> for those in no folder. Null: all; without words, the archive is left out.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>Whether only those are meant that stand in a folder of the user, whichever that is.</summary>
    internal bool InAnyFolder { get; init; }

    /// <summary>Only these; null: no such limit.</summary>
    internal IReadOnlyList<string>? Ids { get; init; }

    /// <summary>True: only the pinned ones; false: only the others; null: both.</summary>
    public bool? Pinned { get; init; }
}

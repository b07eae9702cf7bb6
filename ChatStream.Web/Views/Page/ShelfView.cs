using ChatStream.Web.Contract;

namespace ChatStream.Web.Views.Page;

/// <summary>What stands in the list before the days: pinned conversations, and folders.</summary>
public sealed record ShelfView
{
    /// <summary>The cookie in which the script stores which folders are folded open: their ids, with dots between.</summary>
    public const string OpenCookie = "chatstream.folders";

    public IReadOnlyList<ConversationLink> Pinned { get; init; } = [];

    /// <summary>By name, the archive last.</summary>
    public IReadOnlyList<FolderView> Folders { get; init; } = [];

    public bool IsEmpty => Pinned.Count == 0 && Folders.Count == 0;
}

/// <summary>A folder in the list.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="IsOpen">Whether it is folded open.</param>
/// <param name="Conversations">The newest of its conversations.</param>
public sealed record FolderView(FolderEntry Folder, bool IsOpen, IReadOnlyList<ConversationLink> Conversations)
{
    public bool IsArchive => Folder.BuiltIn == true;

    /// <summary>Whether it has more conversations than are shown.</summary>
    public bool HasMore => Folder.Conversations > Conversations.Count;
}

namespace ChatStream.Web.Contract;

/// <summary>The folders of a user, by name. The archive is the last one.</summary>
public sealed record FolderList(IReadOnlyList<FolderEntry> Folders);

/// <summary>A folder.</summary>
public sealed record FolderEntry
{
    /// <summary>The id of the archive, which each user has.</summary>
    internal const string Archive = "archive";

    /// <summary>In the place of an id: conversations that stand in no folder.</summary>
    internal const string None = "none";

    /// <summary>UTF-16 units of a name.</summary>
    internal const int LongestName = 80;

    /// <summary>The most folders of one user.</summary>
    internal const int Most = 100;

    /// <summary>The colours that a folder can have.</summary>
    internal static readonly IReadOnlyList<string> Colours =
        ["grey", "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink"];

    /// <summary>16 URL-safe characters; <c>archive</c>: the archive.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>One of nine names; absent: none.</summary>
    public string? Colour { get; init; }

    /// <summary>Sent to models before each conversation in the folder; absent: none.</summary>
    public string? Instructions { get; init; }

    /// <summary>True for the archive, which cannot be changed. Else absent.</summary>
    public bool? BuiltIn { get; init; }

    /// <summary>How many conversations stand in it, temporary ones and pinned ones left out. Absent: they were not counted.</summary>
    public int? Conversations { get; init; }
}

/// <summary>The body of <c>POST /folders</c>.</summary>
public sealed record FolderRequest
{
    /// <summary>1 to 80 characters, without NUL.</summary>
    public string? Name { get; init; }

    /// <summary>One of nine names; absent: none.</summary>
    public string? Colour { get; init; }

    /// <summary>At most 10,000 characters, without NUL; absent: none.</summary>
    public string? Instructions { get; init; }
}

/// <summary>The body of <c>PATCH /folders/{id}</c>. A member that is absent is not changed.</summary>
public sealed record FolderChange
{
    /// <summary>1 to 80 characters, without NUL.</summary>
    public string? Name { get; init; }

    /// <summary>One of nine names; null: none.</summary>
    public OptionalText? Colour { get; init; }

    /// <summary>At most 10,000 characters, without NUL; null: none.</summary>
    public OptionalText? Instructions { get; init; }
}

/// <summary>The body of <c>POST /conversations/move</c>.</summary>
public sealed record ConversationMove
{
    /// <summary>At most 1,000.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>A folder, or <c>archive</c>; null: none.</summary>
    public OptionalText? FolderId { get; init; }
}

/// <summary>Instructions that a model gets with each conversation of a folder.</summary>
/// <param name="Text">Without the conversation's own, which come after them.</param>
/// <param name="Tokens">Their length.</param>
internal sealed record FolderInstructions(string Text, int Tokens);

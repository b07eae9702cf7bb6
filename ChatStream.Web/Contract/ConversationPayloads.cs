using System.Text.Json.Serialization;

namespace ChatStream.Web.Contract;

/// <summary>The author of a message. An answer is a message of the assistant.</summary>
public enum MessageRole
{
    [JsonStringEnumMemberName("user")] User,
    [JsonStringEnumMemberName("assistant")] Assistant,
}

/// <summary>A page of the list of conversations, newest <c>updatedAt</c> first.</summary>
/// <param name="Conversations">At most <c>limit</c> of them; empty if none is found.</param>
/// <param name="Next">The value of <c>before</c> that gets the next page; absent on the last page.</param>
public sealed record ConversationPage(IReadOnlyList<ConversationSummary> Conversations, string? Next);

/// <summary>Conversations to delete or to restore, or that were restored.</summary>
public sealed record ConversationIds
{
    internal const int Most = 1_000;

    /// <summary>At most 1,000.</summary>
    public IReadOnlyList<string>? Ids { get; init; }
}

/// <summary>A conversation in a list. Times are RFC 3339.</summary>
/// <param name="Id">16 URL-safe characters.</param>
/// <param name="Title">The first words of its first message, until the user or the model gives it another title.</param>
/// <param name="LeafId">The last message of the path last shown.</param>
/// <param name="CreatedAt">When its first answer was started.</param>
/// <param name="UpdatedAt">When one of its answers was last started or ended. Lists are sorted by it.</param>
/// <param name="Running">True if one of its answers runs.</param>
public sealed record ConversationSummary(
    string Id, string Title, string LeafId, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, bool Running)
{
    /// <summary>In the results of a search: the message that has the words. Absent if only the title has them.</summary>
    public FoundMessage? Found { get; init; }

    /// <summary>The folder that it stands in, or <c>archive</c>; absent: none.</summary>
    public string? FolderId { get; init; }

    /// <summary>True if the user has pinned it; else absent.</summary>
    public bool? Pinned { get; init; }
}

/// <summary>A message that a search found.</summary>
/// <param name="MessageId">
/// The newest message that has all words of the query; where none has, the newest one that has the first word that any has.
/// </param>
/// <param name="Excerpt">A piece of its text around the words, in one line and in parts. Joined, they are the piece.</param>
public sealed record FoundMessage(string MessageId, IReadOnlyList<ExcerptPart> Excerpt);

/// <summary>A part of an excerpt.</summary>
/// <param name="Text">As it is in the message. White space is one blank.</param>
/// <param name="Match">True if it is a word of the query; else absent.</param>
public sealed record ExcerptPart(string Text, bool? Match = null);

/// <summary>
/// A whole conversation: all its messages as a tree. Each message names its parent. Export writes this shape and import reads it.
/// Import gives new ids to the conversation and its messages.
/// </summary>
public sealed record ConversationTree
{
    public required string Id { get; init; }
    public required string Title { get; init; }

    /// <summary>True: it is removed soon after its last answer, and its title is empty. Absent: it is kept.</summary>
    public bool? Temporary { get; init; }

    /// <summary>The folder that it stands in; absent: none.</summary>
    public FolderNode? Folder { get; init; }

    /// <summary>True if the user has pinned it; else absent.</summary>
    public bool? Pinned { get; init; }

    /// <summary>The last message of the path last shown.</summary>
    public required string LeafId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The preset that was chosen; absent: none.</summary>
    public string? Preset { get; init; }

    /// <summary>The effort that was chosen; absent: none.</summary>
    public string? Effort { get; init; }

    /// <summary>The verbosity that was chosen; absent: none.</summary>
    public string? Verbosity { get; init; }

    /// <summary>The instructions for this conversation; absent: none.</summary>
    public string? SystemPrompt { get; init; }

    /// <summary>Parents come before their children.</summary>
    public required IReadOnlyList<MessageNode> Messages { get; init; }

    /// <summary>Summaries that models get in the place of the beginnings of paths; absent: there is none.</summary>
    public IReadOnlyList<SummaryNode>? Summaries { get; init; }

    /// <summary>The files of the messages with their content. Only in an export; absent: there is none.</summary>
    public IReadOnlyList<FileNode>? Files { get; init; }

    /// <summary>What was left out. Only in the answer to an import; absent: nothing.</summary>
    public IReadOnlyList<ImportRemark>? Left { get; init; }
}

/// <summary>The folder of a conversation. An import looks for one with this name, or makes one.</summary>
public sealed record FolderNode
{
    /// <summary><c>archive</c>: the archive.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>One of nine names; absent: none.</summary>
    public string? Colour { get; init; }

    /// <summary>Sent to models before each conversation in it; absent: none.</summary>
    public string? Instructions { get; init; }
}

/// <summary>A summary of the path from the root to a message. It holds for each path through that message.</summary>
public sealed record SummaryNode
{
    /// <summary>UTF-16 units of a summary.</summary>
    internal const int Longest = 8_000;

    /// <summary>The most of one conversation.</summary>
    internal const int Most = 100;

    /// <summary>The last message that it covers.</summary>
    public required string MessageId { get; init; }

    /// <summary>At most 8,000 characters, without NUL.</summary>
    public required string Text { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The body of <c>PUT /conversations/{id}/summaries/{messageId}</c>.</summary>
public sealed record SummaryText
{
    /// <summary>1 to 8,000 characters, without NUL.</summary>
    public required string Text { get; init; }
}

/// <summary>The body of <c>POST /conversations/{id}/summaries</c>.</summary>
public sealed record SummaryRequest
{
    /// <summary>A name in <c>GET /models</c>; absent: the model of the last answer.</summary>
    public string? Model { get; init; }
}

/// <summary>What a model sees of the path last shown: <c>GET /conversations/{id}/context</c>.</summary>
public sealed record ContextState
{
    /// <summary>The first message that it sees. It sees all that follow. Absent: it sees the whole path.</summary>
    public string? FirstMessageId { get; init; }

    /// <summary>The last message that it sees neither itself nor in a summary; absent: there is none.</summary>
    public string? CutMessageId { get; init; }

    /// <summary>What it gets in the place of the beginning; absent: nothing.</summary>
    public SummaryNode? Summary { get; init; }
}

/// <summary>A message of a <see cref="ConversationTree"/>.</summary>
public sealed record MessageNode
{
    public required string Id { get; init; }

    /// <summary>Absent at a root.</summary>
    public string? ParentId { get; init; }

    public required MessageRole Role { get; init; }

    /// <summary>Markdown. For a running answer: the text so far.</summary>
    public required string Text { get; init; }

    /// <summary>Of a user's message, in their order; absent if there is none.</summary>
    public IReadOnlyList<FileEntry>? Files { get; init; }

    /// <summary>Absent for a user's message, and for an answer without reasoning.</summary>
    public string? Reasoning { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    // The members that follow are absent for a user's message.

    /// <summary>The model's name in <c>GET /models</c>, as it was when the answer was started.</summary>
    public string? Model { get; init; }

    /// <summary>The effort that the model was asked for; absent: none.</summary>
    public string? Effort { get; init; }

    /// <summary>The name of the deployment that answered, as the settings had it; absent while the answer runs.</summary>
    public string? Deployment { get; init; }

    /// <summary>
    /// The model that the service said answered, such as a model router's choice; absent while the answer runs.
    /// </summary>
    public string? AnsweredModel { get; init; }

    /// <summary>Its calls of tools, in order; absent if there are none.</summary>
    public IReadOnlyList<ToolPayload>? Tools { get; init; }

    public AnswerState? State { get; init; }

    /// <summary>Absent while the answer runs.</summary>
    public FinishReason? FinishReason { get; init; }

    /// <summary>Present only if the answer ended as <c>failed</c>, <c>filtered</c> or <c>interrupted</c>.</summary>
    public FailurePayload? Failure { get; init; }

    /// <summary>Absent while the answer runs, and if the provider was not reached or refused the request.</summary>
    public UsagePayload? Usage { get; init; }
}

/// <summary>The body of <c>PATCH /conversations/{id}</c>. A member that is absent is not changed.</summary>
public sealed record ConversationChange
{
    /// <summary>1 to 200 characters, without NUL.</summary>
    public string? Title { get; init; }

    /// <summary>A message of the path to show. The path goes on from it to its newest leaf.</summary>
    public string? LeafId { get; init; }

    /// <summary>True: it stands before all others in the list of the page.</summary>
    public bool? Pinned { get; init; }

    // The members that follow are cleared by null.

    /// <summary>A folder in <c>GET /folders</c>, or <c>archive</c>. An archived conversation is not pinned any more.</summary>
    public OptionalText? FolderId { get; init; }

    /// <summary>The name of a preset in <c>GET /models</c>.</summary>
    public OptionalText? Preset { get; init; }

    /// <summary>An effort that a model takes. It is left out of requests to a model that does not take it.</summary>
    public OptionalText? Effort { get; init; }

    /// <summary><c>low</c>, <c>medium</c> or <c>high</c>. It is left out of requests to a model that takes none.</summary>
    public OptionalText? Verbosity { get; init; }

    /// <summary>Instructions for this conversation: at most 10,000 characters, without NUL.</summary>
    public OptionalText? SystemPrompt { get; init; }

    internal MannerChange Manner => new(Preset, Effort, Verbosity, SystemPrompt);
}

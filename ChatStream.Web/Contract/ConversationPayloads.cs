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

    /// <summary>The last message of the path last shown.</summary>
    public required string LeafId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Parents come before their children.</summary>
    public required IReadOnlyList<MessageNode> Messages { get; init; }
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

    /// <summary>Absent for a user's message, and for an answer without reasoning.</summary>
    public string? Reasoning { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    // The members that follow are absent for a user's message.

    /// <summary>The model's name in <c>GET /models</c>, as it was when the answer was started.</summary>
    public string? Model { get; init; }

    /// <summary>The <c>effort</c> that the start asked for; absent: none.</summary>
    public string? Effort { get; init; }

    /// <summary>The name of the deployment that answered, as the settings had it; absent while the answer runs.</summary>
    public string? Deployment { get; init; }

    /// <summary>
    /// The model that the service said answered, such as a model router's choice; absent while the answer runs.
    /// </summary>
    public string? AnsweredModel { get; init; }

    public AnswerState? State { get; init; }

    /// <summary>Absent while the answer runs.</summary>
    public FinishReason? FinishReason { get; init; }

    /// <summary>Present only if the answer ended as <c>failed</c>, <c>filtered</c> or <c>interrupted</c>.</summary>
    public FailurePayload? Failure { get; init; }

    /// <summary>Absent while the answer runs, and if the provider sent no usage.</summary>
    public UsagePayload? Usage { get; init; }
}

/// <summary>The body of <c>PATCH /conversations/{id}</c>. A member that is absent is not changed.</summary>
public sealed record ConversationChange
{
    /// <summary>1 to 200 characters, without NUL.</summary>
    public string? Title { get; init; }

    /// <summary>A message of the path to show. The path goes on from it to its newest leaf.</summary>
    public string? LeafId { get; init; }
}

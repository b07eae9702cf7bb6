using System.Text.Json.Serialization;

namespace ChatStream.Web.Contract;

/// <summary>Who wrote a message.</summary>
public enum MessageRole
{
    [JsonStringEnumMemberName("user")] User,
    [JsonStringEnumMemberName("assistant")] Assistant,
}

/// <summary>A page of conversations, newest first.</summary>
/// <param name="Conversations">At most as many as were asked for.</param>
/// <param name="Next">What to pass as <c>before</c> for the page that follows; absent on the last.</param>
public sealed record ConversationPage(IReadOnlyList<ConversationSummary> Conversations, string? Next);

public sealed record ConversationSummary(
    string Id, string Title, string LeafId, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, bool Running);

/// <summary>A conversation whole: all its messages, each naming its parent; also what is exported and imported.</summary>
public sealed record ConversationTree
{
    public required string Id { get; init; }
    public required string Title { get; init; }

    /// <summary>The last message of the path last shown.</summary>
    public required string LeafId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Parents before their children.</summary>
    public required IReadOnlyList<MessageNode> Messages { get; init; }
}

public sealed record MessageNode
{
    public required string Id { get; init; }

    /// <summary>Absent at the root.</summary>
    public string? ParentId { get; init; }

    public required MessageRole Role { get; init; }
    public required string Text { get; init; }
    public string? Reasoning { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    // An answer's only:
    public string? Model { get; init; }
    public AnswerState? State { get; init; }
    public FinishReason? FinishReason { get; init; }
    public FailurePayload? Failure { get; init; }
    public UsagePayload? Usage { get; init; }
}

/// <summary>What of a conversation can be changed.</summary>
public sealed record ConversationChange
{
    public string? Title { get; init; }

    /// <summary>A message that is to be on the path shown; the path goes on from it to its newest leaf.</summary>
    public string? LeafId { get; init; }
}

using ChatStream.Web.Contract;

namespace ChatStream.Web.Tests.Conversations;

/// <summary>Conversations as they are imported.</summary>
internal static class Trees
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    public static ConversationTree Greeting => Of("Greeting", Ask("q", null, "Hello"), Reply("a", "q", "Hello to you"));

    public static ConversationTree Of(string title, params IReadOnlyList<MessageNode> messages) => new()
    {
        Id = "any",
        Title = title,
        LeafId = messages[^1].Id,
        CreatedAt = Noon,
        UpdatedAt = Noon,
        Messages = messages,
    };

    /// <summary>A conversation of messages that each follow the one before: "Message 0" and so on.</summary>
    public static ConversationTree Chain(int messages) => Of("Chain", [.. Enumerable.Range(0, messages).Select(i =>
        i % 2 == 0 ? Ask($"{i}", i == 0 ? null : $"{i - 1}", $"Message {i}") : Reply($"{i}", $"{i - 1}", $"Message {i}"))]);

    public static MessageNode Ask(string id, string? parentId, string text) =>
        new() { Id = id, ParentId = parentId, Role = MessageRole.User, Text = text, CreatedAt = Noon };

    public static MessageNode Reply(string id, string parentId, string text) => new()
    {
        Id = id,
        ParentId = parentId,
        Role = MessageRole.Assistant,
        Text = text,
        CreatedAt = Noon,
        Model = "gpt-4o",
        State = AnswerState.Ended,
        FinishReason = FinishReason.Completed,
    };
}

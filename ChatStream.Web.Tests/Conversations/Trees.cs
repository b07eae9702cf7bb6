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

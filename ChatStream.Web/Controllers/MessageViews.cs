using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;

namespace ChatStream.Web.Controllers;

internal static class MessageViews
{
    public static MessageView Of(Message message, IReadOnlyList<string> siblings) => new()
    {
        SiblingIds = siblings,
        Id = message.Id,
        ParentId = message.ParentId ?? message.ConversationId,
        IsUser = message.Role == MessageRole.User,
        Text = message.Text,
        Reasoning = message.Reasoning,
        Model = message.Model,
        FinishReason = message.FinishReason,
        Failure = message.Failure,
        Usage = message.Usage,
        Took = message.Role == MessageRole.Assistant ? message.EndedAt - message.CreatedAt : null,
        RetryAt = message is { EndedAt: { } ended, RetryAfter: { } seconds } ? ended + TimeSpan.FromSeconds(seconds) : null,
    };

    /// <summary>An answer that was running when the message was read, as its generation tells it now.</summary>
    public static MessageView Of(Message message, IReadOnlyList<string> siblings, Answer now) => Of(message, siblings) with
    {
        Text = now.Text,
        Reasoning = now.Reasoning,
        IsRunning = now.State == AnswerState.Running,
        FinishReason = now.FinishReason,
        Failure = now.Failure,
        Usage = now.Usage,
    };
}

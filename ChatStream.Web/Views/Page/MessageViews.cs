using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Views.Page;

internal static class MessageViews
{
    /// <summary>The message for its view.</summary>
    /// <param name="message">As it was read.</param>
    /// <param name="siblings">The ids of its versions, itself included, oldest first.</param>
    public static MessageView Of(Message message, IReadOnlyList<string> siblings) => new()
    {
        SiblingIds = siblings,
        Id = message.Id,
        ParentId = message.ParentId ?? message.ConversationId,
        IsUser = message.Role == MessageRole.User,
        Text = message.Text,
        Reasoning = message.Reasoning,
        Model = message.Model,
        IsRunning = message.IsRunning,
        FinishReason = message.FinishReason,
        Failure = message.Failure,
        Usage = message.Usage,
        // An imported answer ends when it begins: its times are not known.
        Took = message.Role == MessageRole.Assistant && message.EndedAt > message.CreatedAt
            ? message.EndedAt - message.CreatedAt
            : null,
        FirstWord = message.FirstTextAt - message.CreatedAt,
        Thought = message.Reasoning is null ? null : message.FirstTextAt - message.FirstOutputAt,
        Speed = message.Usage is { } usage
            ? Figures.Speed(usage.OutputTokens, message.EndedAt - message.FirstOutputAt)
            : null,
        RetryAt = message is { EndedAt: { } ended, RetryAfter: { } seconds } ? Later(ended, seconds) : null,
    };

    // An imported answer may have any time. Null: there is no such time.
    private static DateTimeOffset? Later(DateTimeOffset time, int seconds)
    {
        var wait = TimeSpan.FromSeconds(seconds);
        return wait >= TimeSpan.Zero && wait <= DateTimeOffset.MaxValue - time ? time + wait : null;
    }
}

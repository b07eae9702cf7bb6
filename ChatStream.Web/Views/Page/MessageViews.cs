using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Views.Page;

internal static class MessageViews
{
    /// <summary>A speed over less than this says nothing.</summary>
    private static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(0.2);

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
        // Of an imported one nobody knows.
        Took = message.Role == MessageRole.Assistant && message.EndedAt > message.CreatedAt ? message.EndedAt - message.CreatedAt : null,
        FirstWord = message.FirstTextAt - message.CreatedAt,
        Thought = message.Reasoning is null ? null : message.FirstTextAt - message.FirstOutputAt,
        Speed = message.Usage is { } usage && message.EndedAt - message.FirstOutputAt is { } time && time >= LeastTime ? usage.OutputTokens / time.TotalSeconds : null,
        RetryAt = message is { EndedAt: { } ended, RetryAfter: { } seconds } ? ended + TimeSpan.FromSeconds(seconds) : null,
    };
}

using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;

namespace ChatStream.Web.Answers.Summing;

/// <summary>What a model sees of a conversation, and summaries in the place of what it no longer sees, for controllers.</summary>
public interface ISummaries
{
    /// <summary>What the model would see of the path last shown if the conversation went on now.</summary>
    /// <param name="owner">The user or program that asks.</param>
    /// <param name="shown">The conversation, with the path last shown.</param>
    /// <param name="model">The model's name; null: the model of the last answer.</param>
    /// <param name="cancellationToken">The request's token.</param>
    Task<ContextState> FindAsync(Owner owner, ShownConversation shown, string? model, CancellationToken cancellationToken);

    /// <summary>
    /// Asks the model for a summary of what it no longer sees. The call counts in the limits like an answer. It ends when its
    /// reader leaves, and nothing is stored.
    /// </summary>
    /// <returns>
    /// A log as an answer has it. <c>start.parentId</c> is the last message that the summary covers.
    /// </returns>
    /// <exception cref="RefusedException">404: no such conversation; 409: the model sees everything; 429; 503.</exception>
    Task<Attachment> WriteAsync(Caller caller, string conversationId, string? model, CancellationToken readerGone);

    /// <summary>Stores a summary, or replaces the text of one.</summary>
    /// <returns>Null: the owner has no such conversation.</returns>
    /// <exception cref="RefusedException">400, 404 or 409.</exception>
    Task<SummaryNode?> KeepAsync(Owner owner, string conversationId, string messageId, string text);

    /// <summary>Removes a summary.</summary>
    /// <returns>False: there was none.</returns>
    Task<bool> RemoveAsync(Owner owner, string conversationId, string messageId);
}

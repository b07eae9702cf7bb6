using ChatStream.Web.Contract;

namespace ChatStream.Web.Conversations;

/// <summary>What users think of answers, for controllers.</summary>
public interface IFeedback
{
    /// <summary>Whether the settings let users say it.</summary>
    bool IsOpen { get; }

    /// <summary>Stores what the user thinks of an answer, in the place of what was stored before.</summary>
    /// <returns>Null: the owner has no such conversation.</returns>
    /// <exception cref="RefusedException">400: the comment; 403: off; 404: the answer; 409: it is still written.</exception>
    Task<FeedbackNode?> KeepAsync(Owner owner, string conversationId, string messageId, FeedbackRequest request);

    /// <summary>Removes it.</summary>
    /// <returns>False: there was none.</returns>
    Task<bool> RemoveAsync(Owner owner, string conversationId, string messageId);

    /// <summary>What all users thought, newest first. For administrators.</summary>
    /// <param name="before"><see cref="FeedbackPage.Next"/> of the page before; null: the first page.</param>
    /// <param name="cancellationToken">The request's token.</param>
    /// <exception cref="RefusedException">400: <paramref name="before"/> did not come from a page.</exception>
    Task<FeedbackPage> ReadAllAsync(string? before, CancellationToken cancellationToken);
}

using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;

namespace ChatStream.Web.Answers.Running;

/// <summary>Stops answers on request, for controllers.</summary>
public interface IAnswerStopper
{
    /// <summary>Stops a generation and returns once its <c>finish</c> is in the log. An ended one is left as it is.</summary>
    /// <exception cref="RefusedException">404: the owner has no such generation.</exception>
    Task StopAsync(Owner owner, string id, CancellationToken cancellationToken);

    /// <summary>Stops what ran in a conversation that was deleted, and releases its ended answers.</summary>
    /// <param name="owner">The conversation's owner.</param>
    /// <param name="conversationId">The conversation that is gone from the database.</param>
    /// <param name="running">The answers that had no end when it was deleted.</param>
    Task StopDeletedAsync(Owner owner, string conversationId, IEnumerable<RunningAnswer> running);
}

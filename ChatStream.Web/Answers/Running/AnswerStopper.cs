using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Answers.Running;

/// <summary>Stops answers on request.</summary>
internal sealed class AnswerStopper(GenerationRegistry registry, StoredAnswers stored)
{
    /// <summary>Stops a generation and returns once its <c>finish</c> is in the log. An ended one is left as it is.</summary>
    /// <exception cref="RefusedException">404: the owner has no such generation.</exception>
    public async Task StopAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        if (registry.Find(owner, id) is { } generation)
        {
            generation.TryEnd(FinishReason.Stopped);
            await generation.Closed.WaitAsync(cancellationToken);
        }
        else if (await stored.FindAsync(owner, id, cancellationToken) is null)
        {
            throw AnswerLookup.Unknown();
        }
    }

    /// <summary>
    /// Stops what ran in a conversation that was deleted, and releases its ended answers, which may no longer be read.
    /// </summary>
    /// <param name="owner">The conversation's owner.</param>
    /// <param name="conversationId">The conversation that is gone from the database.</param>
    /// <param name="running">The answers that had no end when it was deleted.</param>
    public async Task StopDeletedAsync(Owner owner, string conversationId, IEnumerable<string> running)
    {
        foreach (var id in running)
        {
            if (registry.Find(owner, id) is not { } generation)
                continue;
            // Its message was stored, so it begins at once if it has not yet.
            await generation.Begun;
            generation.TryEnd(FinishReason.Stopped);
            await generation.Closed;
        }
        registry.RemoveEnded(owner, conversationId);
    }
}

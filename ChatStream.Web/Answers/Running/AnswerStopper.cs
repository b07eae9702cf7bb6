using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Answers.Running;

/// <summary>Stops answers on request.</summary>
internal sealed class AnswerStopper(GenerationRegistry registry, StoredAnswers stored) : IAnswerStopper
{
    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public async Task StopDeletedAsync(Owner owner, string conversationId, IEnumerable<string> running)
    {
        foreach (var id in running)
        {
            if (registry.Find(owner, id) is not { } generation)
                continue;
            // Its message was stored, so it begins at once if it has not yet.
            if (!await generation.HasBegunAsync(CancellationToken.None))
                continue;
            generation.TryEnd(FinishReason.Stopped);
            await generation.Closed;
        }
        registry.RemoveEnded(owner, conversationId);
    }
}

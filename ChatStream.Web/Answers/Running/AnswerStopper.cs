using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Telemetry;

namespace ChatStream.Web.Answers.Running;

/// <summary>Stops answers on request.</summary>
internal sealed class AnswerStopper(
    GenerationRegistry registry, StoredAnswers stored, OwnershipWatch ownership, Neighbours neighbours, Orphans orphans,
    Func<ITakeover> takeover, TimeProvider time) : IAnswerStopper
{
    /// <inheritdoc/>
    public async Task StopAsync(Owner owner, string id, CancellationToken cancellationToken)
    {
        if (registry.Find(owner, id) is { } generation)
        {
            var begun = time.GetTimestamp();
            generation.TryEnd(FinishReason.Stopped);
            await generation.Closed.WaitAsync(cancellationToken);
            if (!generation.IsElsewhere)
            {
                ChatMeter.Stopped(time.GetElapsedTime(begun));
                return;
            }
        }
        var message = await stored.FindStoredAsync(owner, id, cancellationToken) ?? throw AnswerLookup.Unknown();
        if (!message.IsRunning)
            return;
        if ((ownership.ElsewhereOf(message) ?? (await ownership.FindAsync(id, cancellationToken)).Elsewhere) is { } instance)
            throw new RunsElsewhereException(instance);
        if (registry.IsRunning(id)) // it was taken over just now
            await StopAsync(owner, id, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task StopDeletedAsync(Owner owner, string conversationId, IEnumerable<RunningAnswer> running)
    {
        foreach (var answer in running)
        {
            if (registry.Find(owner, answer.Id) is { } generation)
            {
                // Its message was stored, so it begins at once if it has not yet.
                if (!await generation.HasBegunAsync(CancellationToken.None))
                    continue;
                generation.TryEnd(FinishReason.Stopped);
                await generation.Closed;
                if (!generation.IsElsewhere)
                    continue;
            }
            await StopElsewhereAsync(owner, answer);
        }
        registry.RemoveEnded(owner, conversationId);
    }

    private async Task StopElsewhereAsync(Owner owner, RunningAnswer answer)
    {
        // An instance that has just begun is not known without asking.
        var instance = ownership.Find(answer.InstanceId)
            ?? (registry.IsLeft(answer.Id) ? null : (await ownership.FindAsync(answer.Id, CancellationToken.None)).Elsewhere);
        if (instance is not null && await neighbours.StopAsync(instance, owner, answer.Id, CancellationToken.None))
            return;
        // It cannot be reached. It notices soon that the answer has an end.
        if (await orphans.FindAsync(answer.Id, CancellationToken.None) is not { } unended)
            return;
        await takeover().CancelAsync([unended]);
        await orphans.EndAsync([unended]);
    }
}

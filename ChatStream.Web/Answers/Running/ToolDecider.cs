using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Answers.Running;

/// <inheritdoc/>
internal sealed class ToolDecider(GenerationRegistry registry, StoredAnswers stored, OwnershipWatch ownership) : IToolDecider
{
    /// <inheritdoc/>
    public async Task DecideAsync(
        Owner owner, string id, string callId, ToolDecision decision, CancellationToken cancellationToken)
    {
        if (registry.Find(owner, id) is { } generation && await generation.HasBegunAsync(cancellationToken)
            && await IsDecidedAsync(generation, callId, decision, cancellationToken))
            return;
        var message = await stored.FindStoredAsync(owner, id, cancellationToken) ?? throw AnswerLookup.Unknown();
        if (message.IsRunning)
        {
            if ((ownership.ElsewhereOf(message) ?? (await ownership.FindAsync(id, cancellationToken)).Elsewhere) is { } instance)
                throw new RunsElsewhereException(instance);
            if (registry.IsRunning(id)) // it was taken over just now
            {
                await DecideAsync(owner, id, callId, decision, cancellationToken);
                return;
            }
            message = await stored.FindStoredAsync(owner, id, cancellationToken) ?? throw AnswerLookup.Unknown();
        }
        Compare(Find(message.Tools, callId), decision);
    }

    /// <returns>False: the question is another process's.</returns>
    private async Task<bool> IsDecidedAsync(
        Generation generation, string callId, ToolDecision decision, CancellationToken cancellationToken)
    {
        if (await HasGoneAsync(generation, cancellationToken))
            return false;
        var call = Find(generation.Tools, callId);
        if (generation.QuestionOf(callId) is not { } question || call.State != ToolState.Asked)
        {
            Compare(call, decision);
            return true;
        }
        if (!question.TryDecide(decision) && (await question.Decision).Decision != decision.Decision)
            throw Otherwise();
        await question.Stored.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        if (question.Stored.IsCompletedSuccessfully)
        {
            if (decision.Remember == ToolMemory.Conversation)
                AllowOthers(generation, call.Name);
            return true;
        }
        return await HasGoneAsync(generation, cancellationToken) ? false : throw Ended();
    }

    // Other calls of the tool in the conversation that the user is being asked about.
    private void AllowOthers(Generation generation, string tool)
    {
        foreach (var other in registry.Running.Where(other => other.Owner == generation.Owner
            && other.Begun.IsCompletedSuccessfully && other.Start.ConversationId == generation.Start.ConversationId))
        {
            foreach (var call in other.Tools.Where(call => call.State == ToolState.Asked && call.Name == tool))
                other.QuestionOf(call.Id)?.TryDecide(new ToolDecision { Decision = ToolVerdict.Allow });
        }
    }

    // Whether an answer that has ended here has its end here, is known when it is closed.
    private static async Task<bool> HasGoneAsync(Generation generation, CancellationToken cancellationToken)
    {
        if (!generation.Token.IsCancellationRequested)
            return false;
        await generation.Closed.WaitAsync(cancellationToken);
        return generation.IsElsewhere;
    }

    private static ToolCall Find(IReadOnlyList<ToolCall> calls, string callId) =>
        calls.FirstOrDefault(call => call.Id == callId)
        ?? throw new RefusedException(404, "callId", "There is no such call.");

    /// <summary>A decision about a call that waits for none.</summary>
    private static void Compare(ToolCall call, ToolDecision decision)
    {
        if (call.AskedAt is null)
            throw new RefusedException(409, "callId", "Nobody was asked about this call.");
        var verdict = call.Verdict ?? (call.State == ToolState.Denied ? ToolVerdict.Deny : null);
        if (verdict is null)
            throw Ended();
        if (verdict != decision.Decision)
            throw Otherwise();
    }

    private static RefusedException Otherwise() =>
        new(409, "decision", "This call was decided otherwise.");

    private static RefusedException Ended() =>
        new(409, "callId", "The answer ended before this call was decided.");
}

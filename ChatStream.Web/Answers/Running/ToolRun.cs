using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;
using ChatStream.Web.Tools;

namespace ChatStream.Web.Answers.Running;

/// <summary>The calls of one answer while they are made.</summary>
/// <param name="generation">Runs the answer.</param>
/// <param name="tools">Those that the model was told of; null: they are found when one is needed.</param>
/// <param name="find">Finds them.</param>
/// <param name="caller">Makes the calls.</param>
/// <param name="store">Keeps them.</param>
/// <param name="images">Keeps the images of results.</param>
/// <param name="tokens">Counts what they add to the conversation.</param>
/// <param name="options">The bounds.</param>
/// <param name="time">How long a question is open.</param>
internal sealed class ToolRun(
    Generation generation, ToolSet? tools, Func<Task<ToolSet>> find, ToolCaller caller, ToolStore store, ToolImages images,
    TokenCounter tokens, ToolOptions options, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _writes = new(1, 1);
    private readonly SemaphoreSlim _slots = new(options.Parallel);
    private ToolSet? _tools = tools;

    /// <summary>Stores changes of calls, and then tells them.</summary>
    /// <returns>The calls as they are stored.</returns>
    public async Task<IReadOnlyList<ToolCall>> StoreAsync(IReadOnlyList<ToolCall> changes)
    {
        await _writes.WaitAsync(generation.Token);
        try
        {
            var added = 0;
            foreach (var change in changes)
                added += await TokensOfAsync(change);
            generation.Token.ThrowIfCancellationRequested();
            if (await store.StoreAsync(generation, changes, added) is not { } stored)
            {
                generation.TryEnd(FinishReason.Interrupted, OwnershipWatch.Lost);
                throw new OperationCanceledException(generation.Token);
            }
            generation.Tell(stored.Calls, stored.SoFar, added);
            generation.Token.ThrowIfCancellationRequested();
            return stored.Calls;
        }
        catch (StorageException)
        {
            generation.TryEnd(FinishReason.Failed, CheckpointLoop.NotStored);
            throw;
        }
        finally
        {
            _writes.Release();
        }
    }

    /// <summary>Call it when all calls are over.</summary>
    public void Dispose()
    {
        _writes.Dispose();
        _slots.Dispose();
    }

    /// <summary>Completes when all calls are over. The first fault of one ends the answer, which cancels the others.</summary>
    public Task ToTheEndAsync(IReadOnlyList<ToolCall> calls) => Task.WhenAll(calls.Select(call => call.State switch
    {
        ToolState.Asked => OrEndAsync(AskAsync(call)),
        ToolState.Running => OrEndAsync(CallAsync(call)),
        _ => Task.CompletedTask,
    }));

    private async Task OrEndAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (Exception fault)
        {
            generation.TryEnd(FinishReason.Failed,
                fault is StorageException || StorageException.IsBehind(fault) ? CheckpointLoop.NotStored : ModelRun.Broken);
            throw;
        }
    }

    private async Task AskAsync(ToolCall call)
    {
        var question = generation.QuestionOf(call.Id)!;
        try
        {
            await DecideInTimeAsync(call, question);
            var decision = await question.Decision;
            var now = time.GetUtcNow();
            var isAllowed = decision.Decision == ToolVerdict.Allow;
            var stored = (await StoreAsync([isAllowed
                ? call with
                {
                    State = ToolState.Running,
                    Verdict = ToolVerdict.Allow,
                    IsRemembered = decision.Remember == ToolMemory.Conversation,
                    StartedAt = now,
                }
                : call with
                {
                    State = ToolState.Denied,
                    Verdict = ToolQuestion.IsNoAnswer(decision) ? null : ToolVerdict.Deny,
                    Result = ToolQuestion.IsNoAnswer(decision)
                        ? "Nobody answered in time whether the call may be made. It was not made."
                        : "The user has denied the call. It was not made.",
                    EndedAt = now,
                }]))[0];
            question.MarkStored();
            if (stored.State == ToolState.Running)
                await CallAsync(stored);
        }
        finally
        {
            question.Close();
        }
    }

    private async Task DecideInTimeAsync(ToolCall call, ToolQuestion question)
    {
        var left = options.AskFor - (time.GetUtcNow() - call.AskedAt!.Value);
        try
        {
            if (left > TimeSpan.Zero)
                await question.Decision.WaitAsync(left, time, generation.Token);
        }
        catch (TimeoutException)
        {
        }
        question.Expire();
    }

    private async Task CallAsync(ToolCall call)
    {
        await _slots.WaitAsync(generation.Token);
        ToolOutcome outcome;
        try
        {
            outcome = await FindAsync(call.Name) is not { } tool
                ? ToolOutcome.Fault("The tool is not there any more. The call was not made.")
                : ToolCaller.Fault(tool, call.Arguments, out var arguments) is { } fault ? ToolOutcome.Fault(fault)
                : await caller.CallAsync(tool, arguments, generation.Token);
        }
        finally
        {
            _slots.Release();
        }
        var (notes, files) = outcome.Images is { } sent ? await images.KeepAsync(generation, call.Name, sent) : ("", null);
        await StoreAsync([call with
        {
            State = outcome.IsFault ? ToolState.Failed : ToolState.Done,
            Result = outcome.Text + notes,
            Files = files,
            Permission = outcome.Permission,
            EndedAt = time.GetUtcNow(),
        }]);
    }

    // After a restart its server may need a while.
    private async Task<Tool?> FindAsync(string name) =>
        _tools?.Find(name) ?? (_tools = await find()).Find(name);

    // Its name and arguments count when it is new, and its result when it is over.
    private async Task<int> TokensOfAsync(ToolCall change)
    {
        var isNew = change.Number > generation.Tools.Count;
        var count = isNew ? await CountAsync($"{change.Name} {change.Arguments}") : 0;
        return change.IsOver
            ? count + await CountAsync(change.Result ?? "")
                + (int)await images.TokensAsync(generation.Owner, change.FileIds, generation.Start.Model, generation.Token)
            : count;
    }

    private async Task<int> CountAsync(string text) =>
        await tokens.CountAsync(text, int.MaxValue / 2, generation.Token) ?? 0;
}

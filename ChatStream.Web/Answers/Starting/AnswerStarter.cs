using System.Buffers;
using System.Diagnostics;
using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Limits;
using ChatStream.Web.Providers;
using ChatStream.Web.Storage;
using ChatStream.Web.Telemetry;
using ChatStream.Web.Tools;
using ChatStream.Web.Usage;
using ChatStream.Web.Usage.Budgets;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Answers.Starting;

/// <summary>Starts answers. The generation runs apart from the request that started it.</summary>
internal sealed class AnswerStarter(
    StartCheck check,
    StartFiles files,
    StartStore store,
    StartLookup lookup,
    IdenticalRequests identical,
    StartLimits limits,
    UserBudgets budgets,
    UserBook users,
    GenerationRegistry registry,
    GenerationRunner runner,
    CheckpointLoop checkpoints,
    OwnershipWatch ownership,
    AnswerLookup answers,
    ModelCatalog catalog,
    ToolCatalog tools,
    MemoryPool<byte> memory,
    IOptions<GenerationOptions> options,
    TimeProvider time) : IAnswerStarter
{
    /// <inheritdoc/>
    public async Task<Attachment> StartAsync(
        Caller caller, StartRequest request, RepeatKey? key, bool keepUnread, CancellationToken readerGone)
    {
        var (owner, begun) = (caller.Owner, time.GetTimestamp());
        var known = key is null ? null : await store.FindAsync(owner, key, readerGone);
        if (known is not null && (!key!.IsIdenticalRequest || await identical.MayRejoinSoonAsync(owner, known, readerGone)))
            return await RejoinAsync(owner, known, key, keepUnread, readerGone);

        // After the look for a repeat: a model that was renamed since does not matter to that.
        var last = request.Model is null ? await store.LastModelAsync(owner, request, readerGone) : null;
        var model = check.Model(request, last, caller.Rights);
        var manner = check.Manner(request, model);
        // What costs nothing comes before the limits, and what costs processor time after them.
        check.Message(request, model);
        files.Check(request);
        check.RefuseWhenStopping();
        check.RefuseWhenDead();
        var lease = await limits.TakeAsync(caller);
        var (budget, length, promptTokens) = await PrepareAsync(caller, request, manner, model, lease, readerGone);
        // A process that takes a background answer over needs all frames that readers saw.
        var show = catalog.IsBackground(model) ? ShowFrames.AfterCommit : options.Value.Show;
        var generation = new Generation(Ids.New(), owner, memory, time, show, tools.IsFor(model))
        {
            IsKeptUnread = keepUnread,
            Caller = caller,
        };
        // Added and opened before the start is stored: from then on others may find the generation, and must find it read.
        registry.Add(generation);
        var reader = generation.Frames.OpenReader(0, readerGone);
        StartOutcome? outcome = null;
        try
        {
            outcome = await StoreAsync(owner, new StartCommand(request, model, generation.Id, key, length)
            {
                Replaces = known,
                Manner = manner,
                SystemPromptTokens = promptTokens,
                SeesImages = catalog.Find(model)?.Images == true,
                IsShownAfterCommit = show == ShowFrames.AfterCommit,
            });
        }
        finally
        {
            if (outcome?.New is null)
            {
                reader.Dispose();
                registry.Withdraw(generation);
                await lease.DisposeAsync();
            }
        }
        if (outcome.New is not { } start)
            return await RejoinAsync(owner, outcome.GenerationId, key!, keepUnread, readerGone);

        (generation.Asked, generation.HasSummaries, generation.HasFiles, generation.HasToolHistory) =
            (outcome.Asked, outcome.HasSummaries, outcome.HasFiles, outcome.HasTools);
        (generation.Context, generation.InstanceId) = (outcome.Context, outcome.InstanceId);
        generation.Begin(start);
        ChatMeter.Started(time.GetElapsedTime(begun));
        generation.Frames.ReadToEnd = identical.ForgetWhenRead(owner, key, generation.Id);
        runner.Run(generation, lease, Activity.Current?.Context ?? default);
        return new Attachment(generation.Id, reader) { Budget = budget };
    }

    /// <inheritdoc/>
    public void KeepUnread(Owner owner, string id)
    {
        if (registry.Find(owner, id) is { } generation)
            generation.IsKeptUnread = true;
    }

    /// <summary>
    /// A message that is refused for its length or for a budget gives its place back, but for the one of the minute.
    /// </summary>
    private async ValueTask<(BudgetUse? Budget, int Message, int SystemPrompt)> PrepareAsync(
        Caller caller, StartRequest request, MannerChange manner, string model, IAsyncDisposable lease,
        CancellationToken readerGone)
    {
        try
        {
            // A budget of a group counts the members that are written down.
            await users.NoteAsync(caller);
            var budget = await budgets.CheckAsync(caller, readerGone);
            var message = await check.MessageTokensAsync(request, model, readerGone);
            message = check.WithFiles(
                message, await files.TokensAsync(caller.Owner, request, model, readerGone), model);
            var prompt = manner.SystemPrompt is null ? 0 : await check.SystemPromptTokensAsync(manner, model, readerGone);
            check.RefuseWhenStopping(); // again, because counting may have taken a while
            return (budget, message, prompt);
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }
    }

    private async Task<StartOutcome> StoreAsync(Owner owner, StartCommand command)
    {
        while (true)
        {
            var outcome = await StoreOnceAsync(owner, command);
            // Another start with the same key was stored since this one looked. An identical request may have to replace that,
            // too.
            if (outcome.New is not null || command.Key is not { IsIdenticalRequest: true }
                || identical.MayRejoin(owner, outcome.GenerationId))
                return outcome;
            command = command with { Replaces = outcome.GenerationId };
        }
    }

    private async Task<StartOutcome> StoreOnceAsync(Owner owner, StartCommand command)
    {
        try
        {
            return await store.StartAsync(owner, command);
        }
        catch (RefusedException refused) when (refused.Refusal.GenerationId is not null)
        {
            // It waits for an answer that runs. If no instance runs that one, it has its end now.
            if (!(await ownership.FindAsync(refused.Refusal.GenerationId, CancellationToken.None)).IsEnded)
                throw;
            return await store.StartAsync(owner, command);
        }
        catch (StorageException fault)
        {
            checkpoints.NoteFault();
            if (!fault.IsUnknown)
                throw;
            return await lookup.FindAsync(owner, command.GenerationId, fault);
        }
    }

    private Task<Attachment> RejoinAsync(Owner owner, string id, RepeatKey key, bool keepUnread, CancellationToken readerGone)
    {
        if (keepUnread)
            KeepUnread(owner, id);
        return answers.AttachAsync(owner, id, after: null, identical.ForgetWhenRead(owner, key, id), readerGone);
    }
}

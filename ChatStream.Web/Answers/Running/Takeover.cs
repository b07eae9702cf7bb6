using System.Buffers;
using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;
using ChatStream.Web.Limits;
using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Background;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Answers.Running;

/// <summary>
/// Takes over answers whose process is gone: those that their service makes in the background, and those whose user is asked
/// something. This process becomes the owner by one conditional write, so exactly one of several does. It begins with the frames
/// that were stored, and goes on where the last of them was at the service, or with the question.
/// </summary>
internal sealed partial class Takeover(
    IChatDatabase database,
    GenerationRegistry registry,
    GenerationRunner runner,
    GenerationDrain drain,
    StartLimits limits,
    Cancellations cancellations,
    ModelCatalog catalog,
    Manners manners,
    Func<IChatClient> client,
    Instance instance,
    MemoryPool<byte> memory,
    TimeProvider time,
    ILogger<Takeover> logger) : ITakeover, IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <inheritdoc/>
    public async Task<List<UnendedAnswer>> TakeOverAsync(IReadOnlyCollection<UnendedAnswer> orphans)
    {
        if (orphans.Count == 0)
            return [];
        var background = Background();
        var kept = await KeptAnswers.ReadAsync(database, orphans, CancellationToken.None);
        var left = new List<UnendedAnswer>();
        foreach (var orphan in orphans)
        {
            if (orphan.IsDeleted)
                Cancel(kept.GetValueOrDefault(orphan.Id), background);
            if (orphan.IsDeleted || !kept.TryGetValue(orphan.Id, out var answer) || !CanGoOn(answer, background))
                left.Add(orphan);
            else if (!drain.IsStopping) // else it is left for another process
                await TakeOverAsync(orphan, answer);
        }
        return left;
    }

    /// <inheritdoc/>
    public async Task CancelAsync(IReadOnlyCollection<UnendedAnswer> answers)
    {
        if (Background() is not { } background)
            return;
        foreach (var answer in (await KeptAnswers.ReadAsync(database, answers, CancellationToken.None)).Values)
            Cancel(answer, background);
    }

    public void Dispose() => _gate.Dispose();

    private IBackgroundAnswers? Background() =>
        catalog.HasBackground ? client().GetService<IBackgroundAnswers>() : null;

    private void Cancel(KeptAnswer? answer, IBackgroundAnswers? background)
    {
        if (answer?.ResumeAt is { } position && background?.Knows(position) == true)
            cancellations.Add(background.CancelAsync(position));
    }

    private bool CanGoOn(KeptAnswer answer, IBackgroundAnswers? background) =>
        answer.Frames is { } frames && catalog.Find(answer.Model) is { } model
        && (answer.ResumeAt is { } position ? background?.Knows(position) == true : answer.HasOpenQuestion && model.Tools)
        && FrameOutline.Fits(frames, answer.Text, answer.Reasoning, answer.Tools);

    private async Task TakeOverAsync(UnendedAnswer orphan, KeptAnswer answer)
    {
        await _gate.WaitAsync(); // two requests may meet one orphan at once
        try
        {
            if (registry.IsRunning(orphan.Id))
                return;
            var (owner, own) = (new Owner(orphan.OwnerId), instance.Id);
            var generation = new Generation(orphan.Id, owner, memory, time, ShowFrames.AfterCommit,
                mayCall: catalog.Find(answer.Model)?.Tools == true)
            {
                Caller = new Caller(owner, Address: ""),
                InstanceId = own,
                // Its conversation may have them. Where it has none, reading finds none.
                HasToolHistory = true,
                HasFiles = true,
                HasSummaries = true,
                Asked = manners.For(answer.Model, answer.Manner, answer.SystemPromptTokens),
                IsKeptUnread = true, // it is not known whether a client was told to find it later
            };
            var lease = await limits.TryTakeSpareAsync(generation.Caller) ?? Nothing.Taken;
            // Added before the row is written: from then on others find it here.
            registry.Add(generation);
            var isOwner = false;
            try
            {
                isOwner = await database.WriteAsync(default, db => OwnAsync(db, orphan, answer, own)) > 0;
            }
            finally
            {
                if (!isOwner)
                {
                    registry.Withdraw(generation);
                    await lease.DisposeAsync();
                }
            }
            if (!isOwner)
                return; // it has got its end, or another process was first
            var start = new StartPayload(
                orphan.Id, orphan.ConversationId, orphan.Id, answer.ParentId, answer.Model, answer.Title);
            generation.TakeOver(start, answer);
            generation.AskedWith(answer.ParentPathTokens);
            Log.TakenOver(logger, orphan.Id, answer.Text.Length);
            runner.Run(generation, lease, default);
        }
        finally
        {
            _gate.Release();
        }
    }

    // The row keeps the text so far, because the checkpoints of a process that is gone are removed.
    private static Task<int> OwnAsync(ChatDbContext db, UnendedAnswer orphan, KeptAnswer answer, string instanceId) => db.Messages
        .IgnoreQueryFilters()
        .Where(m => m.Id == orphan.Id && m.FinishReason == null && m.InstanceId == orphan.InstanceId)
        .ExecuteUpdateAsync(m => m
            .SetProperty(x => x.InstanceId, instanceId)
            .SetProperty(x => x.Text, answer.Text)
            .SetProperty(x => x.Reasoning, answer.Reasoning)
            .SetProperty(x => x.Frames, answer.Frames)
            .SetProperty(x => x.ResumeAt, answer.ResumeAt == null ? null : answer.ResumeAt.ToString())
            .SetProperty(x => x.KeptParts, answer.NextPart));

    /// <summary>An answer that is bought already is not refused for a limit.</summary>
    private sealed class Nothing : IAsyncDisposable
    {
        public static readonly Nothing Taken = new();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information,
            Message = "The answer {GenerationId} is taken over after character {Characters}: the process that ran it is gone.")]
        public static partial void TakenOver(ILogger logger, string generationId, int characters);
    }
}

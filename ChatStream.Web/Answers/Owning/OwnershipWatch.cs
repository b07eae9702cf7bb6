using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Limits;
using ChatStream.Web.Storage;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Answers.Owning;

/// <summary>
/// Compares, every two seconds, what runs in this instance with what the database says. A generation whose answer is gone or has
/// another owner ends as <c>interrupted</c>, and one whose conversation was deleted as <c>stopped</c>. An answer without an end
/// that no instance runs is an orphan. It is taken over, or ends as <c>interrupted</c> too.
/// </summary>
internal sealed partial class OwnershipWatch(
    IInstances instances,
    Instance instance,
    Lease lease,
    Neighbours neighbours,
    GenerationRegistry registry,
    CheckpointLoop checkpoints,
    CheckpointJournal journal,
    Orphans orphans,
    Func<ITakeover> takeover,
    StartLimits limits,
    IOptions<GenerationOptions> options,
    [FromKeyedServices(StorageSetup.Clock)] TimeProvider time,
    ILogger<OwnershipWatch> logger) : BackgroundService
{
    /// <summary>What readers are told of an answer that this instance has lost.</summary>
    public static readonly FailurePayload Lost = new(FailureCode.Interrupted, "Another server process took this answer over.");

    internal static readonly TimeSpan Every = Lease.Every;

    private HashSet<string>? _alive; // null: nothing was looked at yet

    /// <summary>Whether other instances may serve the same users.</summary>
    public bool HasNeighbours => instances.HasOthers;

    /// <summary>Another instance by its id; null where it is not known, or is this one.</summary>
    public InstanceRow? Find(string? id) => id == instance.Id ? null : Known(id);

    /// <summary>The other instance that runs an answer without an end, as far as that is known without asking.</summary>
    public InstanceRow? ElsewhereOf(Message answer) => Find(answer.InstanceId);

    /// <summary>
    /// Finds out who runs the answer with this id, for a request that met it without an end. If no instance does, it is taken
    /// over or gets its end.
    /// </summary>
    public async Task<Whereabouts> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (registry.IsLeft(id))
        {
            throw new RefusedException(
                new Refusal(503, Field: null, "The server is stopping.") { Code = "server_stopping", RetryAfter = 1 });
        }
        if (await orphans.FindAsync(id, cancellationToken) is not { } answer)
            return new Whereabouts(IsEnded: true, Elsewhere: null);
        // The instances are read after the answer: one that began meanwhile is among them.
        var alive = IsOwned(answer) ? [] : await instances.AliveAsync(instance.Id, cancellationToken);
        if (!IsOrphan(answer, alive))
            return new Whereabouts(IsEnded: false, alive.FirstOrDefault(row => row.Id == answer.InstanceId));
        try
        {
            await SettleAsync([answer]);
            // Another instance may have taken it over just before.
            return registry.IsRunning(id) || await orphans.FindAsync(id, cancellationToken) is not { } settled
                ? new Whereabouts(IsEnded: !registry.IsRunning(id), Elsewhere: null)
                : new Whereabouts(IsEnded: false, (await instances.AliveAsync(instance.Id, cancellationToken))
                    .FirstOrDefault(row => row.Id == settled.InstanceId));
        }
        catch (StorageException)
        {
            return default; // the next look tries again
        }
    }

    /// <summary>
    /// The other instance that ran an answer and still has its frames; null where there is none, or where that cannot be learned:
    /// what is stored can be served without it.
    /// </summary>
    public async Task<InstanceRow?> FindKeeperAsync(Message message, CancellationToken cancellationToken)
    {
        if (message.InstanceId is not { } id || id == instance.Id
            || !(message.EndedAt > time.GetUtcNow() - options.Value.KeepEndedFor))
            return null;
        if (Known(id) is { } known)
            return known;
        if (!instances.AreMany)
            return null;
        try
        {
            // An instance that has just begun is not known without asking.
            return (await instances.AliveAsync(instance.Id, cancellationToken))
                .FirstOrDefault(row => row.Id == id && row.Address.Length > 0);
        }
        catch (Exception fault) when (StorageException.IsBehind(fault))
        {
            Log.NotAsked(logger, fault);
            return null;
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        RepeatAsync(RenewAsync, stoppingToken), RepeatAsync(LookAsync, stoppingToken));

    private async Task RepeatAsync(Func<CancellationToken, Task> step, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TryAsync(step, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> step, CancellationToken cancellationToken)
    {
        try
        {
            await step(cancellationToken);
        }
        catch (Exception fault) when (fault is StorageException || StorageException.IsBehind(fault))
        {
            Log.NotAsked(logger, fault); // checkpoints and starts say so louder
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Log.Broken(logger, fault);
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        if (await lease.RenewAsync(cancellationToken))
            return;
        foreach (var generation in registry.Running)
            Lose(generation);
        await lease.BeginAnewAsync(cancellationToken);
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        // Noted before the look. What begins or ends meanwhile is left for the next one.
        var running = registry.Running.Where(generation => generation is { Begun.IsCompleted: true, Ended.IsCompleted: false })
            .ToList();
        var unended = await orphans.FindAsync(cancellationToken);
        var alive = await instances.AliveAsync(instance.Id, cancellationToken);
        neighbours.Note(alive);
        var others = alive.Where(row => row.Id != instance.Id).ToList();
        limits.Note(others.Sum(row => row.Running), others.Sum(row => row.Started));
        var owned = unended.Where(IsOwned).ToDictionary(answer => answer.Id, StringComparer.Ordinal);
        foreach (var generation in running)
        {
            if (!owned.TryGetValue(generation.Id, out var answer))
                Lose(generation);
            else if (answer.IsDeleted && generation.TryEnd(FinishReason.Stopped))
                Log.WasDeleted(logger, generation.Id);
        }
        var orphaned = unended.Where(answer => IsOrphan(answer, alive)).ToList();
        if (orphaned.Count > 0)
            await SettleAsync(orphaned);
        await NoteAsync([.. alive.Select(row => row.Id)]);
    }

    private async Task SettleAsync(List<UnendedAnswer> orphaned)
    {
        // What this instance ran itself has ended here, and its readers were told so.
        var left = await takeover().TakeOverAsync([.. orphaned.Where(answer => !IsOwned(answer))]);
        var ended = await orphans.EndAsync([.. left, .. orphaned.Where(IsOwned)]);
        foreach (var answer in orphaned)
            checkpoints.Forget(answer.Id);
        // The others got their end from their generation, or from another instance, after they were read.
        if (ended > 0)
            Log.Ended(logger, ended);
    }

    private InstanceRow? Known(string? id) => id is null
        ? null
        : instances.Known.FirstOrDefault(row => row.Id == id && row.Address.Length > 0);

    private void Lose(Generation generation)
    {
        if (generation.TryEnd(FinishReason.Interrupted, Lost))
            Log.WasLost(logger, generation.Id);
    }

    private async Task NoteAsync(HashSet<string> alive)
    {
        if (_alive is { } before && alive.SetEquals(before))
            return;
        if (_alive?.IsSubsetOf(alive) != true)
            await journal.RemoveLeftAsync();
        _alive = alive;
        if (instances.AreMany)
            Log.Alive(logger, alive.Count);
    }

    private bool IsOwned(UnendedAnswer answer) => answer.InstanceId == instance.Id;

    // Asked after the row was read. A generation is in the registry before its row is stored, and an end that waits is noted
    // before its generation leaves. That end may be one of this process before it began anew.
    private bool IsOrphan(UnendedAnswer answer, IReadOnlyList<InstanceRow> alive) => !checkpoints.IsWaiting(answer.Id)
        && (IsOwned(answer)
            ? !(registry.IsRunning(answer.Id) || registry.IsLeft(answer.Id))
            : alive.All(row => row.Id != answer.InstanceId));

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{Count} instances are alive.")]
        public static partial void Alive(ILogger logger, int count);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning,
            Message = "The answer {GenerationId} is ended, because its row is gone or has another owner.")]
        public static partial void WasLost(ILogger logger, string generationId);

        [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "{Count} answers that nothing ran were ended.")]
        public static partial void Ended(ILogger logger, int count);

        [LoggerMessage(EventId = 4, Level = LogLevel.Debug, Message = "The database could not be asked which answers run.")]
        public static partial void NotAsked(ILogger logger, Exception fault);

        [LoggerMessage(EventId = 6, Level = LogLevel.Warning,
            Message = "The answer {GenerationId} is stopped, because its conversation was deleted.")]
        public static partial void WasDeleted(ILogger logger, string generationId);

        [LoggerMessage(EventId = 5, Level = LogLevel.Error, Message = "A look at what runs failed unexpectedly.")]
        public static partial void Broken(ILogger logger, Exception fault);
    }
}

/// <summary>What was found out about an answer without an end.</summary>
/// <param name="IsEnded">It has its end now: nothing ran it, or it has ended meanwhile.</param>
/// <param name="Elsewhere">The other instance that runs it; null where there is none.</param>
internal readonly record struct Whereabouts(bool IsEnded, InstanceRow? Elsewhere);

using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Answers.Owning;

/// <summary>
/// Compares, every two seconds, what runs in this process with what the database says. A generation whose answer is gone or has
/// another owner ends as <c>interrupted</c>. An answer without an end that no process runs is an orphan, and ends so too.
/// </summary>
internal sealed partial class OwnershipWatch(
    IChatDatabase database,
    Instance instance,
    GenerationRegistry registry,
    CheckpointLoop checkpoints,
    Orphans orphans,
    [FromKeyedServices(StorageSetup.Clock)] TimeProvider time,
    ILogger<OwnershipWatch> logger) : BackgroundService
{
    /// <summary>What readers are told of an answer that this process has lost.</summary>
    public static readonly FailurePayload Lost = new(FailureCode.Interrupted, "Another server process took this answer over.");

    internal static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private volatile bool _isOurs = true;

    /// <summary>Whether this process has the database for itself. While it has not, it starts nothing.</summary>
    public bool IsOurs => _isOurs;

    /// <summary>Ends the answer with this id if no process runs it, for a request that met it.</summary>
    /// <returns>Whether it had no end and nothing ran it. Then it has its end now.</returns>
    public async Task<bool> EndIfOrphanAsync(string id, CancellationToken cancellationToken)
    {
        if (!_isOurs || await orphans.FindAsync(id, cancellationToken) is not { } answer || !IsOrphan(answer))
            return false;
        try
        {
            await EndAsync([answer]);
            return true;
        }
        catch (StorageException)
        {
            return false; // the next look tries again
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TryLookAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TryLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken);
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

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var isOurs = await database.IsOursAsync(cancellationToken);
        if (isOurs != _isOurs)
            Log.Owned(logger, isOurs ? LogLevel.Information : LogLevel.Critical, isOurs ? "again has" : "no longer has");
        _isOurs = isOurs;
        if (!isOurs)
        {
            foreach (var generation in registry.Running)
                Lose(generation);
            return;
        }

        // Noted before the look. What begins or ends meanwhile is left for the next one.
        var running = registry.Running.Where(generation => generation is { Begun.IsCompleted: true, Ended.IsCompleted: false })
            .ToList();
        var unended = await orphans.FindAsync(cancellationToken);
        var owned = unended.Where(IsOwned).Select(answer => answer.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var generation in running.Where(generation => !owned.Contains(generation.Id)))
            Lose(generation);
        var orphaned = unended.Where(IsOrphan).ToList();
        if (orphaned.Count > 0)
            await EndAsync(orphaned);
    }

    private async Task EndAsync(List<UnendedAnswer> orphaned)
    {
        var ended = await orphans.EndAsync(orphaned);
        foreach (var answer in orphaned)
            checkpoints.Forget(answer.Id);
        // The others got their end from their generation, after they were read.
        if (ended > 0)
            Log.Ended(logger, ended);
    }

    private void Lose(Generation generation)
    {
        if (generation.TryEnd(FinishReason.Interrupted, Lost))
            Log.WasLost(logger, generation.Id);
    }

    private bool IsOwned(UnendedAnswer answer) => answer.InstanceId == instance.Id;

    // Asked after the row was read. A generation is in the registry before its row is stored, and an end that waits is noted
    // before its generation leaves.
    private bool IsOrphan(UnendedAnswer answer) =>
        !IsOwned(answer) || !(registry.IsRunning(answer.Id) || checkpoints.IsWaiting(answer.Id));

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Message = "This process {State} the database for itself. If not, it starts nothing.")]
        public static partial void Owned(ILogger logger, LogLevel level, string state);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning,
            Message = "The answer {GenerationId} is ended, because its row is gone or has another owner.")]
        public static partial void WasLost(ILogger logger, string generationId);

        [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "{Count} answers that nothing ran were ended.")]
        public static partial void Ended(ILogger logger, int count);

        [LoggerMessage(EventId = 4, Level = LogLevel.Debug, Message = "The database could not be asked which answers run.")]
        public static partial void NotAsked(ILogger logger, Exception fault);

        [LoggerMessage(EventId = 5, Level = LogLevel.Error, Message = "A look at what runs failed unexpectedly.")]
        public static partial void Broken(ILogger logger, Exception fault);
    }
}

using System.Collections.Concurrent;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>
/// Makes streamed text durable. Four times a second it writes the new text of all running generations in one transaction. Where
/// readers see text only after that (<see cref="ShowFrames.AfterCommit"/>), it does so far more often. The loops that read models
/// do not wait for it. If the database does not take the text, the log and the health check say so, and
/// after <see cref="GiveUpAfter"/> the answers fail.
/// </summary>
internal sealed partial class CheckpointLoop(
    CheckpointJournal journal,
    EndStore ends,
    GenerationRegistry registry,
    IOptions<GenerationOptions> options,
    TimeProvider time,
    ILogger<CheckpointLoop> logger) : BackgroundService
{
    /// <summary>Half of the 500 ms of text that a crash may cost. The other half is for the commit.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    /// <summary>The most that text waits for a commit if readers wait too. All that comes meanwhile goes with it.</summary>
    private static readonly TimeSpan EveryForReaders = TimeSpan.FromMilliseconds(15);

    /// <summary>How long commits may fail before the answers end. Text that is not stored must not look as if it were.</summary>
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Generations looked at before the thread is yielded to the streams that it also reads; takes some milliseconds.
    /// </summary>
    private const int GatheredAtOnce = 512;

    private const long NoneNeeded = long.MaxValue;

    private static readonly FailurePayload NotStored = new(FailureCode.Internal, "The answer could not be stored.");

    private readonly ConcurrentQueue<(Generation Generation, EndedAnswer Answer)> _unsaved = new();
    private readonly ConcurrentQueue<Generation> _left = new();
    private readonly List<(Generation Generation, CheckpointPart CheckpointPart)> _pending = [];
    private readonly List<CheckpointPart> _parts = [];
    private long _last; // the newest checkpoint that is known to be committed
    private bool _isEmpty = true; // whether the journal is; recovery leaves it empty
    private long _failingSince; // 0: the database takes what is written

    /// <summary>How long the database has not taken what was streamed; null where all is well.</summary>
    public TimeSpan? Lag => Volatile.Read(ref _failingSince) is var since and not 0 ? time.GetElapsedTime(since) : null;

    /// <summary>
    /// Stores an answer's end later, because the database did not take it now. It is tried again until it succeeds.
    /// </summary>
    public void Retry(Generation generation, EndedAnswer answer)
    {
        _unsaved.Enqueue((generation, answer));
        Fail();
    }

    /// <summary>Leaves an answer without an end. The journal keeps its text for the next process.</summary>
    public void LeaveToRecovery(Generation generation) => _left.Enqueue(generation);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var every = options.Value.Show == ShowFrames.AfterCommit ? EveryForReaders : Every;
        using var timer = new PeriodicTimer(every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await CheckpointAsync();
                // A database that fails is not asked more often, and the log not filled.
                var next = Lag is null ? every : Every;
                if (timer.Period != next)
                    timer.Period = next;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The drain has ended what was running, and each end was stored with its whole text.
        }
    }

    private async Task CheckpointAsync()
    {
        try
        {
            await CommitAsync();
            await SaveUnsavedAsync();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // An unexpected fault must not end the loop: later text would then not be stored.
            Fail();
            Log.Broken(logger, fault);
        }
    }

    private async Task CommitAsync()
    {
        await GatherAsync();
        var keepFrom = FirstNeeded();
        var empties = _parts.Count == 0 && keepFrom == NoneNeeded;
        // While commits fail, an empty one is tried too: what was pending may have ended meanwhile.
        if (_parts.Count == 0 && Lag is null && (_isEmpty || !empties))
            return;

        _isEmpty &= empties;
        var write = journal.AppendAsync(_parts, keepFrom);
        try
        {
            await WithinPatienceAsync(write);
            _last = Math.Max(_last, await write);
            _isEmpty = empties;
            foreach (var (generation, part) in _pending)
            {
                var characters = generation.Committed(part);
                if (logger.IsEnabled(LogLevel.Debug))
                    Log.Committed(logger, generation.Id, characters);
            }
            Volatile.Write(ref _failingSince, 0);
        }
        catch (StorageException fault)
        {
            Fail();
            Log.NotCommitted(logger, _pending.Count, fault.InnerException!);
            if (Lag > GiveUpAfter)
                EndAll();
        }
    }

    private async Task GatherAsync()
    {
        _pending.Clear();
        _parts.Clear();
        var looked = 0;
        foreach (var generation in registry.Running)
        {
            if (++looked % GatheredAtOnce == 0)
                await Task.Yield();
            if (generation.Uncommitted() is not { } part)
                continue;
            // Set before the write: if the commit succeeds but its acknowledgement is lost, the row must still be kept.
            generation.FirstCheckpoint ??= _last + 1;
            _pending.Add((generation, part));
            _parts.Add(part);
        }
    }

    // An answer whose end cannot be stored enters a queue before it stops running, so it is always seen in one of the two.
    private long FirstNeeded()
    {
        var first = NoneNeeded;
        foreach (var generation in registry.Running)
            first = Math.Min(first, generation.FirstCheckpoint ?? NoneNeeded);
        foreach (var (generation, _) in _unsaved)
            first = Math.Min(first, generation.FirstCheckpoint ?? NoneNeeded);
        foreach (var generation in _left)
            first = Math.Min(first, generation.FirstCheckpoint ?? NoneNeeded);
        return first;
    }

    // A commit that hangs throws nothing, so its time is limited here.
    private async Task WithinPatienceAsync(Task write)
    {
        try
        {
            await write.WaitAsync(GiveUpAfter, time);
        }
        catch (TimeoutException)
        {
            Fail();
            Log.Hangs(logger, GiveUpAfter);
            EndAll();
            await write;
        }
    }

    private async Task SaveUnsavedAsync()
    {
        try
        {
            while (_unsaved.TryPeek(out var unsaved))
            {
                await ends.EndAsync(unsaved.Generation.Owner, unsaved.Answer);
                _unsaved.TryDequeue(out _);
                Volatile.Write(ref _failingSince, 0);
            }
        }
        catch (StorageException)
        {
            Fail(); // tried again with the next checkpoint
        }
    }

    private void EndAll()
    {
        foreach (var generation in registry.Running)
            generation.TryEnd(FinishReason.Failed, NotStored);
    }

    private void Fail() => Interlocked.CompareExchange(ref _failingSince, time.GetTimestamp(), 0);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "Committed: {GenerationId} up to character {Characters}.")]
        public static partial void Committed(ILogger logger, string generationId, int characters);

        [LoggerMessage(EventId = 2, Level = LogLevel.Error,
            Message = "The database did not take the text of {Count} running answers.")]
        public static partial void NotCommitted(ILogger logger, int count, Exception fault);

        [LoggerMessage(EventId = 3, Level = LogLevel.Error,
            Message = "The database has not answered for {Time}. Running answers are ended.")]
        public static partial void Hangs(ILogger logger, TimeSpan time);

        [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "A checkpoint failed unexpectedly. The next one is tried.")]
        public static partial void Broken(ILogger logger, Exception fault);
    }
}

using System.Collections.Concurrent;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Telemetry;
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
    Instance instance,
    IInstances instances,
    GenerationRegistry registry,
    IOptions<GenerationOptions> options,
    [FromKeyedServices(StorageSetup.Clock)] TimeProvider time,
    ILogger<CheckpointLoop> logger) : BackgroundService
{
    /// <summary>Half of the 500 ms of text that a crash may cost. The other half is for the commit.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    /// <summary>The most that text waits for a commit if readers wait too. All that comes meanwhile goes with it.</summary>
    private static readonly TimeSpan EveryForReaders = TimeSpan.FromMilliseconds(15);

    /// <summary>How long commits may fail before the answers end. Text that is not stored must not look as if it were.</summary>
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(10);

    /// <summary>How long it tries, when the app stops, to store the ends that wait.</summary>
    private static readonly TimeSpan LastTries = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Generations looked at before the thread is yielded to the streams that it also reads; takes some milliseconds.
    /// </summary>
    private const int GatheredAtOnce = 512;

    private const long NoneNeeded = long.MaxValue;

    /// <summary>What readers are told of an answer that the database did not take.</summary>
    public static readonly FailurePayload NotStored = new(FailureCode.Internal, "The answer could not be stored.");

    private readonly ConcurrentQueue<(Generation Generation, EndedAnswer Answer)> _unsaved = new();
    private readonly ConcurrentDictionary<string, Generation> _left = new(StringComparer.Ordinal);
    private readonly List<(Generation Generation, CheckpointPart CheckpointPart)> _pending = [];
    private readonly List<CheckpointPart> _parts = [];
    private bool _hasWaitingReaders; // of an answer that runs
    private long _gatheredAll; // when the text of all answers was gathered last
    private long _last; // the newest checkpoint that is known to be committed
    private bool _isEmpty = true; // whether the journal is; recovery leaves it empty
    private volatile bool _isLate; // the answers were ended while a commit was still under way
    private long _failingSince; // 0: the database takes what is written
    private TaskCompletionSource _givenUp = NewSignal();

    /// <summary>How long the database has not taken what was streamed; null where all is well.</summary>
    public TimeSpan? Lag => Volatile.Read(ref _failingSince) is var since and not 0 ? time.GetElapsedTime(since) : null;

    /// <summary>Completes when the database has not worked for so long that readers must not wait for it.</summary>
    public Task GivenUp => Volatile.Read(ref _givenUp).Task;

    /// <summary>Lets all that wait for an end to be stored go on without it.</summary>
    public void GiveUpWaiting() => Interlocked.Exchange(ref _givenUp, NewSignal()).TrySetResult();

    /// <summary>Notes that the database did not take a write of someone else. The loop then tries one of its own.</summary>
    public void NoteFault() => Fail(time.GetTimestamp());

    /// <summary>
    /// Stores an answer's end later, because the database did not take it now. It is tried again until it succeeds.
    /// </summary>
    public void Retry(Generation generation, EndedAnswer answer)
    {
        _unsaved.Enqueue((generation, answer));
        NoteFault();
    }

    /// <summary>Whether the end of this answer waits to be stored.</summary>
    public bool IsWaiting(string id) => _unsaved.Any(unsaved => unsaved.Generation.Id == id);

    /// <summary>Leaves an answer without an end. The journal keeps its text until <see cref="Orphans"/> has ended it.</summary>
    public void LeaveOrphaned(Generation generation) => _left[generation.Id] = generation;

    /// <summary>Lets the journal drop the text of an orphan that has its end.</summary>
    public void Forget(string id) => _left.TryRemove(id, out _);

    /// <summary>Stops the loop. Then it stores the ends that wait, if the database works again in time.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        using var lastTries = new CancellationTokenSource(LastTries, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(lastTries.Token, cancellationToken);
        try
        {
            while (!_unsaved.IsEmpty && !limit.IsCancellationRequested)
            {
                await SaveUnsavedAsync().WaitAsync(limit.Token);
                if (!_unsaved.IsEmpty)
                    await Task.Delay(Every, time, limit.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Said below.
        }
        if (!_unsaved.IsEmpty)
            Log.NeverStored(logger, _unsaved.Count);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Show == ShowFrames.AfterCommit ? EveryForReaders : Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await CheckpointAsync();
                // A database that fails is not asked more often, and the log not filled.
                var next = Lag is null && (options.Value.Show == ShowFrames.AfterCommit || _hasWaitingReaders)
                    ? EveryForReaders : Every;
                if (timer.Period != next)
                    timer.Period = next;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The drain has ended what was running, and each end was stored with its whole text.
        }
    }

    // A write to a server that hangs fails late, and readers must not wait for that.
    private async Task EndAllIfLateAsync(Task commit)
    {
        if (!commit.IsCompleted && GiveUpAfter - (Lag ?? TimeSpan.Zero) is var left && left > TimeSpan.Zero)
        {
            using var over = new CancellationTokenSource();
            if (await Task.WhenAny(commit, Task.Delay(left, time, over.Token)) != commit)
            {
                _isLate = true;
                Log.Hangs(logger, GiveUpAfter);
                EndAll();
            }
            await over.CancelAsync();
        }
        await commit;
    }

    private async Task CheckpointAsync()
    {
        try
        {
            await EndAllIfLateAsync(CommitAsync());
            await SaveUnsavedAsync();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // An unexpected fault must not end the loop: later text would then not be stored.
            NoteFault();
            Log.Broken(logger, fault);
        }
    }

    private async Task CommitAsync()
    {
        var instanceId = instance.Id;
        _isLate = false;
        await GatherAsync();
        var keepFrom = FirstNeeded();
        var empties = _parts.Count == 0 && keepFrom == NoneNeeded;
        // While commits fail, an empty one is tried too: what was pending may have ended meanwhile.
        if (_parts.Count == 0 && Lag is null && (_isEmpty || !empties))
            return;

        _isEmpty &= empties;
        var begun = time.GetTimestamp();
        try
        {
            _last = Math.Max(_last, await journal.AppendAsync(_parts, keepFrom, instanceId));
            ChatMeter.Committed(time.GetElapsedTime(begun));
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
            Fail(begun);
            Log.NotCommitted(logger, _pending.Count, fault.InnerException!);
            if (Lag is not { } lag || lag + Every < GiveUpAfter)
                return;
            // The next try would be too late.
            if (fault.IsTimeout && !_isLate)
                Log.Hangs(logger, GiveUpAfter);
            EndAll();
        }
    }

    private async Task GatherAsync()
    {
        _pending.Clear();
        _parts.Clear();
        var (looked, hasWaitingReaders) = (0, false);
        // The answers whose readers do not wait are gathered as seldom as if there were no others.
        var isForAll = _gatheredAll == 0 || time.GetElapsedTime(_gatheredAll) >= Every - EveryForReaders;
        if (isForAll)
            _gatheredAll = time.GetTimestamp();
        foreach (var generation in registry.Running)
        {
            if (++looked % GatheredAtOnce == 0)
                await Task.Yield();
            hasWaitingReaders |= generation.HoldsBack;
            if ((!isForAll && !generation.HoldsBack) || generation.Uncommitted() is not { } part)
                continue;
            // Set before the write: if the commit succeeds but its acknowledgement is lost, the row must still be kept.
            generation.FirstCheckpoint ??= _last + 1;
            _pending.Add((generation, part));
            _parts.Add(part);
        }
        _hasWaitingReaders = hasWaitingReaders;
    }

    // An answer whose end cannot be stored enters a queue before it stops running, so it is always seen in one of the two.
    private long FirstNeeded()
    {
        var first = NoneNeeded;
        foreach (var generation in registry.Running)
            first = Math.Min(first, generation.FirstCheckpoint ?? NoneNeeded);
        foreach (var (generation, _) in _unsaved)
            first = Math.Min(first, generation.FirstCheckpoint ?? NoneNeeded);
        foreach (var (_, generation) in _left)
            first = Math.Min(first, generation.FirstCheckpoint ?? NoneNeeded);
        return first;
    }

    private async Task SaveUnsavedAsync()
    {
        while (_unsaved.TryPeek(out var unsaved))
        {
            var begun = time.GetTimestamp();
            try
            {
                // It may have been stored all the same. Then readers of other instances may have been told that end.
                if (await ends.EndAsync(unsaved.Generation.Owner, unsaved.Answer, replaces: !instances.HasOthers)
                    == EndOutcome.Lost)
                    registry.Drop(unsaved.Generation);
                Volatile.Write(ref _failingSince, 0);
            }
            catch (StorageException)
            {
                Fail(begun); // tried again with the next checkpoint
                return;
            }
            catch (Exception fault)
            {
                Log.Broken(logger, fault);
                LeaveOrphaned(unsaved.Generation); // another try would not help, and those behind it must not wait for it
            }
            _unsaved.TryDequeue(out _);
        }
    }

    private void EndAll()
    {
        foreach (var generation in registry.Running)
            generation.TryEnd(FinishReason.Failed, NotStored);
        GiveUpWaiting();
    }

    // From when the failed write began: a write that waits for a lock fails late.
    private void Fail(long begun) => Interlocked.CompareExchange(ref _failingSince, begun, 0);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static partial class Log
    {
        [LoggerMessage(EventId = 5, Level = LogLevel.Critical,
            Message = "The app stops, and the database did not take the ends of {Count} answers. Their last text is lost.")]
        public static partial void NeverStored(ILogger logger, int count);

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

using System.Collections.Concurrent;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Conversations.Storage;

namespace ChatStream.Web.Generations;

/// <summary>
/// Makes what is streamed durable: four times a second the new text of all running generations goes to the database in one
/// transaction. The loops that read models know nothing of it. Where the database does not take it, that is said: in the log, in
/// the health of the app, and after a while in the answers themselves.
/// </summary>
internal sealed partial class Checkpoints(
    CheckpointStore store, ConversationStore conversations, GenerationRegistry registry, TimeProvider time, ILogger<Checkpoints> logger)
    : BackgroundService
{
    /// <summary>Half of what a crash may cost; the other half is for the commit.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    /// <summary>After so long without a commit the answers end: text that is not kept must not look as if it were.</summary>
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(10);

    /// <summary>Answers that are looked at before the streams are let go on, which the same threads read: some milliseconds.</summary>
    private const int GatheredAtOnce = 512;

    private const long NoneNeeded = long.MaxValue;

    private static readonly FailurePayload NotKept = new(FailureCode.Internal, "The answer could not be stored.");

    private readonly ConcurrentQueue<(Generation Generation, EndedAnswer Answer)> _unsaved = new();
    private readonly ConcurrentQueue<Generation> _left = new();
    private readonly List<(Generation Generation, Piece Piece)> _pending = [];
    private readonly List<Piece> _pieces = [];
    private long _last; // the newest checkpoint of which is known
    private bool _isEmpty = true; // the journal: recovery leaves it so
    private long _failingSince; // 0: it is not

    /// <summary>For how long the database has not taken what was streamed; null where all is well.</summary>
    public TimeSpan? Lag => Volatile.Read(ref _failingSince) is var since and not 0 ? time.GetElapsedTime(since) : null;

    /// <summary>An answer's end was not stored: it is tried again until it is.</summary>
    public void Retry(Generation generation, EndedAnswer answer)
    {
        _unsaved.Enqueue((generation, answer));
        Fail();
    }

    /// <summary>An answer's end will not be stored by this process: the journal keeps what it has of it for the next.</summary>
    public void LeaveToRecovery(Generation generation) => _left.Enqueue(generation);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TakeTurnAsync();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What runs now ends as the server stops, and is stored whole.
        }
    }

    private async Task TakeTurnAsync()
    {
        try
        {
            await CommitAsync();
            await SaveUnsavedAsync();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Nobody else would say it: without this, the next text would be kept by nobody.
            Fail();
            Log.Broken(logger, fault);
        }
    }

    private async Task CommitAsync()
    {
        await GatherAsync();
        var keepFrom = FirstNeeded();
        var empties = _pieces.Count == 0 && keepFrom == NoneNeeded;
        // While it fails it is tried with nothing to write, too: what was pending may have ended.
        if (_pieces.Count == 0 && Lag is null && (_isEmpty || !empties))
            return;

        _isEmpty &= empties;
        var write = store.AppendAsync(_pieces, keepFrom);
        try
        {
            await WithinPatienceAsync(write);
            _last = Math.Max(_last, await write);
            _isEmpty = empties;
            foreach (var (generation, piece) in _pending)
            {
                var characters = generation.Committed(piece);
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
        _pieces.Clear();
        var looked = 0;
        foreach (var generation in registry.Running)
        {
            if (++looked % GatheredAtOnce == 0)
                await Task.Yield();
            if (generation.Uncommitted() is not { } piece)
                continue;
            // Before it is written, and so not later than its first checkpoint: the news of that one may be lost.
            generation.FirstCheckpoint ??= _last + 1;
            _pending.Add((generation, piece));
            _pieces.Add(piece);
        }
    }

    // An answer that ends meanwhile comes to the queues before it leaves those that run, so it is seen here or there.
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

    // A commit that hangs fails nobody by itself, so somebody must watch it.
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
                await conversations.EndAsync(unsaved.Generation.Owner, unsaved.Answer);
                _unsaved.TryDequeue(out _);
                Volatile.Write(ref _failingSince, 0);
            }
        }
        catch (StorageException)
        {
            Fail(); // again at the next turn
        }
    }

    private void EndAll()
    {
        foreach (var generation in registry.Running)
            generation.TryEnd(FinishReason.Failed, NotKept);
    }

    private void Fail() => Interlocked.CompareExchange(ref _failingSince, time.GetTimestamp(), 0);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "Committed: {GenerationId} up to character {Characters}.")]
        public static partial void Committed(ILogger logger, string generationId, int characters);

        [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "The database did not take the text of {Count} running answers.")]
        public static partial void NotCommitted(ILogger logger, int count, Exception fault);

        [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "The database has not answered for {Time}: running answers are ended.")]
        public static partial void Hangs(ILogger logger, TimeSpan time);

        [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "Checkpoints failed, and are tried again.")]
        public static partial void Broken(ILogger logger, Exception fault);
    }
}

namespace ChatStream.Web.Providers;

/// <summary>
/// Where the processor is full, streams are read in turns: after a read, each waits for a while before the next, so that the
/// tokens that arrive meanwhile cost one read, one frame and one write together. While there is time to spare, nobody waits; nor does
/// a stream that brings more at once anyway.
/// </summary>
/// <remarks>
/// Full is where the thread pool's queue does not get empty for a while. Tokens that are read as they come leave nothing then for a start,
/// which passes through that queue dozens of times. Turns are taken in it, a few at a time, and whoever else waits comes in between.
/// </remarks>
internal sealed class ReadTurns : IThreadPoolWorkItem, IDisposable
{
    /// <summary>How long a stream waits at most, where turns are not late: two or three tokens, and hardly seen.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(100);

    /// <summary>Tokens of the usual model come so far apart: a shorter wait would gather none, and cost more than it saves.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);

    /// <summary>Those who wait are looked at so often: a timer for each would cost more than the waiting saves.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    /// <summary>Work that waits for longer says that the processor is full; for less than <see cref="Free"/>, that it is not.</summary>
    private static readonly TimeSpan Full = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan Free = TimeSpan.FromMilliseconds(2);

    // From nothing to the shortest in five of these, with no quiet moment between them: most bursts and pauses of the garbage collector
    // are over before, and a processor that is full has none. Down slowly: too short a wait keeps all starts waiting, too long a one delays a few words.
    private static readonly TimeSpan StepUp = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan StepDown = TimeSpan.FromMilliseconds(2);

    /// <summary>Turns taken before the next in the queue: about half a millisecond.</summary>
    private const int AtOnce = 32;

    private readonly TimeProvider _time;
    private readonly Action<IThreadPoolWorkItem> _queue;
    private readonly QueueGauge _gauge;
    private readonly ITimer _tick;
    private readonly Lock _gate = new();
    private readonly Queue<(ReadTurn Turn, long Due)> _waiting = new();
    private TimeSpan _pressure; // while turns are taken, how far apart they are
    private volatile bool _areTaken;
    private bool _isTicking;

    /// <param name="time">The clock.</param>
    /// <param name="queue">Puts work into the queue; null: the thread pool's, the one that all its threads share.</param>
    public ReadTurns(TimeProvider time, Action<IThreadPoolWorkItem>? queue = null)
    {
        _time = time;
        _queue = queue ?? (static work => ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false));
        _gauge = new QueueGauge(time, _queue, Observe);
        _tick = time.CreateTimer(static turns => ((ReadTurns)turns!).TakeTurns(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether streams have to wait.</summary>
    public bool AreTaken => _areTaken;

    /// <summary>How long a stream waits between two reads: zero, or from <see cref="Shortest"/> to <see cref="Longest"/>.</summary>
    public TimeSpan Apart => _areTaken ? _pressure : TimeSpan.Zero;

    /// <summary>A stream begins to be read.</summary>
    /// <param name="gone">Ends its waiting.</param>
    /// <returns>To be disposed when it is read no more.</returns>
    public ReadTurn Enter(CancellationToken gone)
    {
        _gauge.Enter();
        return new ReadTurn(this, gone);
    }

    /// <summary>Work in the thread pool's queue had to wait for so long.</summary>
    public void Observe(TimeSpan wait)
    {
        lock (_gate)
        {
            // Whoever is late for a turn waits for the processor as well.
            if (_waiting.TryPeek(out var next) && _time.GetElapsedTime(next.Due) - Tick is var late && late > wait)
                wait = late;
            if (wait > Full)
                _pressure = _pressure + StepUp is var more && more < Longest ? more : Longest;
            else if (wait < Free)
                _pressure = _areTaken ? _pressure - StepDown : TimeSpan.Zero;

            var areTaken = _pressure >= Shortest;
            if (areTaken != _areTaken)
                _pressure = areTaken ? Longest : TimeSpan.Zero;
            _areTaken = areTaken;
        }
    }

    public void Dispose()
    {
        _gauge.Dispose();
        _tick.Dispose();
    }

    internal long Now => _time.GetTimestamp();

    internal TimeSpan Passed(long since) => _time.GetElapsedTime(since);

    internal void Wait(ReadTurn turn)
    {
        lock (_gate)
        {
            _waiting.Enqueue((turn, _time.GetTimestamp() + (long)(Apart.TotalSeconds * _time.TimestampFrequency)));
            if (!_isTicking)
                SetTick();
        }
    }

    internal void Leave()
    {
        if (!_gauge.Leave())
            return;
        lock (_gate)
            (_pressure, _areTaken) = (TimeSpan.Zero, false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        for (var taken = 0; taken < AtOnce; taken++)
        {
            if (Next() is not { } turn)
                return;
            turn.Come(inline: true);
        }
        TakeTurns();
    }

    private ReadTurn? Next()
    {
        lock (_gate)
        {
            if (_waiting.TryPeek(out var next) && _time.GetTimestamp() >= next.Due)
                return _waiting.Dequeue().Turn;
            _isTicking = false;
            if (_waiting.Count > 0)
                SetTick();
            return null;
        }
    }

    private void TakeTurns() => _queue(this);

    private void SetTick()
    {
        _isTicking = true;
        _tick.Change(Tick, Timeout.InfiniteTimeSpan);
    }
}

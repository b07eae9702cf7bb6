namespace ChatStream.Web.Providers;

/// <summary>
/// How long work waits in the thread pool's queue, by work that does nothing but be timed. It looks while streams are read, and
/// costs nothing otherwise.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="queue">Puts work into the queue.</param>
/// <param name="observe">Called with each wait, and already while a long one goes on.</param>
internal sealed class QueueGauge(TimeProvider time, Action<IThreadPoolWorkItem> queue, Action<TimeSpan> observe) : IThreadPoolWorkItem, IDisposable
{
    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(25);

    private readonly Lock _gate = new();
    private ITimer? _timer;
    private int _streams;
    private long? _queuedAt;

    public void Enter()
    {
        lock (_gate)
        {
            if (_streams++ > 0)
                return;
            _timer ??= time.CreateTimer(static gauge => ((QueueGauge)gauge!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            SetTimer();
        }
    }

    /// <returns>Whether that was the last, and nothing is observed any more.</returns>
    public bool Leave()
    {
        lock (_gate)
        {
            if (--_streams > 0)
                return false;
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return true;
        }
    }

    public void Dispose() => _timer?.Dispose();

    void IThreadPoolWorkItem.Execute()
    {
        TimeSpan waited;
        lock (_gate)
        {
            waited = time.GetElapsedTime(_queuedAt!.Value);
            _queuedAt = null;
        }
        observe(waited);
    }

    private void Look()
    {
        TimeSpan? waiting = null;
        lock (_gate)
        {
            if (_streams == 0)
                return;
            SetTimer();
            if (_queuedAt is { } since)
                waiting = time.GetElapsedTime(since);
            else
                _queuedAt = time.GetTimestamp();
        }
        if (waiting is { } soFar)
            observe(soFar);
        else
            queue(this);
    }

    private void SetTimer() => _timer!.Change(Every, Timeout.InfiniteTimeSpan);
}

namespace ChatStream.Web.Streaming;

/// <summary>
/// The one timer of a connection. It asks for a comment after silence, and it cuts off a client that takes nothing. It compares
/// time stamps when it fires, so a frame costs no timer operation.
/// </summary>
internal sealed class ReaderWatch : IAsyncDisposable
{
    private readonly FrameReader _reader;
    private readonly StreamingOptions _options;
    private readonly TimeProvider _time;
    private readonly Action _cutOff;
    private readonly ITimer _timer;
    private long _lastWrite;
    private long _writingSince; // 0 if no write is in progress
    private int _keepAliveDue;

    public ReaderWatch(FrameReader reader, StreamingOptions options, TimeProvider time, Action cutOff)
    {
        (_reader, _options, _time, _cutOff) = (reader, options, time, cutOff);
        _lastWrite = time.GetTimestamp();
        var first = options.KeepAlive < options.DropStalledAfter ? options.KeepAlive : options.DropStalledAfter;
        _timer = time.CreateTimer(static watch => ((ReaderWatch)watch!).Look(), this, first, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Call when a write does not complete at once.</summary>
    public void WriteStarts() => Volatile.Write(ref _writingSince, _time.GetTimestamp());

    /// <summary>Call after each write.</summary>
    public void WriteEnded()
    {
        Volatile.Write(ref _writingSince, 0);
        Volatile.Write(ref _lastWrite, _time.GetTimestamp());
    }

    /// <summary>Returns true once for each comment that is due.</summary>
    public bool TakeKeepAlive() => Interlocked.Exchange(ref _keepAliveDue, 0) == 1;

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private void Look()
    {
        var writingSince = Volatile.Read(ref _writingSince);
        TimeSpan left;
        if (writingSince != 0)
        {
            left = _options.DropStalledAfter - _time.GetElapsedTime(writingSince);
            if (left <= TimeSpan.Zero)
            {
                _cutOff();
                return;
            }
        }
        else
        {
            left = _options.KeepAlive - _time.GetElapsedTime(Volatile.Read(ref _lastWrite));
            if (left <= TimeSpan.Zero)
            {
                Volatile.Write(ref _keepAliveDue, 1);
                _reader.Wake();
                left = _options.KeepAlive;
            }
        }

        // By then a write may have begun, whose deadline is nearer.
        if (left > _options.DropStalledAfter)
            left = _options.DropStalledAfter;
        // One millisecond more: a timer that fires a little early would otherwise fire many times in its last millisecond.
        _timer.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }
}

namespace ChatStream.Web.Streaming;

/// <summary>
/// The one timer of a connection: asks for a comment after silence and cuts a client off that takes nothing. It is set once
/// and looks at time stamps when it fires, so that a frame costs no timer operation.
/// </summary>
internal sealed class ReaderWatch : IAsyncDisposable
{
    private readonly FrameReader _reader;
    private readonly StreamingOptions _options;
    private readonly TimeProvider _time;
    private readonly Action _cutOff;
    private readonly ITimer _timer;
    private long _lastWrite;
    private long _writingSince; // 0: no write is under way
    private int _keepAliveDue;

    public ReaderWatch(FrameReader reader, StreamingOptions options, TimeProvider time, Action cutOff)
    {
        (_reader, _options, _time, _cutOff) = (reader, options, time, cutOff);
        _lastWrite = time.GetTimestamp();
        var first = options.KeepAlive < options.DropStalledAfter ? options.KeepAlive : options.DropStalledAfter;
        _timer = time.CreateTimer(static watch => ((ReaderWatch)watch!).Look(), this, first, Timeout.InfiniteTimeSpan);
    }

    public void WriteStarts() => Volatile.Write(ref _writingSince, _time.GetTimestamp());

    public void WriteEnded()
    {
        Volatile.Write(ref _writingSince, 0);
        Volatile.Write(ref _lastWrite, _time.GetTimestamp());
    }

    /// <summary>Whether a comment is due; asking takes it.</summary>
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

        // The other deadline may be the nearer one when this fires next.
        if (left > _options.DropStalledAfter)
            left = _options.DropStalledAfter;
        // Rounded up: a timer that fires a little early would otherwise fire many times in its last millisecond.
        _timer.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }
}

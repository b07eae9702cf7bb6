using System.Text.Json.Serialization.Metadata;

namespace ChatStream.Web.Streaming;

/// <summary>
/// The numbered, already encoded frames of one answer: appended by one writer, read by any number of readers from any frame.
/// A reader is a position and a wake-up; there is no queue per reader and nothing polls. The lock guards the few fields that
/// say how far the log goes and is never held over I/O.
/// </summary>
internal sealed class FrameLog(string idPrefix)
{
    private const int FirstSegment = 4 * 1024;
    private const int LargestSegment = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly List<byte[]> _segments = [];
    private readonly List<long> _frameEnds = [];
    private readonly List<FrameReader> _readers = [];
    private readonly FrameEncoder _encoder = new(idPrefix);
    private int _tailUsed;
    private bool _complete;

    /// <summary>Called, outside the lock, when the last open reader has gone.</summary>
    public Action? LastReaderLeft { get; set; }

    /// <summary>Called, outside the lock, when a first reader comes.</summary>
    public Action? FirstReaderCame { get; set; }

    /// <summary>Called once, outside the lock, when a reader has taken every frame of the complete log.</summary>
    public Action? ReadToEnd { get; set; }

    /// <summary>How many frames there are; the next one gets this number.</summary>
    public int Count
    {
        get { lock (_gate) return _frameEnds.Count; }
    }

    public long Bytes
    {
        get { lock (_gate) return _frameEnds.Count == 0 ? 0 : _frameEnds[^1]; }
    }

    public bool IsComplete
    {
        get { lock (_gate) return _complete; }
    }

    public bool HasReaders
    {
        get { lock (_gate) return _readers.Count > 0; }
    }

    public bool WasReadToEnd { get; private set; }

    public void Append<T>(ReadOnlySpan<byte> eventName, T payload, JsonTypeInfo<T> type, bool withRetry = false) =>
        Append(_encoder.Encode(Count, eventName, payload, type, withRetry));

    public void Append(ReadOnlySpan<byte> eventName, ReadOnlySpan<byte> data) => Append(_encoder.Encode(Count, eventName, data));

    /// <summary>Says that no frame will follow.</summary>
    public void Complete()
    {
        lock (_gate)
            _complete = true;
        WakeReaders();
    }

    /// <summary>A reader that starts before frame <paramref name="from"/>, which may be the next one to come.</summary>
    public FrameReader OpenReader(int from, CancellationToken readerGone)
    {
        FrameReader reader;
        bool first;
        lock (_gate)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(from);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(from, _frameEnds.Count);
            var (segment, offset) = Locate(from == 0 ? 0 : _frameEnds[from - 1]);
            reader = new FrameReader(this, segment, offset, readerGone);
            _readers.Add(reader);
            first = _readers.Count == 1;
        }
        if (first)
            FirstReaderCame?.Invoke();
        reader.WakeWhenGone();
        return reader;
    }

    internal void Close(FrameReader reader)
    {
        bool last;
        lock (_gate)
            last = _readers.Remove(reader) && _readers.Count == 0;
        if (last)
            LastReaderLeft?.Invoke();
    }

    /// <summary>The bytes from a position to the end of its segment, and whether nothing can follow them.</summary>
    internal ReadOnlySpan<byte> Peek(ref int segment, ref int offset, out bool isEnd)
    {
        lock (_gate)
        {
            if (segment < _segments.Count - 1 && offset == _segments[segment].Length)
                (segment, offset) = (segment + 1, 0);
            var isTail = segment >= _segments.Count - 1;
            var bytes = segment < _segments.Count
                ? _segments[segment].AsSpan(0, isTail ? _tailUsed : _segments[segment].Length)[offset..]
                : default;
            isEnd = _complete && isTail && bytes.IsEmpty;
            return bytes;
        }
    }

    internal void MarkReadToEnd()
    {
        lock (_gate)
        {
            if (WasReadToEnd)
                return;
            WasReadToEnd = true;
        }
        ReadToEnd?.Invoke();
    }

    private void Append(ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            if (_complete)
                throw new InvalidOperationException("The log is complete.");
            _frameEnds.Add((_frameEnds.Count == 0 ? 0 : _frameEnds[^1]) + frame.Length);
            while (!frame.IsEmpty)
            {
                if (_segments.Count == 0 || _tailUsed == _segments[^1].Length)
                {
                    // Doubling keeps a short answer small and a long one in few pieces.
                    _segments.Add(new byte[_segments.Count == 0 ? FirstSegment : Math.Min(_segments[^1].Length * 2, LargestSegment)]);
                    _tailUsed = 0;
                }
                var free = _segments[^1].AsSpan(_tailUsed);
                var fits = Math.Min(free.Length, frame.Length);
                frame[..fits].CopyTo(free);
                _tailUsed += fits;
                frame = frame[fits..];
            }
        }
        WakeReaders();
    }

    private (int Segment, int Offset) Locate(long position)
    {
        var segment = 0;
        for (; segment < _segments.Count - 1 && position >= _segments[segment].Length; segment++)
            position -= _segments[segment].Length;
        return (segment, (int)position);
    }

    private void WakeReaders()
    {
        lock (_gate)
        {
            // A wake-up only marks its reader or hands its continuation to the pool: nothing runs inside the lock.
            foreach (var reader in _readers)
                reader.Wake();
        }
    }
}

using System.Buffers;
using System.Text.Json.Serialization.Metadata;

namespace ChatStream.Web.Streaming;

/// <summary>
/// The numbered, already encoded frames of one answer: appended by one writer, read by any number of readers from any frame.
/// A reader is a position and a wake-up; there is no queue per reader and nothing polls. The lock guards the few fields that
/// say how far the log goes and is never held over I/O.
/// </summary>
/// <remarks>
/// Frames lie in pooled blocks: logs live long enough to be dragged through the collector's generations, and readers wait
/// for it. The blocks go back when the log has been released and nobody reads it any more.
/// </remarks>
/// <param name="idPrefix">What stands before a frame's number in its id.</param>
/// <param name="memory">Where blocks come from.</param>
internal sealed class FrameLog(string idPrefix, MemoryPool<byte> memory)
{
    private const int BlockSize = 4096; // what the web server's own pool gives

    private readonly Lock _gate = new();
    private readonly List<IMemoryOwner<byte>> _blocks = [];
    private readonly List<long> _frameEnds = [];
    private readonly FrameEncoder _encoder = new(idPrefix);
    private volatile FrameReader[] _readers = []; // replaced, never changed: whoever wakes them holds no lock
    private int _tailUsed;
    private bool _complete;
    private bool _released;

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
        get { lock (_gate) return Length; }
    }

    public bool IsComplete
    {
        get { lock (_gate) return _complete; }
    }

    public bool HasReaders => _readers.Length > 0;

    public bool WasReadToEnd { get; private set; }

    private long Length => _frameEnds.Count == 0 ? 0 : _frameEnds[^1];

    /// <summary>Appends a frame. Readers that wait learn of it with <see cref="Flush"/>.</summary>
    public void Append<T>(ReadOnlySpan<byte> eventName, T payload, JsonTypeInfo<T> type, bool withRetry = false) =>
        Append(_encoder.Encode(_frameEnds.Count, eventName, payload, type, withRetry));

    /// <summary>As the other, for a delta: of the answer in an unnamed event, of the reasoning in <c>reasoning</c>.</summary>
    public void AppendText(ReadOnlySpan<byte> eventName, string text) => Append(_encoder.EncodeText(_frameEnds.Count, eventName, text));

    /// <summary>As the other, for data that is not JSON and has no line break.</summary>
    public void Append(ReadOnlySpan<byte> eventName, ReadOnlySpan<byte> data) => Append(_encoder.Encode(_frameEnds.Count, eventName, data));

    /// <summary>
    /// Wakes the readers, on this very thread: each copies what is pending and hands it to its connection, which never blocks.
    /// Not under a lock.
    /// </summary>
    public void Flush()
    {
        foreach (var reader in _readers)
            reader.Wake(inline: true);
    }

    /// <summary>Says that no frame will follow.</summary>
    public void Complete()
    {
        lock (_gate)
            _complete = true;
        // Not on this thread: whoever has read to the end goes on to anything, another request among it.
        foreach (var reader in _readers)
            reader.Wake(inline: false);
    }

    /// <summary>A reader that starts before frame <paramref name="from"/>, which may be the next one to come.</summary>
    /// <exception cref="ObjectDisposedException">The log was released.</exception>
    public FrameReader OpenReader(int from, CancellationToken readerGone) =>
        TryOpenReader(from, readerGone) ?? throw new ObjectDisposedException(nameof(FrameLog));

    /// <summary>As <see cref="OpenReader"/>; null where the log was released.</summary>
    public FrameReader? TryOpenReader(int from, CancellationToken readerGone)
    {
        FrameReader reader;
        bool first;
        lock (_gate)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(from);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(from, _frameEnds.Count);
            if (_released)
                return null;
            var (block, offset) = Locate(from == 0 ? 0 : _frameEnds[from - 1]);
            reader = new FrameReader(this, block, offset, readerGone);
            first = _readers.Length == 0;
            _readers = [.. _readers, reader];
        }
        if (first)
            FirstReaderCame?.Invoke();
        reader.WakeWhenGone();
        return reader;
    }

    /// <summary>Nobody will open it any more; its memory goes back as soon as nobody reads it.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _released = true;
            ReturnBlocksWhereUnread();
        }
    }

    internal void Close(FrameReader reader)
    {
        bool last;
        lock (_gate)
        {
            var remaining = Array.FindAll(_readers, other => other != reader);
            last = _readers.Length > 0 && remaining.Length == 0;
            _readers = remaining;
            ReturnBlocksWhereUnread();
        }
        if (last)
            LastReaderLeft?.Invoke();
    }

    /// <summary>The bytes from a position to the end of its block.</summary>
    /// <param name="block">Which; moved on to the next where this one has been read.</param>
    /// <param name="offset">Where in it.</param>
    /// <param name="isTail">Nothing follows on them yet.</param>
    /// <param name="isEnd">Nothing ever will.</param>
    internal ReadOnlySpan<byte> Peek(ref int block, ref int offset, out bool isTail, out bool isEnd)
    {
        lock (_gate)
        {
            if (block < _blocks.Count - 1 && offset == _blocks[block].Memory.Length)
                (block, offset) = (block + 1, 0);
            isTail = block >= _blocks.Count - 1;
            isEnd = isTail && _complete;
            var bytes = block < _blocks.Count ? _blocks[block].Memory.Span : default;
            return isTail ? bytes[offset.._tailUsed] : bytes[offset..];
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
            _frameEnds.Add(Length + frame.Length);
            while (!frame.IsEmpty)
            {
                if (_blocks.Count == 0 || _tailUsed == _blocks[^1].Memory.Length)
                {
                    _blocks.Add(memory.Rent(BlockSize));
                    _tailUsed = 0;
                }
                var free = _blocks[^1].Memory.Span[_tailUsed..];
                var fits = Math.Min(free.Length, frame.Length);
                frame[..fits].CopyTo(free);
                _tailUsed += fits;
                frame = frame[fits..];
            }
        }
    }

    private (int Block, int Offset) Locate(long position)
    {
        var block = 0;
        for (; block < _blocks.Count - 1 && position >= _blocks[block].Memory.Length; block++)
            position -= _blocks[block].Memory.Length;
        return (block, (int)position);
    }

    private void ReturnBlocksWhereUnread()
    {
        if (!_released || _readers.Length > 0)
            return;
        foreach (var block in _blocks)
            block.Dispose();
        _blocks.Clear();
        _tailUsed = 0;
    }
}

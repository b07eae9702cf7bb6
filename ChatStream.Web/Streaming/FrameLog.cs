using System.Buffers;
using System.Text.Json.Serialization.Metadata;

namespace ChatStream.Web.Streaming;

/// <summary>
/// The numbered, already encoded frames of one answer: appended by one writer, read by any number of readers from any frame.
/// A reader is a position and a wake-up; there is no queue per reader and nothing polls. The answer's text is kept nowhere
/// beside it.
/// </summary>
/// <remarks>
/// Frames lie in pooled blocks: logs live long enough to be dragged through the collector's generations, and readers wait
/// for it. The blocks go back when the log has been released and nobody reads it any more. Whoever writes, opens or closes takes
/// <see cref="Gate"/>; whoever reads does not: bytes before <see cref="Bytes"/> never change. With thousands of logs, none is in
/// the processor's cache when its turn comes, and there an atomic operation costs more than all the rest of an append.
/// </remarks>
/// <param name="idPrefix">What stands before a frame's number in its id.</param>
/// <param name="memory">Where blocks come from.</param>
internal sealed class FrameLog(string idPrefix, MemoryPool<byte> memory)
{
    private const int BlockSize = 4096; // what the web server's own pool gives

    private readonly List<FrameStart> _starts = []; // of the first frame that begins in each block
    private readonly FrameEncoder _encoder = new(idPrefix);
    private volatile FrameReader[] _readers = []; // replaced, never changed: whoever wakes them holds no lock
    private volatile IMemoryOwner<byte>?[] _blocks = []; // replaced where it is too short; what is in it stays
    private int _blockCount;
    private long _nextStart; // where the block after that of the last of the starts begins
    private int _count;
    private long _length;
    private volatile bool _complete;
    private bool _released;
    private TaskCompletionSource? _unread; // made when somebody waits for it

    /// <summary>Guards what the log is changed by, and what its owner changes with it: they are one, for the price of one. Never held over I/O.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Called, outside the lock, when the last open reader has gone.</summary>
    public Action? LastReaderLeft { get; set; }

    /// <summary>Called, outside the lock, when a first reader comes.</summary>
    public Action? FirstReaderCame { get; set; }

    /// <summary>Called once, outside the lock, when a reader has taken every frame of the complete log.</summary>
    public Action? ReadToEnd { get; set; }

    /// <summary>How many frames there are; the next one gets this number.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>How long it is; also the position behind its last frame.</summary>
    public long Bytes => Volatile.Read(ref _length);

    public bool IsComplete => _complete;

    public bool HasReaders => _readers.Length > 0;

    /// <summary>Completes when the last reader has left; it is complete where there is none, or none that is not known to be gone.</summary>
    public Task Unread
    {
        get
        {
            lock (Gate)
            {
                return Array.TrueForAll(_readers, static reader => reader.Gone.IsCancellationRequested)
                    ? Task.CompletedTask
                    : (_unread ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }
    }

    public bool WasReadToEnd { get; private set; }

    /// <summary>Appends a frame. Readers that wait learn of it with <see cref="Flush"/>.</summary>
    public void Append<T>(ReadOnlySpan<byte> eventName, T payload, JsonTypeInfo<T> type, bool withRetry = false) =>
        Append(_encoder.Encode(_count, eventName, payload, type, withRetry));

    /// <summary>As the other, for a delta: of the answer in an unnamed event, of the reasoning in <c>reasoning</c>.</summary>
    public void AppendText(ReadOnlySpan<byte> eventName, string text) => Append(_encoder.EncodeText(_count, eventName, text));

    /// <summary>As the other, for data that is not JSON and has no line break.</summary>
    public void Append(ReadOnlySpan<byte> eventName, ReadOnlySpan<byte> data) => Append(_encoder.Encode(_count, eventName, data));

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
        lock (Gate)
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
        lock (Gate)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(from);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(from, _count);
            if (_released)
                return null;
            reader = new FrameReader(this, PositionOf(from), readerGone);
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
        lock (Gate)
        {
            _released = true;
            ReturnBlocksWhereUnread();
        }
    }

    internal void Close(FrameReader reader)
    {
        bool last;
        TaskCompletionSource? unread = null;
        lock (Gate)
        {
            var remaining = Array.FindAll(_readers, other => other != reader);
            last = _readers.Length > 0 && remaining.Length == 0;
            _readers = remaining;
            if (last)
                (unread, _unread) = (_unread, null);
            ReturnBlocksWhereUnread();
        }
        unread?.SetResult();
        if (last)
            LastReaderLeft?.Invoke();
    }

    /// <summary>What the deltas between two positions say, joined: of the answer, or of the reasoning as in <see cref="AppendText"/>.</summary>
    /// <param name="eventName">Which deltas.</param>
    /// <param name="from">Where a frame begins.</param>
    /// <param name="to">Where one ends.</param>
    /// <exception cref="ObjectDisposedException">The log was released, and nobody read it.</exception>
    public string ReadText(ReadOnlySpan<byte> eventName, long from, long to)
    {
        var frames = ArrayPool<byte>.Shared.Rent((int)(to - from));
        try
        {
            var copied = 0;
            while (from + copied < to)
            {
                var bytes = Peek(from + copied, out _, out _).Span;
                ObjectDisposedException.ThrowIf(bytes.IsEmpty, this);
                bytes = bytes[..(int)Math.Min(bytes.Length, to - from - copied)];
                bytes.CopyTo(frames.AsSpan(copied));
                copied += bytes.Length;
            }
            return DeltaDecoder.Decode(frames.AsSpan(0, copied), eventName);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frames);
        }
    }

    /// <summary>The bytes from a position to the end of its block.</summary>
    /// <param name="position">From the log's beginning.</param>
    /// <param name="isTail">Nothing follows on them yet.</param>
    /// <param name="isEnd">Nothing ever will.</param>
    internal ReadOnlyMemory<byte> Peek(long position, out bool isTail, out bool isEnd)
    {
        var isComplete = _complete; // first: then the length is the last one
        var length = Bytes;
        var block = (int)(position / BlockSize);
        var blockStart = (long)block * BlockSize;
        var end = Math.Min(length, blockStart + BlockSize);
        isTail = end == length;
        isEnd = isTail && isComplete;
        return position < end && _blocks is var blocks && block < blocks.Length
            ? blocks[block]!.Memory[(int)(position - blockStart)..(int)(end - blockStart)]
            : default;
    }

    internal void MarkReadToEnd()
    {
        lock (Gate)
        {
            if (WasReadToEnd)
                return;
            WasReadToEnd = true;
        }
        ReadToEnd?.Invoke();
    }

    private void Append(ReadOnlySpan<byte> frame)
    {
        lock (Gate)
        {
            if (_complete)
                throw new InvalidOperationException("The log is complete.");
            var length = _length;
            if (length >= _nextStart)
            {
                _starts.Add(new FrameStart(_count, length));
                _nextStart = length - (length % BlockSize) + BlockSize;
            }
            while (!frame.IsEmpty)
            {
                var used = (int)(length % BlockSize);
                if (used == 0)
                    AddBlock();
                var fits = Math.Min(BlockSize - used, frame.Length);
                frame[..fits].CopyTo(_blocks[_blockCount - 1]!.Memory.Span[used..]);
                length += fits;
                frame = frame[fits..];
            }
            Volatile.Write(ref _count, _count + 1);
            Volatile.Write(ref _length, length); // last: it says that the bytes are there
        }
    }

    private void AddBlock()
    {
        if (_blockCount == _blocks.Length)
        {
            var longer = new IMemoryOwner<byte>?[Math.Max(4, 2 * _blockCount)];
            _blocks.CopyTo(longer, 0);
            _blocks = longer;
        }
        _blocks[_blockCount++] = memory.Rent(BlockSize);
    }

    private long PositionOf(int frame)
    {
        if (frame == _count)
            return _length;
        var start = _starts.FindLast(s => s.Frame <= frame);
        // It begins in the block that this one begins in, so those before it end there.
        var bytes = _blocks[(int)(start.Position / BlockSize)]!.Memory.Span;
        var offset = (int)(start.Position % BlockSize);
        for (var before = start.Frame; before < frame; before++)
            offset += bytes[offset..].IndexOf(FrameEncoder.FrameEnd) + FrameEncoder.FrameEnd.Length;
        return start.Position - (start.Position % BlockSize) + offset;
    }

    private void ReturnBlocksWhereUnread()
    {
        if (!_released || _readers.Length > 0)
            return;
        foreach (var block in _blocks)
            block?.Dispose();
        _blocks = [];
    }

    private readonly record struct FrameStart(int Frame, long Position);
}

using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;

namespace ChatStream.Web.Streaming;

/// <summary>
/// The log of one answer: its numbered frames, already encoded as bytes. One writer appends frames. Any number of readers read
/// them, each from any frame. A reader is only a position and a wake-up, so there is no queue per reader and nothing polls.
/// The log is also the only place that holds the answer's text while it runs. A log may hold its frames back: its readers then
/// see only those before the last <see cref="Show"/>.
/// </summary>
/// <remarks>
/// <para><b>Who may call what.</b> One thread at a time appends. The generation that owns the log makes sure of it with
/// <see cref="Gate"/>. <see cref="Flush"/> may run the code of waiting readers on the calling thread, so the caller must hold no
/// lock. All other members may be called from any thread at any time.</para>
/// <para><b>What the lock guards.</b> Appending, showing, completing, releasing, and opening and removing readers take
/// <see cref="Gate"/>. Reading takes no lock, because bytes before <see cref="ShownBytes"/> never change. A lock costs an atomic
/// operation. With thousands of logs the processor's cache holds none of them, and then an atomic operation costs more than the
/// rest of an append.</para>
/// <para><b>When memory goes back.</b> Frames lie in pooled blocks. A log lives so long that the garbage collector would copy it
/// several times, while readers wait for the collector. All blocks return to the pool together: once the log has been released
/// and no reader is open.</para>
/// </remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
internal sealed class FrameLog
{
    private const int BlockSize = 4096; // the size that the web server's own pool gives

    private readonly MemoryPool<byte> _memory;
    private readonly bool _holdsBack;
    private readonly FrameEncoder _encoder;
    private readonly OpenReaders _readers;
    private readonly List<FrameStart> _starts = []; // the first frame that begins in each block
    private volatile IMemoryOwner<byte>?[] _blocks = []; // replaced when it is too short; its blocks move to the new array
    private int _blockCount;
    private long _nextStart; // the next frame at or after this position gets an entry in _starts
    private int _count;
    private long _length;
    private int _shownCount; // this and the next: used only where frames are held back
    private long _shownLength;
    private volatile bool _complete;
    private bool _released;
    private TaskCompletionSource? _unread; // made when the first caller waits

    /// <param name="idPrefix">The part of a frame's id before its number, <c>{G}.</c> or <c>{G}.s</c>.</param>
    /// <param name="memory">The pool that blocks are rented from.</param>
    /// <param name="holdsBack">Whether readers wait for <see cref="Show"/>. Otherwise they see each frame at once.</param>
    /// <param name="first">The number of the log's first frame. Not 0 in a log that only has the rest of an answer.</param>
    public FrameLog(string idPrefix, MemoryPool<byte> memory, bool holdsBack = false, int first = 0)
    {
        (_memory, _holdsBack, First) = (memory, holdsBack, first);
        (_encoder, _readers) = (new FrameEncoder(idPrefix), new OpenReaders(Gate));
        _count = _shownCount = first;
    }

    /// <summary>
    /// The lock for changing the log. It is public because the generation that owns the log guards its own state with it too.
    /// So a token takes one lock and not two, which was measured to cost less. Never held during I/O.
    /// </summary>
    public Lock Gate { get; } = new();

    /// <summary>Called, outside the lock, when the last open reader has been removed.</summary>
    public Action? LastReaderLeft { get; set; }

    /// <summary>Called, outside the lock, when a reader is opened and there was none.</summary>
    public Action? FirstReaderCame { get; set; }

    /// <summary>Called once, outside the lock, when a reader has delivered every frame of the complete log.</summary>
    public Action? ReadToEnd { get; set; }

    /// <summary>The number of the log's first frame.</summary>
    public int First { get; }

    /// <summary>The number of the next frame; in a log from 0, also the number of frames.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The log's length in bytes, which is also the position behind its last frame.</summary>
    public long Bytes => Volatile.Read(ref _length);

    /// <summary>The number of the first frame that readers do not see; equal to <see cref="Count"/> if they see all.</summary>
    public int ShownCount => _holdsBack ? Volatile.Read(ref _shownCount) : Count;

    /// <summary>The position up to which readers see the log.</summary>
    public long ShownBytes => _holdsBack ? Volatile.Read(ref _shownLength) : Bytes;

    /// <summary>True when no frame will follow.</summary>
    public bool IsComplete => _complete;

    public bool HasReaders => ReaderCount > 0;

    public int ReaderCount => _readers.Count;

    /// <summary>
    /// Completes when the last reader is removed. It is already complete if no reader is open, or if the client of every open
    /// reader has disconnected.
    /// </summary>
    public Task Unread
    {
        get
        {
            lock (Gate)
            {
                return _readers.AreGone()
                    ? Task.CompletedTask
                    : (_unread ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }
    }

    /// <summary>True once a reader has delivered every frame of the complete log.</summary>
    public bool WasReadToEnd { get; private set; }

    /// <summary>
    /// Appends a frame. An empty name is that of the unnamed event. <paramref name="withRetry"/> tells EventSource how long to
    /// wait before it reconnects. Waiting readers learn of the frame with the next <see cref="Flush"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The log is complete.</exception>
    public void Append<T>(ReadOnlySpan<byte> eventName, T payload, JsonTypeInfo<T> type, bool withRetry = false) =>
        Append(_encoder.Encode(_count, eventName, payload, type, withRetry));

    /// <summary>Appends a delta, <c>{"text":"…"}</c>: unnamed for the answer, <c>reasoning</c> for the reasoning.</summary>
    /// <exception cref="InvalidOperationException">The log is complete.</exception>
    public void AppendText(ReadOnlySpan<byte> eventName, string text) => Append(_encoder.EncodeText(_count, eventName, text));

    /// <summary>Appends a frame whose data is not JSON. The data must have no line break.</summary>
    /// <exception cref="InvalidOperationException">The log is complete.</exception>
    public void Append(ReadOnlySpan<byte> eventName, ReadOnlySpan<byte> data) => Append(_encoder.Encode(_count, eventName, data));

    /// <summary>
    /// Wakes the waiting readers: a few on the calling thread, many on a thread of the pool. Each copies its pending frames and
    /// hands them to its connection, which never blocks. The caller must hold no lock. Does nothing where frames are held back.
    /// </summary>
    public void Flush()
    {
        if (!_holdsBack)
            _readers.Wake();
    }

    /// <summary>
    /// Shows readers the frames before a position, and wakes them on a thread of the pool. Does nothing if they see them already.
    /// </summary>
    /// <param name="count">The number of the first frame that stays hidden.</param>
    /// <param name="bytes">The position, in bytes, at which that frame begins.</param>
    public void Show(int count, long bytes)
    {
        if (!_holdsBack)
            return;
        lock (Gate)
        {
            if (_complete || bytes <= _shownLength)
                return;
            _shownCount = count;
            Volatile.Write(ref _shownLength, bytes); // last: readers trust the bytes before it
        }
        _readers.WakeElsewhere();
    }

    /// <summary>Shows readers all frames that the log has now.</summary>
    public void ShowAll()
    {
        lock (Gate)
            Show(_count, _length);
    }

    /// <summary>Removes the frames that readers have not been shown. Their numbers are given to the next frames.</summary>
    public void DropHidden()
    {
        lock (Gate)
        {
            if (_complete || ShownBytes == _length)
                return;
            (_count, _length) = (_shownCount, _shownLength);
            while (_blockCount > (_length + BlockSize - 1) / BlockSize)
            {
                _blocks[--_blockCount]!.Dispose();
                _blocks[_blockCount] = null;
            }
            _starts.RemoveAll(start => start.Position >= _length);
            _nextStart = _starts.Count == 0 ? 0 : BlockAfter(_starts[^1].Position);
        }
    }

    /// <summary>
    /// Marks the log as complete: no frame will follow, and readers see all. Wakes the readers, each on a thread of the pool.
    /// </summary>
    public void Complete()
    {
        lock (Gate)
        {
            (_shownCount, _shownLength) = (_count, _length);
            _complete = true; // last: the length of a complete log is final
        }
        // Not on this thread: a reader at the end may go on to do anything, such as the next request of its connection.
        _readers.WakeApart();
    }

    /// <summary>Opens a reader that starts at a frame. The caller disposes of it.</summary>
    /// <param name="from">The first frame to read, from <see cref="First"/> to <see cref="ShownCount"/>.</param>
    /// <param name="readerGone">Cancelled when the client disconnects.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such frame, and it is not the next one either.</exception>
    /// <exception cref="ObjectDisposedException">The log has been released.</exception>
    public FrameReader OpenReader(int from, CancellationToken readerGone) =>
        TryOpenReader(from, readerGone) ?? throw new ObjectDisposedException(nameof(FrameLog));

    /// <summary>Like <see cref="OpenReader"/>, but returns null if the log has been released.</summary>
    public FrameReader? TryOpenReader(int from, CancellationToken readerGone)
    {
        FrameReader reader;
        bool isFirst;
        lock (Gate)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(from, First);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(from, ShownCount);
            if (_released)
                return null;
            reader = new FrameReader(this, PositionOf(from), readerGone);
            isFirst = !HasReaders;
            _readers.Add(reader);
        }
        if (isFirst)
            FirstReaderCame?.Invoke();
        reader.WakeWhenGone();
        return reader;
    }

    /// <summary>Lets no more readers in. The memory goes back to the pool as soon as no reader is open.</summary>
    public void Release()
    {
        lock (Gate)
        {
            _released = true;
            ReturnBlocksWhereUnread();
        }
    }

    /// <summary>Removes a reader. Does nothing if it has been removed already.</summary>
    internal void Remove(FrameReader reader)
    {
        bool last;
        TaskCompletionSource? unread = null;
        lock (Gate)
        {
            last = _readers.Remove(reader) && !HasReaders;
            if (last)
                (unread, _unread) = (_unread, null);
            ReturnBlocksWhereUnread();
        }
        unread?.SetResult();
        if (last)
            LastReaderLeft?.Invoke();
    }

    /// <summary>
    /// The joined text of the deltas between two positions: the answer's or the reasoning's. It takes <see cref="Gate"/> while it
    /// copies the frames, so that no block can go back to the pool meanwhile. The caller may hold the lock, but need not.
    /// </summary>
    /// <param name="eventName">Empty for the answer, <c>reasoning</c> for the reasoning.</param>
    /// <param name="from">The position, in bytes, at which a frame begins.</param>
    /// <param name="to">The position, in bytes, behind a frame.</param>
    /// <exception cref="ObjectDisposedException">The log's memory has gone back to the pool.</exception>
    public string ReadText(ReadOnlySpan<byte> eventName, long from, long to)
    {
        var length = (int)(to - from);
        var frames = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Copy(from, frames.AsSpan(0, length));
            return DeltaDecoder.Decode(frames.AsSpan(0, length), eventName);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frames);
        }
    }

    /// <summary>
    /// The shown bytes from a position to the end of its block, without a copy; empty behind the last of them. Only for an open
    /// reader: otherwise the block may go back to the pool.
    /// </summary>
    /// <param name="position">In bytes.</param>
    /// <param name="isTail">True if these are the last bytes that are shown for now.</param>
    /// <param name="isEnd">True if these are the last bytes of a complete log.</param>
    internal ReadOnlyMemory<byte> Peek(long position, out bool isTail, out bool isEnd)
    {
        var isComplete = _complete; // read before the length: the length of a complete log is final
        var shown = ShownBytes;
        var bytes = OfBlock(position, shown, out var end);
        isTail = end == shown;
        isEnd = isTail && isComplete;
        return bytes;
    }

    /// <summary>Records that a reader has delivered every frame of the complete log.</summary>
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
                _nextStart = BlockAfter(length);
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
            Volatile.Write(ref _length, length); // last: readers trust the bytes before it
        }
    }

    /// <summary>The bytes from a position to the end of its block, or to the limit if that is nearer.</summary>
    private ReadOnlyMemory<byte> OfBlock(long position, long limit, out long end)
    {
        var block = (int)(position / BlockSize);
        var start = (long)block * BlockSize;
        end = Math.Min(limit, start + BlockSize);
        return position < end && _blocks is var blocks && block < blocks.Length
            ? blocks[block]!.Memory[(int)(position - start)..(int)(end - start)]
            : default;
    }

    private static long BlockAfter(long position) => position - (position % BlockSize) + BlockSize;

    private void Copy(long from, Span<byte> target)
    {
        lock (Gate) // no block goes back meanwhile
        {
            while (!target.IsEmpty)
            {
                var bytes = OfBlock(from, _length, out _).Span;
                ObjectDisposedException.ThrowIf(bytes.IsEmpty, this);
                bytes = bytes[..Math.Min(bytes.Length, target.Length)];
                bytes.CopyTo(target);
                from += bytes.Length;
                target = target[bytes.Length..];
            }
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
        _blocks[_blockCount++] = _memory.Rent(BlockSize);
    }

    /// <summary>The position at which a frame begins. The caller holds the lock.</summary>
    private long PositionOf(int frame)
    {
        if (frame == _count)
            return _length;
        var start = _starts.FindLast(s => s.Frame <= frame);
        // Both frames begin in the same block, so the frames between them end in it too.
        var bytes = _blocks[(int)(start.Position / BlockSize)]!.Memory.Span;
        var offset = (int)(start.Position % BlockSize);
        for (var before = start.Frame; before < frame; before++)
            offset += bytes[offset..].IndexOf(FrameEncoder.FrameEnd) + FrameEncoder.FrameEnd.Length;
        return start.Position - (start.Position % BlockSize) + offset;
    }

    private void ReturnBlocksWhereUnread()
    {
        if (!_released || HasReaders)
            return;
        foreach (var block in _blocks)
            block?.Dispose();
        _blocks = [];
    }

    private string DebuggerDisplay => string.Create(
        CultureInfo.InvariantCulture,
        $"{Count} frames, {Bytes} bytes, {ShownBytes} shown, {ReaderCount} readers"
        + $"{(_complete ? ", complete" : "")}{(_released ? ", released" : "")}");

    private readonly record struct FrameStart(int Frame, long Position);
}

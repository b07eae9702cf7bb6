using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization.Metadata;

namespace ChatStream.Web.Streaming;

/// <summary>
/// The log of one answer: its numbered frames, already encoded as bytes. One writer appends frames. Any number of readers read
/// them, each from any frame. A reader is only a position and a wake-up, so there is no queue per reader and nothing polls.
/// The log is also the only place that holds the answer's text while it runs.
/// </summary>
/// <remarks>
/// <para><b>Who may call what.</b> One thread at a time appends. The generation that owns the log makes sure of it with
/// <see cref="Gate"/>. <see cref="Flush"/> runs the code of waiting readers on the calling thread, so the caller must hold no
/// lock. All other members may be called from any thread at any time.</para>
/// <para><b>What the lock guards.</b> Appending, completing, releasing, and opening and removing readers take <see cref="Gate"/>.
/// Reading takes no lock, because bytes before <see cref="Bytes"/> never change. A lock costs an atomic operation. With thousands
/// of logs the processor's cache holds none of them, and then an atomic operation costs more than the rest of an append.</para>
/// <para><b>When memory goes back.</b> Frames lie in pooled blocks. A log lives so long that the garbage collector would copy it
/// several times, while readers wait for the collector. All blocks return to the pool together: once the log has been released
/// and no reader is open.</para>
/// </remarks>
/// <param name="idPrefix">The part of a frame's id before its number, <c>{G}.</c> or <c>{G}.s</c>.</param>
/// <param name="memory">The pool that blocks are rented from.</param>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
internal sealed class FrameLog(string idPrefix, MemoryPool<byte> memory)
{
    private const int BlockSize = 4096; // the size that the web server's own pool gives

    private readonly List<FrameStart> _starts = []; // the first frame that begins in each block
    private readonly FrameEncoder _encoder = new(idPrefix);
    private volatile FrameReader[] _readers = []; // replaced, never changed, so that waking them needs no lock
    private volatile IMemoryOwner<byte>?[] _blocks = []; // replaced when it is too short; its blocks move to the new array
    private int _blockCount;
    private long _nextStart; // the next frame at or after this position gets an entry in _starts
    private int _count;
    private long _length;
    private volatile bool _complete;
    private bool _released;
    private TaskCompletionSource? _unread; // made when the first caller waits

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

    /// <summary>The number of frames, which is also the number of the next frame.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The log's length in bytes, which is also the position behind its last frame.</summary>
    public long Bytes => Volatile.Read(ref _length);

    /// <summary>True when no frame will follow.</summary>
    public bool IsComplete => _complete;

    public bool HasReaders => _readers.Length > 0;

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
                return Array.TrueForAll(_readers, static reader => reader.Gone.IsCancellationRequested)
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
    /// Wakes the waiting readers on the calling thread. Each copies its pending frames and hands them to its connection, which
    /// never blocks. The caller must hold no lock.
    /// </summary>
    public void Flush()
    {
        foreach (var reader in _readers)
            reader.Wake(inline: true);
    }

    /// <summary>Marks the log as complete: no frame will follow. Wakes the readers, each on a thread of the pool.</summary>
    public void Complete()
    {
        lock (Gate)
            _complete = true;
        // Not on this thread: a reader at the end may go on to do anything, such as the next request of its connection.
        foreach (var reader in _readers)
            reader.Wake(inline: false);
    }

    /// <summary>Opens a reader that starts at a frame. The caller disposes of it.</summary>
    /// <param name="from">The first frame to read, from 0 to <see cref="Count"/>.</param>
    /// <param name="readerGone">Cancelled when the client disconnects.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such frame, and it is not the next one either.</exception>
    /// <exception cref="ObjectDisposedException">The log has been released.</exception>
    public FrameReader OpenReader(int from, CancellationToken readerGone) =>
        TryOpenReader(from, readerGone) ?? throw new ObjectDisposedException(nameof(FrameLog));

    /// <summary>Like <see cref="OpenReader"/>, but returns null if the log has been released.</summary>
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
    /// The bytes from a position to the end of its block, without a copy; empty at the end of the log. Only for an open reader or
    /// under <see cref="Gate"/>: otherwise the block may go back to the pool.
    /// </summary>
    /// <param name="position">In bytes.</param>
    /// <param name="isTail">True if these are the log's last bytes for now.</param>
    /// <param name="isEnd">True if these are the last bytes of a complete log.</param>
    internal ReadOnlyMemory<byte> Peek(long position, out bool isTail, out bool isEnd)
    {
        var isComplete = _complete; // read before the length: the length of a complete log is final
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
            Volatile.Write(ref _length, length); // last: readers trust the bytes before it
        }
    }

    private void Copy(long from, Span<byte> target)
    {
        lock (Gate) // no block goes back meanwhile
        {
            while (!target.IsEmpty)
            {
                var bytes = Peek(from, out _, out _).Span;
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
        _blocks[_blockCount++] = memory.Rent(BlockSize);
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
        if (!_released || _readers.Length > 0)
            return;
        foreach (var block in _blocks)
            block?.Dispose();
        _blocks = [];
    }

    private string DebuggerDisplay => string.Create(
        CultureInfo.InvariantCulture,
        $"{Count} frames, {Bytes} bytes, {_readers.Length} readers"
        + $"{(_complete ? ", complete" : "")}{(_released ? ", released" : "")}");

    private readonly record struct FrameStart(int Frame, long Position);
}

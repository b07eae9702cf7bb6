using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Tasks.Sources;

namespace ChatStream.Web.Streaming;

/// <summary>
/// A connection's place in a <see cref="FrameLog"/>: a position and a wake-up. The log counts the reader until it is disposed.
/// </summary>
/// <remarks>
/// <para>One consumer at a time takes bytes, waits and disposes. Any thread may wake the reader at any time. The consumer's loop
/// is: take until <see cref="HasCaughtUp"/>, then leave if <see cref="IsAtEnd"/>, then wait, then take again.</para>
/// <para>A wake-up is never lost and never queued: many wake-ups before a wait count as one. Three states make this so.</para>
/// <code>
/// state     meaning                                           WaitAsync makes it      Wake makes it
/// Looking   the consumer reads the log or is about to         Waiting, and waits      Woken
/// Woken     something changed since it last began to look     Looking, and goes on    Woken
/// Waiting   the consumer waits                                (one consumer only)     Looking, and the wait completes
/// </code>
/// </remarks>
[DebuggerDisplay("{DebuggerDisplay,nq}")]
public sealed class FrameReader : IDisposable, IValueTaskSource
{
    private const int Looking = 0;
    private const int Woken = 1;
    private const int Waiting = 2;

    private readonly FrameLog _log;
    private readonly CancellationToken _gone;
    private CancellationTokenRegistration _whenGone;
    private ManualResetValueTaskSourceCore<bool> _source;
    private long _position;
    private int _state = Looking;

    internal FrameReader(FrameLog log, long position, CancellationToken gone) => (_log, _position, _gone) = (log, position, gone);

    /// <summary>Cancelled when the client disconnects. It is never the generation's token.</summary>
    public CancellationToken Gone => _gone;

    /// <summary>The reader's place among the open readers of its log; -1 if it is not open. The log's lock guards it.</summary>
    internal int Slot { get; set; } = -1;

    /// <summary>
    /// True if the last look at the log took everything that readers are shown. The next frame will then wake the consumer.
    /// </summary>
    public bool HasCaughtUp { get; private set; }

    /// <summary>True if the last look at the log took everything and the log was complete.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Copies pending bytes to the output and moves past them.</summary>
    /// <param name="output">The bytes are appended to it.</param>
    /// <param name="limit">The most bytes to copy.</param>
    /// <returns>The number of bytes copied; 0 if none is pending.</returns>
    public int CopyTo(IBufferWriter<byte> output, int limit)
    {
        var copied = 0;
        do
        {
            var bytes = Take(limit - copied);
            output.Write(bytes.Span);
            copied += bytes.Length;
        }
        while (copied < limit && !HasCaughtUp);
        return copied;
    }

    /// <summary>Takes pending bytes of one block without copying them, and moves past them. More may be pending.</summary>
    /// <param name="limit">The most bytes to take.</param>
    /// <returns>The bytes, valid until the reader is disposed; empty if none is pending.</returns>
    public ReadOnlyMemory<byte> Take(int limit)
    {
        var bytes = _log.Peek(_position, out var isTail, out var isEnd);
        if (bytes.Length > limit)
            (bytes, isTail, isEnd) = (bytes[..limit], false, false);
        (HasCaughtUp, IsAtEnd) = (isTail, isEnd);
        _position += bytes.Length;
        return bytes;
    }

    /// <summary>Moves past all pending bytes without copying them.</summary>
    public void Skip()
    {
        do
            Take(int.MaxValue);
        while (!HasCaughtUp);
    }

    /// <summary>
    /// Records that the client has received all bytes that were taken. Has an effect only at the end of the log: the log then
    /// counts as read to its end.
    /// </summary>
    public void MarkDelivered()
    {
        if (IsAtEnd)
            _log.MarkReadToEnd();
    }

    /// <summary>
    /// Completes when something may have changed: a frame came, the log is complete, <see cref="Wake()"/> was called, or the
    /// client disconnected. A disconnect is no exception here: look at <see cref="Gone"/>.
    /// </summary>
    public ValueTask WaitAsync()
    {
        _source.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Looking) == Looking)
            return new ValueTask(this, _source.Version);
        Interlocked.Exchange(ref _state, Looking); // also a fence: bytes written before the wake-up are visible after it
        return ValueTask.CompletedTask;
    }

    /// <summary>Waits for the end of the log, skips all bytes until then, and records them as delivered.</summary>
    /// <param name="limit">Cancelled when the caller stops waiting. The reader stays open and usable.</param>
    /// <returns>True at the end of the log; false if the client disconnected or the limit came first.</returns>
    public async Task<bool> SkipToEndAsync(CancellationToken limit)
    {
        using var wake = limit.UnsafeRegister(static reader => ((FrameReader)reader!).Wake(), this);
        for (; ; )
        {
            Skip();
            if (IsAtEnd)
            {
                MarkDelivered();
                return true;
            }
            if (_gone.IsCancellationRequested || limit.IsCancellationRequested)
                return false;
            await WaitAsync();
        }
    }

    /// <summary>Makes the consumer look again. If it waits, it goes on with a thread of the pool.</summary>
    public void Wake() => Wake(inline: false);

    /// <summary>Makes the consumer look again.</summary>
    /// <param name="inline">True to let a waiting consumer go on within this call. The caller must then hold no lock.</param>
    internal void Wake(bool inline)
    {
        int state;
        do
            state = Volatile.Read(ref _state);
        // Even if the state is Woken already, do the exchange: it publishes the writer's earlier bytes to the consumer.
        while (Interlocked.CompareExchange(ref _state, state == Waiting ? Looking : Woken, state) != state);
        if (state != Waiting)
            return;
        _source.RunContinuationsAsynchronously = !inline;
        _source.SetResult(true);
    }

    /// <summary>Removes the reader from its log. Bytes that were taken are no longer valid.</summary>
    public void Dispose()
    {
        _whenGone.Dispose();
        _log.Remove(this);
    }

    /// <summary>Wakes the consumer when the client disconnects. Called once, after the log has added the reader.</summary>
    internal void WakeWhenGone() => _whenGone = _gone.UnsafeRegister(static reader => ((FrameReader)reader!).Wake(), this);

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private string DebuggerDisplay => string.Create(
        CultureInfo.InvariantCulture,
        $"at byte {_position} of {_log.ShownBytes}, {_state switch { Looking => "looking", Woken => "woken", _ => "waiting" }}"
        + $"{(_gone.IsCancellationRequested ? ", client gone" : "")}");
}

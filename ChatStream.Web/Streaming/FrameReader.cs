using System.Buffers;
using System.Threading.Tasks.Sources;

namespace ChatStream.Web.Streaming;

/// <summary>
/// A position in a <see cref="FrameLog"/> and a wake-up. One consumer at a time; the log counts it as a reader until it is
/// disposed.
/// </summary>
public sealed class FrameReader : IDisposable, IValueTaskSource
{
    private const int Looking = 0; // or about to: whoever wakes it need only leave word
    private const int Woken = 1;   // since it began to look: it is to look again
    private const int Waiting = 2;

    private readonly FrameLog _log;
    private readonly CancellationToken _gone;
    private CancellationTokenRegistration _whenGone;
    private ManualResetValueTaskSourceCore<bool> _source;
    private long _position;
    private int _state = Looking;
    private bool _isAtEnd;

    internal FrameReader(FrameLog log, long position, CancellationToken gone) => (_log, _position, _gone) = (log, position, gone);

    /// <summary>That whom the reader reads for has gone away. Never the generation's token.</summary>
    public CancellationToken Gone => _gone;

    /// <summary>Whether the last look at the log took all that was there: what comes now wakes whoever waits.</summary>
    public bool HasCaughtUp { get; private set; }

    /// <summary>Copies what is there, at most <paramref name="limit"/> bytes, and moves past it.</summary>
    /// <returns>How many bytes; 0 where nothing is pending.</returns>
    public int CopyTo(IBufferWriter<byte> output, int limit)
    {
        var copied = 0;
        do
        {
            var bytes = TakePiece(limit - copied);
            output.Write(bytes.Span);
            copied += bytes.Length;
        }
        while (copied < limit && !HasCaughtUp);
        return copied;
    }

    /// <summary>Takes what lies together, at most <paramref name="limit"/> bytes, and moves past it; more may be there.</summary>
    /// <returns>Valid until the reader is disposed.</returns>
    public ReadOnlyMemory<byte> TakePiece(int limit)
    {
        var bytes = _log.Peek(_position, out var isTail, out var isEnd);
        if (bytes.Length > limit)
            (bytes, isTail, isEnd) = (bytes[..limit], false, false);
        (HasCaughtUp, _isAtEnd) = (isTail, isEnd);
        _position += bytes.Length;
        return bytes;
    }

    /// <summary>Moves past what is there without copying it: for readers that wait for the end.</summary>
    public void Skip()
    {
        do
            TakePiece(int.MaxValue);
        while (!HasCaughtUp);
    }

    /// <summary>Whether the last look at the log took what was left of a complete one. To ask is to say that what was taken has been delivered.</summary>
    public bool IsAtEnd()
    {
        if (_isAtEnd)
            _log.MarkReadToEnd();
        return _isAtEnd;
    }

    /// <summary>Completes when something may have changed: frames, the log's end, <see cref="Wake()"/>, or the reader is gone.</summary>
    public ValueTask WaitAsync()
    {
        _source.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Looking) == Looking)
            return new ValueTask(this, _source.Version);
        Interlocked.Exchange(ref _state, Looking); // a fence, too: what was there when it was woken is seen
        return ValueTask.CompletedTask;
    }

    /// <summary>Reads to the end without keeping anything.</summary>
    /// <param name="limit">Ends the waiting, not the reader.</param>
    /// <returns>False where the reader went away first, or the limit was reached.</returns>
    public async Task<bool> SkipToEndAsync(CancellationToken limit)
    {
        using var wake = limit.UnsafeRegister(static reader => ((FrameReader)reader!).Wake(), this);
        for (; ; )
        {
            Skip();
            if (IsAtEnd())
                return true;
            if (_gone.IsCancellationRequested || limit.IsCancellationRequested)
                return false;
            await WaitAsync();
        }
    }

    public void Wake() => Wake(inline: false);

    /// <param name="inline">Whether what waits goes on within this call, which then must hold no lock.</param>
    internal void Wake(bool inline)
    {
        int state;
        do
            state = Volatile.Read(ref _state);
        // Woken stays woken, but not unsaid: what was written before is to be seen by whoever takes note of it.
        while (Interlocked.CompareExchange(ref _state, state == Waiting ? Looking : Woken, state) != state);
        if (state != Waiting)
            return;
        _source.RunContinuationsAsynchronously = !inline;
        _source.SetResult(true);
    }

    public void Dispose()
    {
        _whenGone.Dispose();
        _log.Close(this);
    }

    internal void WakeWhenGone() => _whenGone = _gone.UnsafeRegister(static reader => ((FrameReader)reader!).Wake(), this);

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}

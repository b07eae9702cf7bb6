using System.Buffers;
using System.Threading.Tasks.Sources;

namespace ChatStream.Web.Streaming;

/// <summary>
/// A position in a <see cref="FrameLog"/> and a wake-up. One consumer at a time; the log counts it as a reader until it is
/// disposed.
/// </summary>
internal sealed class FrameReader : IDisposable, IValueTaskSource
{
    private readonly FrameLog _log;
    private readonly CancellationToken _gone;
    private readonly Lock _gate = new();
    private CancellationTokenRegistration _whenGone;
    private ManualResetValueTaskSourceCore<bool> _source;
    private long _position;
    private bool _waiting;
    private bool _woken;
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
            var bytes = Look();
            if (bytes.Length > limit - copied)
            {
                bytes = bytes[..(limit - copied)];
                (HasCaughtUp, _isAtEnd) = (false, false);
            }
            if (!bytes.IsEmpty)
                output.Write(bytes);
            _position += bytes.Length;
            copied += bytes.Length;
        }
        while (copied < limit && !HasCaughtUp);
        return copied;
    }

    /// <summary>Moves past what is there without copying it: for readers that wait for the end.</summary>
    public void Skip()
    {
        do
            _position += Look().Length;
        while (!HasCaughtUp);
    }

    /// <summary>Whether the last look at the log took what was left of a complete one. To ask is to say that what was taken has been delivered.</summary>
    public bool IsAtEnd()
    {
        if (_isAtEnd)
            _log.MarkReadToEnd();
        return _isAtEnd;
    }

    private ReadOnlySpan<byte> Look()
    {
        var bytes = _log.Peek(_position, out var isTail, out var isEnd);
        (HasCaughtUp, _isAtEnd) = (isTail, isEnd);
        return bytes;
    }

    /// <summary>Completes when something may have changed: frames, the log's end, <see cref="Wake()"/>, or the reader is gone.</summary>
    public ValueTask WaitAsync()
    {
        lock (_gate)
        {
            if (_woken)
            {
                _woken = false;
                return ValueTask.CompletedTask;
            }
            _source.Reset();
            _waiting = true;
            return new ValueTask(this, _source.Version);
        }
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
        lock (_gate)
        {
            if (!_waiting)
            {
                _woken = true;
                return;
            }
            _waiting = false;
        }
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

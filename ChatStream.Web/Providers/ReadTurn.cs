using System.Threading.Tasks.Sources;

namespace ChatStream.Web.Providers;

/// <summary>One stream's place among those that are read in turns; see <see cref="ReadTurns"/>. One consumer, which waits at most once at a time.</summary>
internal sealed class ReadTurn : IValueTaskSource, IDisposable
{
    /// <summary>
    /// Bytes within <see cref="ReadTurns.Longest"/> that say a stream is limited by how fast it is read: some 300 tokens a second,
    /// of the 500 bytes that a service makes of one. It gathers enough by itself, and waiting would leave the processor idle.
    /// </summary>
    public const int Fast = 16 * 1024;

    private readonly ReadTurns _turns;
    private readonly CancellationToken _gone;
    private readonly CancellationTokenRegistration _whenGone;
    private ManualResetValueTaskSourceCore<bool> _source;
    private int _isWaiting;
    private long _bytes; // since then
    private long _since;
    private bool _wasFast; // in the time before that

    internal ReadTurn(ReadTurns turns, CancellationToken gone)
    {
        (_turns, _gone, _since) = (turns, gone, turns.Now);
        _whenGone = gone.UnsafeRegister(static turn => ((ReadTurn)turn!).Come(inline: false), this);
    }

    /// <summary>Whether the next read has to wait for its turn.</summary>
    public bool IsNeeded => _turns.AreTaken && !IsFast();

    /// <summary>So many bytes were read.</summary>
    public void Read(int bytes) => _bytes += bytes;

    /// <summary>Completes when it is this stream's turn, or the stream is gone.</summary>
    public ValueTask WaitAsync()
    {
        _source.Reset();
        Interlocked.Exchange(ref _isWaiting, 1);
        _turns.Wait(this);
        if (_gone.IsCancellationRequested)
            Come(inline: false);
        return new ValueTask(this, _source.Version);
    }

    public void Dispose()
    {
        _whenGone.Dispose();
        _turns.Leave();
    }

    /// <param name="inline">Whether the stream is read within this call.</param>
    internal void Come(bool inline)
    {
        if (Interlocked.Exchange(ref _isWaiting, 0) == 0)
            return;
        _source.RunContinuationsAsynchronously = !inline;
        _source.SetResult(true);
    }

    private bool IsFast()
    {
        var passed = _turns.Passed(_since);
        if (passed < ReadTurns.Longest)
            return _wasFast || _bytes >= Fast;
        _wasFast = _bytes >= Fast * (passed / ReadTurns.Longest);
        (_bytes, _since) = (0, _turns.Now);
        return _wasFast;
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}

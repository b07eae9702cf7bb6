using System.Threading.Tasks.Sources;

namespace ChatStream.Web.Providers;

/// <summary>One stream's place among those that are read in turns; see <see cref="ReadTurns"/>. One consumer, which waits at most once at a time.</summary>
internal sealed class ReadTurn : IValueTaskSource, IDisposable
{
    private readonly ReadTurns _turns;
    private readonly CancellationToken _gone;
    private readonly CancellationTokenRegistration _whenGone;
    private ManualResetValueTaskSourceCore<bool> _source;
    private int _isWaiting;

    internal ReadTurn(ReadTurns turns, CancellationToken gone)
    {
        (_turns, _gone) = (turns, gone);
        _whenGone = gone.UnsafeRegister(static turn => ((ReadTurn)turn!).Come(inline: false), this);
    }

    /// <summary>Whether the next read has to wait for its turn.</summary>
    public bool IsNeeded => _turns.AreTaken;

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

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}

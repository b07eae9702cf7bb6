using ChatStream.Web.Contract;
using ChatStream.Web.Streaming;

namespace ChatStream.Web.Generations;

/// <summary>
/// Ends a generation that nobody has read for a while. Its timer moves only when a first reader comes or the last one leaves.
/// </summary>
internal sealed class Abandonment : IDisposable
{
    private readonly Generation _generation;
    private readonly TimeSpan _after;
    private readonly ITimer _timer;

    private Abandonment(Generation generation, TimeSpan after, TimeProvider time)
    {
        (_generation, _after) = (generation, after);
        _timer = time.CreateTimer(static self => ((Abandonment)self!).EndIfUnread(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Log.FirstReaderCame = () => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Log.LastReaderLeft = () =>
        {
            if (_after == TimeSpan.Zero)
                EndIfUnread();
            else
                _timer.Change(_after, Timeout.InfiniteTimeSpan);
        };
        if (!Log.HasReaders)
            _timer.Change(_after, Timeout.InfiniteTimeSpan);
    }

    /// <param name="generation">The one to watch.</param>
    /// <param name="after">How long it may go unread; null: for ever.</param>
    /// <param name="time">The clock.</param>
    public static Abandonment? Watch(Generation generation, TimeSpan? after, TimeProvider time) =>
        after is { } wait ? new Abandonment(generation, wait, time) : null;

    public void Dispose()
    {
        Log.FirstReaderCame = null;
        Log.LastReaderLeft = null;
        _timer.Dispose();
    }

    private FrameLog Log => _generation.Log;

    private void EndIfUnread()
    {
        if (!_generation.IsKeptUnread && !Log.HasReaders)
            _generation.TryEnd(FinishReason.Interrupted, new FailurePayload(FailureCode.Interrupted, "Nobody was reading the answer any more."));
    }
}

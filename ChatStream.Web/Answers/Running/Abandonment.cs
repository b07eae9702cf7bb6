using ChatStream.Web.Contract;
using ChatStream.Web.Streaming;

namespace ChatStream.Web.Answers.Running;

/// <summary>
/// Ends a generation that has had no reader for a while. Its timer is set only when the first reader comes or the last one
/// leaves.
/// </summary>
internal sealed class Abandonment : IDisposable
{
    private readonly Generation _generation;
    private readonly TimeSpan _after;
    private readonly ITimer _timer;

    private Abandonment(Generation generation, TimeSpan after, TimeProvider time)
    {
        (_generation, _after) = (generation, after);
        _timer = time.CreateTimer(
            static self => ((Abandonment)self!).EndIfUnread(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Frames.FirstReaderCame = () => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Frames.LastReaderLeft = () =>
        {
            if (_after == TimeSpan.Zero)
                EndIfUnread();
            else
                _timer.Change(_after, Timeout.InfiniteTimeSpan);
        };
        if (!Frames.HasReaders)
            _timer.Change(_after, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Watches a generation until it is disposed.</summary>
    /// <param name="generation">Ended as <c>interrupted</c> when it is abandoned.</param>
    /// <param name="after">How long it may have no reader; null: for ever, and nothing is watched.</param>
    /// <param name="time">Drives the timer.</param>
    public static Abandonment? Watch(Generation generation, TimeSpan? after, TimeProvider time) =>
        after is { } wait ? new Abandonment(generation, wait, time) : null;

    public void Dispose()
    {
        Frames.FirstReaderCame = null;
        Frames.LastReaderLeft = null;
        _timer.Dispose();
    }

    private FrameLog Frames => _generation.Frames;

    private void EndIfUnread()
    {
        if (!_generation.IsKeptUnread && !Frames.HasReaders)
            _generation.TryEnd(FinishReason.Interrupted,
                new FailurePayload(FailureCode.Interrupted, "The answer had no reader for too long."));
    }
}

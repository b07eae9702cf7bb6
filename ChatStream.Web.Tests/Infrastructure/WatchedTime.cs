using Microsoft.Extensions.Time.Testing;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>
/// Time that stands still until a test moves it, and that tells when somebody begins to wait for it: so a test moves it
/// neither too early nor by trying again and again. It starts at the real time, because cookies expire by that.
/// </summary>
internal sealed class WatchedTime() : FakeTimeProvider(TimeProvider.System.GetUtcNow())
{
    private readonly Lock _gate = new();
    private readonly List<TimeSpan> _armed = [];
    private readonly List<(TimeSpan Due, TaskCompletionSource Done)> _waiting = [];

    /// <summary>Completes when a timer is set to <paramref name="due"/>, or has been since this was last asked for.</summary>
    public Task ArmedAsync(TimeSpan due, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_armed.Remove(due))
                return Task.CompletedTask;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((due, done));
            return done.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>How many timers were set to <paramref name="due"/> that nobody has waited for.</summary>
    public int ArmedCount(TimeSpan due)
    {
        lock (_gate)
            return _armed.Count(armed => armed == due);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, base.CreateTimer(callback, state, dueTime, period));
        Armed(dueTime);
        return timer;
    }

    private void Armed(TimeSpan due)
    {
        if (due == Timeout.InfiniteTimeSpan)
            return;
        lock (_gate)
        {
            var at = _waiting.FindIndex(waiting => waiting.Due == due);
            if (at < 0)
            {
                _armed.Add(due);
                return;
            }
            _waiting[at].Done.SetResult();
            _waiting.RemoveAt(at);
        }
    }

    private sealed class Timer(WatchedTime time, ITimer inner) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = inner.Change(dueTime, period);
            time.Armed(dueTime);
            return changed;
        }

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}

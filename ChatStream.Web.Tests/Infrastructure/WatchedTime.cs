using Microsoft.Extensions.Time.Testing;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>
/// A clock that stands still until a test moves it. It reports when the app sets a timer, so the test moves it neither too
/// early nor repeatedly. It starts at the real time, because cookies expire by real time.
/// </summary>
internal sealed class WatchedTime() : FakeTimeProvider(TimeProvider.System.GetUtcNow())
{
    private readonly Lock _gate = new();
    private readonly List<(TimeSpan Due, TaskCompletionSource Done)> _waiting = [];

    /// <summary>
    /// Completes when a timer is next set to <paramref name="due"/>. Call it before the action that sets the timer.
    /// </summary>
    public Task NextAsync(TimeSpan due, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
            _waiting.Add((due, done));
        return done.Task.WaitAsync(cancellationToken);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, base.CreateTimer(callback, state, dueTime, period));
        Armed(dueTime);
        return timer;
    }

    private void Armed(TimeSpan due)
    {
        lock (_gate)
        {
            foreach (var (_, done) in _waiting.Where(waiting => waiting.Due == due))
                done.SetResult();
            _waiting.RemoveAll(waiting => waiting.Due == due);
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

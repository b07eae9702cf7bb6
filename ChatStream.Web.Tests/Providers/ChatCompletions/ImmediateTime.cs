namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>A clock whose timers fire at once, and that remembers how long they were meant to wait.</summary>
internal sealed class ImmediateTime : TimeProvider
{
    public List<TimeSpan> Waits { get; } = [];

    public TimeSpan Total => Waits.Aggregate(TimeSpan.Zero, (sum, wait) => sum + wait);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Waits.Add(dueTime);
        callback(state);
        return new Fired();
    }

    private sealed class Fired : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}

using Microsoft.Extensions.Time.Testing;

namespace ChatStream.Web.Tests.Emulation;

/// <summary>Fake time that reports when code waits for it, so that a test advances it at the right moment.</summary>
internal sealed class ObservedTime() : FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero))
{
    private readonly TaskCompletionSource _awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Awaited => _awaited.Task;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _awaited.TrySetResult();
        return timer;
    }
}

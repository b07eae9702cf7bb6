using System.Collections.Concurrent;

namespace ChatStream.Web.Answers.Running;

/// <summary>
/// The requests by which services are told to end background answers. The app does not stop before they are sent.
/// </summary>
internal sealed class Cancellations
{
    private readonly ConcurrentDictionary<Task, bool> _underWay = new();

    /// <summary>Completes when all that are under way are done.</summary>
    public Task Done => Task.WhenAll(_underWay.Keys);

    /// <param name="cancellation">Never faults.</param>
    public void Add(Task cancellation)
    {
        if (cancellation.IsCompleted)
            return;
        _underWay[cancellation] = true;
        _ = cancellation.ContinueWith(
            done => _underWay.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}

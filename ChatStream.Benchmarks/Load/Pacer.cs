namespace ChatStream.Benchmarks.Load;

/// <summary>Sends tokens when they are due, and records how late they were. Late pacing makes a run void.</summary>
internal sealed class Pacer
{
    private readonly PriorityQueue<UpstreamConnection, long> _due = new();

    public Samples Lateness { get; } = new();

    public void Schedule(UpstreamConnection connection, long at) => _due.Enqueue(connection, at);

    public void SendDue()
    {
        for (var now = LoadLoop.Now; _due.TryPeek(out var connection, out var at) && at <= now; now = LoadLoop.Now)
        {
            _due.Dequeue();
            Lateness.Add(now - at);
            if (connection.SendNext() is { } next)
                _due.Enqueue(connection, next);
        }
    }
}

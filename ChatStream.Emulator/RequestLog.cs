namespace ChatStream.Emulator;

internal sealed class RequestLog
{
    private readonly Lock _lock = new();
    private readonly List<EmulatedRequest> _requests = [];
    private readonly Dictionary<int, TaskCompletionSource<EmulatedRequest>> _awaited = [];

    public IReadOnlyList<EmulatedRequest> Snapshot()
    {
        lock (_lock) return [.. _requests];
    }

    public int Add(EmulatedRequest request)
    {
        lock (_lock)
        {
            var index = _requests.Count;
            _requests.Add(request);
            if (_awaited.Remove(index, out var awaited)) awaited.SetResult(request);
            return index;
        }
    }

    public Task<EmulatedRequest> At(int index, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        lock (_lock)
        {
            if (index < _requests.Count) return Task.FromResult(_requests[index]);
            if (!_awaited.TryGetValue(index, out var awaited))
            {
                awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _awaited.Add(index, awaited);
            }

            return awaited.Task.WaitAsync(cancellationToken);
        }
    }
}

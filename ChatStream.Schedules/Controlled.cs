using System.Threading.Tasks.Sources;

// Stand-ins for two types of the runtime, in the namespace that uses them. Work that they hand to the thread pool becomes a task,
// which Coyote controls.
namespace ChatStream.Web.Streaming;

/// <summary>Only one thread runs at a time, and it gives way only where it calls something that Coyote controls.</summary>
internal static class ThreadPool
{
    public static void UnsafeQueueUserWorkItem(IThreadPoolWorkItem item, bool preferLocal)
    {
        _ = preferLocal;
        Run(item.Execute);
    }

    /// <summary>Work that has not ended, and calls that have not returned from handing it over.</summary>
    public static int Pending { get; private set; }

    public static void Run(Action work)
    {
        Pending += 2;
        _ = Task.Run(() =>
        {
            work();
            Pending--;
        });
        Pending--;
    }

    /// <summary>Completes when no work is left. A schedule must not end before.</summary>
    public static async Task DoneAsync()
    {
        while (Pending > 0)
            await Task.Yield();
    }
}

internal struct ManualResetValueTaskSourceCore<T>
{
    private static readonly Action<object?> Completed = static _ => { };

    private Action<object?>? _continuation;
    private object? _state;

    public bool RunContinuationsAsynchronously { get; set; }

    public short Version { get; private set; }

    public void Reset()
    {
        Version++;
        (_continuation, _state) = (null, null);
    }

    public void SetResult(T result)
    {
        _ = result;
        if (Interlocked.CompareExchange(ref _continuation, Completed, null) is not { } continuation)
            return;
        if (continuation == Completed)
            throw new InvalidOperationException("Completed twice.");
        var state = _state;
        _continuation = Completed;
        if (RunContinuationsAsynchronously)
            ThreadPool.Run(() => continuation(state));
        else
            continuation(state);
    }

    public readonly ValueTaskSourceStatus GetStatus(short token) =>
        Checked(token)._continuation == Completed ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    public readonly void GetResult(short token)
    {
        if (Checked(token)._continuation != Completed)
            throw new InvalidOperationException("Not completed yet.");
    }

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _ = flags;
        _ = Checked(token);
        _state = state;
        if (Interlocked.CompareExchange(ref _continuation, continuation, null) is not null)
            ThreadPool.Run(() => continuation(state));
    }

    private readonly ManualResetValueTaskSourceCore<T> Checked(short token) =>
        token == Version ? this : throw new InvalidOperationException("Of an earlier wait.");
}

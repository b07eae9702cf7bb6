using ChatStream.Emulator.Wire;

namespace ChatStream.Emulator.Background;

/// <summary>
/// A response that is made in the background. Its events are kept, so any number of streams may read them, each from any event.
/// It goes on while nobody reads it.
/// </summary>
public sealed class BackgroundResponse : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<(string Type, string Data)> _events = [];
    private readonly List<(int At, bool IsReset)> _breaks = [];
    private readonly List<long> _resumed = [];
    private readonly CancellationTokenSource _cancel = new();
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ResponsesEvents _source;
    private TaskCompletionSource _changed = NewSignal();
    private bool _hasEnded;

    internal BackgroundResponse(string id, EmulatedRequest request, ResponsesEvents source)
    {
        (Id, Request, _source) = (id, request, source);
        CancelToken = _cancel.Token;
    }

    public string Id { get; }

    /// <summary>The request that created it.</summary>
    public EmulatedRequest Request { get; }

    /// <summary>Whether it can be streamed again: it was created with <c>stream</c>.</summary>
    public bool IsStreamed => Request.IsStreaming;

    /// <summary>Completes when it is cancelled.</summary>
    public Task Cancelled => _cancelled.Task;

    /// <summary>The <c>starting_after</c> of each stream that was opened again, in order; -1: from the beginning.</summary>
    public IReadOnlyList<long> Resumed
    {
        get { lock (_lock) return [.. _resumed]; }
    }

    /// <summary>Cancelled with the response.</summary>
    internal CancellationToken CancelToken { get; }

    /// <summary>The response as it is now, as JSON.</summary>
    internal string Json
    {
        get { lock (_lock) return _source.Snapshot(); }
    }

    public void Dispose() => _cancel.Dispose();

    /// <summary>Cancels it, unless it has ended. Cancelling twice is cancelling once.</summary>
    internal void Cancel()
    {
        lock (_lock)
        {
            if (_hasEnded) return;
            _source.Cancel();
            _hasEnded = true;
            Change();
        }
        _cancel.Cancel();
        _cancelled.TrySetResult();
    }

    internal void NoteResumed(long after)
    {
        lock (_lock) _resumed.Add(after);
    }

    /// <summary>Adds what an action makes of the response's events.</summary>
    internal void Add(Func<ResponsesEvents, IEnumerable<(string Type, string Data)>> make, bool ends = false)
    {
        lock (_lock)
        {
            if (_hasEnded) return;
            _events.AddRange(make(_source));
            _hasEnded |= ends;
            Change();
        }
    }

    /// <summary>Ends the response without a further event.</summary>
    internal void End() => Add(_ => [], ends: true);

    /// <summary>Breaks the next connection that has read all events so far. The response goes on.</summary>
    internal void Break(bool isReset)
    {
        lock (_lock)
        {
            _breaks.Add((_events.Count, isReset));
            Change();
        }
    }

    /// <summary>What a connection does that has read the events before a number. Waits until that is certain.</summary>
    internal async Task<ReadStep> NextAsync(int number, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_breaks.FindIndex(known => known.At == number) is >= 0 and var found)
                {
                    var isReset = _breaks[found].IsReset;
                    _breaks.RemoveAt(found);
                    return new ReadStep(null, isReset);
                }
                if (number < _events.Count) return new ReadStep(_events[number], null);
                if (_hasEnded) return new ReadStep(null, null);
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellationToken);
        }
    }

    private void Change()
    {
        var changed = _changed;
        _changed = NewSignal();
        changed.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="Event">The event to send; null: there is none.</param>
    /// <param name="Break">Whether the connection is broken with RST, or with FIN; null: it is not broken.</param>
    internal readonly record struct ReadStep((string Type, string Data)? Event, bool? Break);
}

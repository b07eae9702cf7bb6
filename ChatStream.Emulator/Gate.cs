using System.Threading.Channels;

namespace ChatStream.Emulator;

/// <summary>A place where a script waits until the test lets it continue.</summary>
public sealed class Gate
{
    private readonly Channel<bool> _passes = Channel.CreateUnbounded<bool>();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a script reaches the gate for the first time.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Opens the gate for good: every wait ends, now and later.</summary>
    public void Open() => _passes.Writer.TryComplete();

    /// <summary>Ends one wait. With one gate between all tokens, a test lets them out one by one.</summary>
    public void LetOne() => _passes.Writer.TryWrite(true);

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        _reached.TrySetResult();
        while (await _passes.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_passes.Reader.TryRead(out _)) return;
        }
    }
}

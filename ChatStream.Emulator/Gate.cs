using System.Threading.Channels;

namespace ChatStream.Emulator;

/// <summary>Where a script waits until the test lets it go on.</summary>
public sealed class Gate
{
    private readonly Channel<bool> _passes = Channel.CreateUnbounded<bool>();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a script stands at the gate for the first time.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Opens for good: every wait, now and later, passes.</summary>
    public void Open() => _passes.Writer.TryComplete();

    /// <summary>Lets one wait pass, so that one gate between all tokens lets them out one by one.</summary>
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

using System.Text;
using System.Threading.Channels;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>A body that the test writes piece by piece. It tells when a read waits for more.</summary>
internal sealed class FedBody : ReadOnlyBody
{
    private readonly Channel<Func<byte[]>> _pieces = Channel.CreateUnbounded<Func<byte[]>>();
    private readonly SemaphoreSlim _waits = new(0);
    private ReadOnlyMemory<byte> _rest;

    /// <summary>The cancellation token of each read.</summary>
    public List<CancellationToken> Tokens { get; } = [];

    public void Feed(string text) => _pieces.Writer.TryWrite(() => Encoding.UTF8.GetBytes(text));

    public void Break(Exception fault) => _pieces.Writer.TryWrite(() => throw fault);

    public void End() => _pieces.Writer.Complete();

    /// <summary>Completes when a read has found nothing and waits.</summary>
    public Task ReadIsPendingAsync() => _waits.WaitAsync(NUnit.Framework.TestContext.CurrentContext.CancellationToken);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Tokens.Add(cancellationToken);
        if (_rest.IsEmpty)
        {
            if (!_pieces.Reader.TryRead(out var piece))
            {
                var more = _pieces.Reader.WaitToReadAsync(cancellationToken);
                _waits.Release();
                if (!await more)
                    return 0;
                _pieces.Reader.TryRead(out piece);
            }
            _rest = piece!();
        }
        var taken = Math.Min(buffer.Length, _rest.Length);
        _rest[..taken].CopyTo(buffer);
        _rest = _rest[taken..];
        return taken;
    }
}

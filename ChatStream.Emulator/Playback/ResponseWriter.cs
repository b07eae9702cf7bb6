using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace ChatStream.Emulator.Playback;

/// <summary>Writes a response. A write returns when its bytes have left the process, and throws if the client is gone.</summary>
internal sealed class ResponseWriter(HttpContext context)
{
    private readonly PipeWriter _body = context.Response.BodyWriter;

    public Socket Socket { get; } = context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _body.WriteAsync(bytes, cancellationToken);
        ThrowIfGone(cancellationToken);
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _body.FlushAsync(cancellationToken);
        ThrowIfGone(cancellationToken);
    }

    /// <summary>Changes the status. The headers must not have been sent.</summary>
    public void Fail(int status) => context.Response.StatusCode = status;

    /// <summary>Sends a whole body, with its length.</summary>
    public Task EndWholeAsync(ReadOnlyMemory<byte> body)
    {
        context.Response.ContentLength = body.Length;
        return EndAsync(body);
    }

    /// <summary>
    /// Sends the last bytes in one write with the end of the response. A client that stops reading at the last event has then
    /// received the whole response.
    /// </summary>
    public Task EndAsync(ReadOnlyMemory<byte> last)
    {
        _body.Write(last.Span);
        return context.Response.CompleteAsync();
    }

    // A failed write returns like a successful one; RequestAborted is signalled a little later.
    private void ThrowIfGone(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!Socket.Connected) throw new ClientClosedException();
    }
}

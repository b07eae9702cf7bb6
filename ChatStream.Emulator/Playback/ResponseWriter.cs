using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace ChatStream.Emulator.Playback;

/// <summary>Writes that have left this process when they return, or that tell that the client is gone.</summary>
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

    /// <summary>Leaves together with the response's end, so that who stops reading at the last event has read it all.</summary>
    public Task EndAsync(ReadOnlyMemory<byte> last)
    {
        _body.Write(last.Span);
        return context.Response.CompleteAsync();
    }

    // A write that fails returns as one that succeeded does, and RequestAborted is signalled a little later.
    private void ThrowIfGone(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!Socket.Connected) throw new ClientClosedException();
    }
}

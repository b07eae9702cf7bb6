namespace ChatStream.Emulator.Playback;

/// <summary>Writes that have left this process when they return, or that tell that the client is gone.</summary>
internal sealed class ResponseWriter(HttpContext context)
{
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var result = await context.Response.BodyWriter.WriteAsync(bytes, cancellationToken);
        if (result.IsCompleted) throw new ClientClosedException();
        cancellationToken.ThrowIfCancellationRequested();
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        var result = await context.Response.BodyWriter.FlushAsync(cancellationToken);
        if (result.IsCompleted) throw new ClientClosedException();
        cancellationToken.ThrowIfCancellationRequested();
    }

    public Task EndAsync() => context.Response.CompleteAsync();
}

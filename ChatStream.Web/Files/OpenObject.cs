namespace ChatStream.Web.Files;

/// <summary>Passes on what is written but for the last byte, the end of a JSON object: more members follow.</summary>
internal sealed class OpenObject(Stream target) : Stream
{
    private readonly byte[] _last = new byte[1];
    private bool _hasLast;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0)
            return;
        if (_hasLast)
            await target.WriteAsync(_last, cancellationToken);
        await target.WriteAsync(buffer[..^1], cancellationToken);
        (_last[0], _hasLast) = (buffer.Span[^1], true);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => target.FlushAsync(cancellationToken);

    public override void Flush()
    {
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}

namespace ChatStream.Web.Tools.Mcp;

/// <summary>
/// What a server sends, as long as it is no flood: each message is a line, or a response, and has a largest size. Behind that
/// the stream breaks, so that no message is ever kept in memory that is larger.
/// </summary>
/// <param name="inner">What the server sends.</param>
/// <param name="isLines">Whether a line end begins the count anew.</param>
/// <param name="allowance">For all that is sent; null: <see cref="MostAtOnce"/> until the next call begins.</param>
internal sealed class BoundedStream(Stream inner, bool isLines = true, ByteAllowance? allowance = null) : Stream
{
    /// <summary>Bytes of one message. A result is cut far earlier.</summary>
    public const int LargestMessage = 4 * 1024 * 1024;

    /// <summary>Bytes between two calls: a server that talks without end is a flood, too.</summary>
    public const long MostAtOnce = 16 * 1024 * 1024;

    private readonly ByteAllowance _allowance = allowance ?? new ByteAllowance(MostAtOnce);
    private long _bytes; // of the message

    /// <summary>A call begins.</summary>
    public void BeginCall() => _allowance.Renew();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        return Count(buffer.Span, read);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        Count(buffer.AsSpan(offset, count), inner.Read(buffer, offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private int Count(ReadOnlySpan<byte> buffer, int read)
    {
        var line = isLines ? buffer[..read].LastIndexOf((byte)'\n') : -1;
        _bytes = line < 0 ? _bytes + read : read - line - 1;
        return _bytes <= LargestMessage && _allowance.TryTake(read) ? read
            : throw new IOException($"The server sent a message of more than {LargestMessage} bytes, or too many of them.");
    }
}

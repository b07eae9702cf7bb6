using System.Runtime.CompilerServices;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Providers;

/// <summary>
/// A model's answer as it is read: each read bears the watchdog's token and tells it of bytes (the SDK's own stream ignores a
/// token after the headers), and no event may exceed 1 MB (the parser would gather a line of any length).
/// </summary>
internal sealed class WatchedStream(Stream inner, ResponseWatchdog watchdog, bool countsEvents) : Stream
{
    public const int LargestEvent = 1024 * 1024;

    private int _sinceBlankLine;
    private bool _atLineStart = true;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = inner.ReadAsync(buffer, watchdog.Token);
        return read.IsCompletedSuccessfully ? new ValueTask<int>(Received(buffer, read.Result)) : ReceivedAsync(buffer, read);
    }

    // Pooled: this waits once a token.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceivedAsync(Memory<byte> buffer, ValueTask<int> read) => Received(buffer, await read);

    private int Received(Memory<byte> buffer, int read)
    {
        if (read > 0)
        {
            watchdog.ByteReceived();
            if (countsEvents)
                Count(buffer.Span[..read]);
        }
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    private void Count(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var lineEnd = bytes.IndexOf((byte)'\n');
            var line = lineEnd < 0 ? bytes : bytes[..lineEnd];
            var isBlank = _atLineStart && (line.IsEmpty || line is [(byte)'\r']);
            _sinceBlankLine = isBlank && lineEnd >= 0 ? 0 : _sinceBlankLine + line.Length;
            if (_sinceBlankLine > LargestEvent)
                throw new ModelException(FailureCode.MalformedResponse, "The model service sent an event larger than 1 MB.");
            // A CR at the end of a read belongs to the line end that follows.
            _atLineStart = lineEnd >= 0 || isBlank;
            bytes = lineEnd < 0 ? default : bytes[(lineEnd + 1)..];
        }
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

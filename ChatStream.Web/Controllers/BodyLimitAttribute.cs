using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Filters;

namespace ChatStream.Web.Controllers;

/// <summary>
/// Refuses a body that is too large when it is read, with 413. The web server's own limit is higher, so that it takes the rest of
/// such a body after the answer. If it closed the connection instead, a proxy that still sends would tell its client 502.
/// </summary>
/// <param name="bytes">The most bytes of a body.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BodyLimitAttribute(long bytes) : Attribute, IResourceFilter
{
    /// <summary>How much larger a body may be whose rest is still taken.</summary>
    private const long Rest = 16 * 1024 * 1024;

    public void OnResourceExecuting(ResourceExecutingContext context) => LimitBody(context.HttpContext, bytes);

    public void OnResourceExecuted(ResourceExecutedContext context)
    {
    }

    public static void LimitBody(HttpContext http, long bytes)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = bytes + Rest;
        http.Request.Body = new LimitedBody(http.Request.Body, http.Request.ContentLength, bytes);
    }

    private sealed class LimitedBody(Stream inner, long? length, long most) : Stream
    {
        private long _read;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            // Asked before the first byte is read: a client may wait for a 100 before it sends any.
            Check(length ?? 0);
            var read = await inner.ReadAsync(buffer, cancellationToken);
            Check(_read += read);
            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        private void Check(long size)
        {
            if (size > most)
                throw new TooLargeBodyException(most);
        }
    }
}

/// <summary>A body is larger than it may be.</summary>
/// <param name="most">The most bytes that it may have.</param>
internal sealed class TooLargeBodyException(long most) : IOException($"The body is larger than {most} bytes.")
{
    public long Most => most;
}

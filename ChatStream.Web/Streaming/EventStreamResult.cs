using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Streaming;

/// <summary>
/// Streams a frame log to the response body as Server-Sent Events: what is there at once, then each frame as it comes, until
/// the log's end. It owns the reader that it is given and closes it, however the response ends.
/// </summary>
/// <remarks>
/// A client that goes away is a quiet end. What the reader cannot take waits in the log and not in memory of the response, so
/// a slow client costs nobody anything; one that takes nothing at all is cut off (Kestrel's own minimum data rate counts what
/// the kernel buffered as credit and would wait for hours).
/// </remarks>
internal sealed class EventStreamResult(FrameReader reader) : IActionResult
{
    /// <summary>
    /// At most this much goes out in one write, so that a reader of a long answer over a thin line is seen to make progress.
    /// </summary>
    private const int WriteLimit = 32 * 1024;

    private static readonly byte[] Comment = [.. ":\n\n"u8];

    public async Task ExecuteResultAsync(ActionContext context)
    {
        using var owned = reader;
        var http = context.HttpContext;
        var options = http.RequestServices.GetRequiredService<IOptions<StreamingOptions>>().Value;
        var time = http.RequestServices.GetRequiredService<TimeProvider>();

        WriteHeaders(http.Response);
        http.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();

        await using var watch = new ReaderWatch(reader, options, time, http.Abort);
        try
        {
            Task streaming;
            // What flows with a request, its activity and its culture, would be switched to and back for each frame: it goes on in
            // the context of whoever wakes it.
            using (ExecutionContext.SuppressFlow())
                streaming = StreamAsync(http.Response, watch);
            await streaming;
        }
        catch (Exception) when (reader.Gone.IsCancellationRequested)
        {
            // The client left in mid-write. The generation does not care, and neither does the log.
        }
    }

    private async Task StreamAsync(HttpResponse response, ReaderWatch watch)
    {
        var (body, headersSent) = (response.BodyWriter, false);
        while (!reader.Gone.IsCancellationRequested)
        {
            // All that is pending goes out in one write and one flush: under load, frames gather here by themselves.
            var bytes = reader.TakePiece(WriteLimit);
            if (bytes.IsEmpty && watch.TakeKeepAlive())
                bytes = Comment;
            if (!bytes.IsEmpty || !headersSent)
            {
                var flush = WriteAsync(body, bytes);
                if (!flush.IsCompleted)
                    watch.WriteStarts(); // the client does not take it as fast as it comes
                var flushed = await flush;
                watch.WriteEnded();
                headersSent = true; // alone, where no frame is pending yet: the client is to know that it is connected
                if (flushed.IsCompleted)
                    return;
            }
            if (reader.IsAtEnd())
                return;
            if (reader.HasCaughtUp)
                await reader.WaitAsync();
        }
    }

    private ValueTask<FlushResult> WriteAsync(PipeWriter body, ReadOnlyMemory<byte> bytes)
    {
        // In one call, because the web server locks for each; and nearly always there is but one piece.
        if (reader.HasCaughtUp && !bytes.IsEmpty)
            return body.WriteAsync(bytes, reader.Gone);
        body.Write(bytes.Span);
        reader.CopyTo(body, WriteLimit - bytes.Length);
        return body.FlushAsync(reader.Gone);
    }

    private static void WriteHeaders(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store, no-transform";
        response.Headers["X-Accel-Buffering"] = "no"; // nginx
    }
}

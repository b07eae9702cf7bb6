using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Streaming;

/// <summary>
/// Streams a frame log to the response body as Server-Sent Events: pending frames at once, then each frame as it comes, until
/// the log's end. The result owns its reader and disposes of it, however the response ends.
/// </summary>
/// <remarks>
/// A client that disconnects ends the response quietly. Frames that a slow client cannot take yet wait in the log and not in the
/// response, so a slow client uses no extra memory and delays no other reader. A client that takes nothing is cut off after
/// <see cref="StreamingOptions.DropStalledAfter"/>. Kestrel's own minimum data rate would take hours for that, because it counts
/// the bytes that the kernel buffers as sent.
/// </remarks>
internal sealed class EventStreamResult(FrameReader reader) : IActionResult
{
    /// <summary>
    /// The most bytes in one write. On a slow line a long answer takes many writes, so the client is seen to make progress.
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
            // The request's execution context (activity, culture) does not flow: switching to it and back for each frame costs
            // time, and nothing in the loop needs it. The loop goes on in the context of the thread that wakes it.
            using (ExecutionContext.SuppressFlow())
                streaming = StreamAsync(http.Response, watch);
            await streaming;
        }
        catch (Exception) when (reader.Gone.IsCancellationRequested)
        {
            // The client disconnected during a write. Neither the generation nor the log is affected.
        }
    }

    private async Task StreamAsync(HttpResponse response, ReaderWatch watch)
    {
        var (body, headersSent) = (response.BodyWriter, false);
        while (!reader.Gone.IsCancellationRequested)
        {
            // All pending frames go out in one write and one flush. Under load, more frames are pending each time.
            var bytes = reader.Take(WriteLimit);
            if (bytes.IsEmpty && watch.TakeKeepAlive())
                bytes = Comment;
            if (!bytes.IsEmpty || !headersSent)
            {
                var flush = WriteAsync(body, bytes);
                if (!flush.IsCompleted)
                    watch.WriteStarts(); // the client takes bytes more slowly than they come
                var flushed = await flush;
                watch.WriteEnded();
                headersSent = true; // even without a frame, so that the client knows that it is connected
                if (flushed.IsCompleted)
                    return;
            }
            if (reader.IsAtEnd)
            {
                reader.MarkDelivered();
                return;
            }
            if (reader.HasCaughtUp)
                await reader.WaitAsync();
        }
    }

    private ValueTask<FlushResult> WriteAsync(PipeWriter body, ReadOnlyMemory<byte> bytes)
    {
        // Nearly always all pending bytes lie in one block. Then one call suffices, and the web server takes one lock.
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
        response.Headers["Incremental"] = "?1"; // RFC 10036: pass it on as it comes
    }
}

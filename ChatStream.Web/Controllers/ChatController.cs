using ChatStream.Web.Answers;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Contract;
using ChatStream.Web.Streaming;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>Starts answers, attaches to them, stops them. An action decides; the result streams.</summary>
[Route("chat/stream")]
[RefusalFilter]
internal sealed class ChatController(AnswerStarter starter, AnswerLookup answers, AnswerStopper stopper, TimeProvider time) : Controller
{
    /// <summary>Starts a generation with a GET: <c>new EventSource('/chat/stream?message=Hello')</c>.</summary>
    [HttpGet("")]
    [StartsGeneration]
    public async Task<IActionResult> StartByGet()
    {
        Request.RequireShortLine();
        var start = new StartRequest
        {
            Message = Request.Parameter("message"),
            ConversationId = Request.Parameter("conversationId"),
            Model = Request.Parameter("model"),
        };
        return await StartAsync(() => Task.FromResult(start), RepeatKey.OfIdentical);
    }

    /// <summary>Starts a generation.</summary>
    [HttpPost("")]
    [RequestSizeLimit(RequestReading.LargestBody)]
    public Task<IActionResult> Start() => StartAsync(() => Request.ReadJsonAsync(WireJson.Wire.StartRequest, HttpContext.RequestAborted), _ => null);

    /// <summary>Attaches to a generation, or tells its state.</summary>
    [HttpGet("{generationId}")]
    public Task<IActionResult> Attach(string generationId) => AttachAsync(generationId, Request.LastEventId());

    /// <summary>Stops a generation; what was written so far is kept.</summary>
    [HttpPost("{generationId}/stop")]
    public async Task<IActionResult> Stop(string generationId)
    {
        await stopper.StopAsync(HttpContext.Owner(), generationId, HttpContext.RequestAborted);
        return NoContent();
    }

    private async Task<IActionResult> StartAsync(Func<Task<StartRequest>> read, Func<StartRequest, RepeatKey?> repeatWithoutKey)
    {
        // Whoever has a frame already is reconnecting: that never starts anything.
        if (Request.LastEventId() is { } after)
            return await AttachAsync(after.GenerationId, after);

        var (preference, aborted) = (PreferHeader.Of(Request), HttpContext.RequestAborted);
        var shape = preference.RespondAsync ? AnswerShape.Json : AnswerShapes.Of(Request);

        var request = await read();
        var key = Request.IdempotencyKey() is { } given ? RepeatKey.Of(given, request) : repeatWithoutKey(request);

        if (preference.RespondAsync)
        {
            var started = await starter.StartAsync(HttpContext.Owner(), request, key, keepUnread: true, aborted);
            using var _ = started.Reader;
            return await AcceptedAsync(started.GenerationId, "respond-async");
        }
        if (shape == AnswerShape.Json)
            return await WaitAsync(request, key, preference.Wait);
        return Stream(await starter.StartAsync(HttpContext.Owner(), request, key, keepUnread: false, aborted));
    }

    private async Task<IActionResult> AttachAsync(string generationId, FrameId? after) =>
        AnswerShapes.Of(Request) == AnswerShape.Json
            ? Json(await answers.FindAsync(HttpContext.Owner(), generationId, HttpContext.RequestAborted))
            : Stream(await answers.AttachAsync(HttpContext.Owner(), generationId, after, HttpContext.RequestAborted));

    private async Task<IActionResult> WaitAsync(StartRequest request, RepeatKey? key, TimeSpan? wait)
    {
        using var limit = wait is { } longest ? new CancellationTokenSource(longest, time) : new CancellationTokenSource();
        var started = await starter.StartAsync(HttpContext.Owner(), request, key, keepUnread: false, HttpContext.RequestAborted);
        using var reader = started.Reader;
        if (reader is null || await reader.SkipToEndAsync(limit.Token))
            return Json(await answers.FindAsync(HttpContext.Owner(), started.GenerationId, HttpContext.RequestAborted));
        if (HttpContext.RequestAborted.IsCancellationRequested)
            return new EmptyResult();
        starter.KeepUnread(HttpContext.Owner(), started.GenerationId);
        return await AcceptedAsync(started.GenerationId, $"wait={wait!.Value.TotalSeconds:0}");
    }

    private async Task<IActionResult> AcceptedAsync(string generationId, string applied)
    {
        Response.Headers["Preference-Applied"] = applied;
        var answer = await answers.FindAsync(HttpContext.Owner(), generationId, HttpContext.RequestAborted);
        Response.Headers.Location = $"/chat/stream/{generationId}";
        return new AnswerResult(answer, StatusCodes.Status202Accepted);
    }

    private IActionResult Stream(Attachment attachment)
    {
        HttpContext.TagGeneration(attachment.GenerationId);
        return attachment.Reader is { } reader ? new EventStreamResult(reader) : NoContent();
    }

    private static IActionResult Json(Answer answer) => answer is { FinishReason: FinishReason.Failed, Failure: { } failure }
        ? Problems.Of(answer, failure)
        : new AnswerResult(answer, StatusCodes.Status200OK);
}

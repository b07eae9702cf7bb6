using ChatStream.Web.Answers;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Contract;
using ChatStream.Web.Streaming;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>
/// Starts answers, attaches to them, stops them. An action decides; the result streams. Parameters are bound in their order, and
/// the first fault is the answer: <c>Prefer</c> and <c>Accept</c> are checked before the body is read.
/// </summary>
[Route("chat/stream")]
[RefusalFilter]
public sealed class ChatController(
    IAnswerStarter starter, IAnswerLookup answers, IAnswerStopper stopper, IToolDecider decider, TimeProvider time) : Controller
{
    /// <summary>Starts a generation with a GET: <c>new EventSource('/chat/stream?message=Hello')</c>.</summary>
    [HttpGet("")]
    [StartsGeneration]
    [RequestLineLimit]
    [ProducesResponseType<Answer>(StatusCodes.Status200OK, MediaTypes.EventStream, MediaTypes.Json)]
    [ProducesResponseType<Answer>(StatusCodes.Status202Accepted, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    public Task<IActionResult> StartByGet(
        AnswerPreference preference,
        [FromQuery] string? message,
        [FromQuery] string? conversationId,
        [FromQuery] string? model,
        [FromHeader(Name = HeaderOrQuery.IdempotencyKeyHeader)] string? keyInHeader,
        [FromQuery(Name = HeaderOrQuery.IdempotencyKeyParameter)] string? keyInQuery)
    {
        var start = new StartRequest { Message = message, ConversationId = conversationId, Model = model };
        var key = HeaderOrQuery.IdempotencyKey(keyInHeader, keyInQuery);
        return StartAsync(start, key is null ? RepeatKey.OfIdentical(start) : RepeatKey.Of(key, start), preference);
    }

    /// <summary>Starts a generation.</summary>
    [HttpPost("")]
    [BodyLimit(RequestLimits.Body)]
    [ProducesResponseType<Answer>(StatusCodes.Status200OK, MediaTypes.EventStream, MediaTypes.Json)]
    [ProducesResponseType<Answer>(StatusCodes.Status202Accepted, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    public Task<IActionResult> Start(
        AnswerPreference preference,
        [FromBody] StartRequest start,
        [FromHeader(Name = HeaderOrQuery.IdempotencyKeyHeader)] string? keyInHeader,
        [FromQuery(Name = HeaderOrQuery.IdempotencyKeyParameter)] string? keyInQuery)
    {
        var key = HeaderOrQuery.IdempotencyKey(keyInHeader, keyInQuery);
        return StartAsync(start, key is null ? null : RepeatKey.Of(key, start), preference);
    }

    /// <summary>
    /// Attaches after the last frame that the client has. A client with a frame reconnects, with the request that it started
    /// with: that never starts anything, and its message or body is not looked at.
    /// </summary>
    [HttpGet("")]
    [HttpPost("")]
    [Reconnects]
    [StartsGeneration] // Guarded like a start, because it is the same request.
    [RequestLineLimit]
    [BodyLimit(RequestLimits.Body)]
    [ApiExplorerSettings(IgnoreApi = true)]
    public Task<IActionResult> Reconnect(
        [FromHeader(Name = HeaderOrQuery.LastEventIdHeader)] string? lastInHeader,
        [FromQuery(Name = HeaderOrQuery.LastEventIdParameter)] string? lastInQuery)
    {
        var last = HeaderOrQuery.LastEventId(lastInHeader, lastInQuery);
        return AttachAsync(last!.Value.GenerationId, last);
    }

    /// <summary>Attaches to a generation, or tells its state.</summary>
    [HttpGet("{generationId}")]
    [ProducesResponseType<Answer>(StatusCodes.Status200OK, MediaTypes.EventStream, MediaTypes.Json)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    public Task<IActionResult> Attach(
        [FromRoute] string generationId,
        [FromHeader(Name = HeaderOrQuery.LastEventIdHeader)] string? lastInHeader,
        [FromQuery(Name = HeaderOrQuery.LastEventIdParameter)] string? lastInQuery) =>
        AttachAsync(generationId, HeaderOrQuery.LastEventId(lastInHeader, lastInQuery));

    /// <summary>A stream has no response without its body.</summary>
    [HttpHead("")]
    [HttpHead("{generationId}")]
    [ApiExplorerSettings(IgnoreApi = true)]
    public IActionResult RefuseHead()
    {
        Response.Headers.Allow = RouteData.Values.ContainsKey("generationId") ? "GET" : "GET, POST";
        return ProblemResult.Of(new Refusal(405, Field: null, "HEAD is for pages, lists and files."));
    }

    /// <summary>Stops a generation. The text that was written so far is kept.</summary>
    [HttpPost("{generationId}/stop")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    public async Task<IActionResult> Stop([FromRoute] string generationId)
    {
        await stopper.StopAsync(HttpContext.Owner(), generationId, HttpContext.RequestAborted);
        return NoContent();
    }

    /// <summary>Decides about a call of a tool that asks first.</summary>
    [HttpPost("{generationId}/tools/{callId}")]
    [BodyLimit(RequestLimits.Fields)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status409Conflict, MediaTypes.Problem)]
    public async Task<IActionResult> Decide(
        [FromRoute] string generationId, [FromRoute] string callId, [FromBody] ToolDecision decision)
    {
        if (decision.Remember is not null && decision.Decision != ToolVerdict.Allow)
            throw new RefusedException(400, "remember", "Only an allowed call is remembered, for its conversation.");
        await decider.DecideAsync(HttpContext.Owner(), generationId, callId, decision, HttpContext.RequestAborted);
        return NoContent();
    }

    private async Task<IActionResult> StartAsync(StartRequest start, RepeatKey? key, AnswerPreference preference)
    {
        var (caller, aborted) = (HttpContext.Caller(), HttpContext.RequestAborted);
        if (preference.RespondAsync)
        {
            var started = await starter.StartAsync(caller, start, key, keepUnread: true, aborted);
            using var _ = started.Reader;
            Warn(started);
            return await AcceptedAsync(started.GenerationId, "respond-async");
        }
        if (preference.Shape == AnswerShape.Json)
            return await WaitAsync(start, key, preference.Wait);
        var attachment = await starter.StartAsync(caller, start, key, keepUnread: false, aborted);
        Warn(attachment);
        return Stream(attachment);
    }

    private void Warn(Attachment started)
    {
        if (started.Budget is { } budget)
            BudgetNotice.Tell(HttpContext, budget);
    }

    private async Task<IActionResult> AttachAsync(string generationId, FrameId? after)
    {
        var (owner, aborted) = (HttpContext.Owner(), HttpContext.RequestAborted);
        return AnswerPreference.ShapeOf(Request) == AnswerShape.Json
            ? State(await answers.FindAsync(owner, generationId, aborted))
            : Stream(await answers.AttachAsync(owner, generationId, after, aborted));
    }

    private async Task<IActionResult> WaitAsync(StartRequest start, RepeatKey? key, TimeSpan? wait)
    {
        var (caller, aborted) = (HttpContext.Caller(), HttpContext.RequestAborted);
        using var limit = wait is { } longest ? new CancellationTokenSource(longest, time) : new CancellationTokenSource();
        var started = await starter.StartAsync(caller, start, key, keepUnread: false, aborted);
        using var reader = started.Reader;
        Warn(started);
        if (reader is null || await reader.SkipToEndAsync(limit.Token))
            return Whole(await answers.FindStartedAsync(caller.Owner, started.GenerationId, aborted));
        if (aborted.IsCancellationRequested)
            return new EmptyResult();
        starter.KeepUnread(caller.Owner, started.GenerationId);
        return await AcceptedAsync(started.GenerationId, $"wait={wait!.Value.TotalSeconds:0}");
    }

    private async Task<IActionResult> AcceptedAsync(string generationId, string applied)
    {
        Response.Headers["Preference-Applied"] = applied;
        var answer = await answers.FindStartedAsync(HttpContext.Owner(), generationId, HttpContext.RequestAborted);
        Response.Headers.Location = Request.LocalPathOf($"/chat/stream/{generationId}");
        HttpContext.TagGeneration(generationId);
        return new WireResult(answer, StatusCodes.Status202Accepted);
    }

    private IActionResult Stream(Attachment attachment)
    {
        HttpContext.TagGeneration(attachment.GenerationId);
        if (attachment.Reader is not { } reader)
            return NoContent();
        var stream = new EventStreamResult(reader);
        return attachment.Elsewhere is { } instance && HttpContext.ForwardedCaller() is null
            ? new ForwardedResult(instance) { Otherwise = stream, Unused = reader }
            : stream;
    }

    /// <summary>The answer to a start that waited: a failure is that start's failure.</summary>
    private IActionResult Whole(Answer answer) => answer is { FinishReason: FinishReason.Failed, Failure: { } failure }
        ? ProblemResult.Of(answer, failure, time.GetUtcNow())
        : State(answer);

    /// <summary>How an answer stands. This is no failure of the request that asks for it, whatever it says.</summary>
    private WireResult State(Answer answer)
    {
        HttpContext.TagGeneration(answer.GenerationId);
        return new WireResult(answer);
    }
}

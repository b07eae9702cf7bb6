using ChatStream.Web.Admin;
using ChatStream.Web.Answers.Summing;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Providers;
using ChatStream.Web.Streaming;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>What the model sees of a conversation, and summaries in the place of what it no longer sees.</summary>
[Route("conversations/{id}")]
[RefusalFilter]
[HeadLikeGet]
public sealed class SummariesController(
    IConversationLibrary library, ISummaries summaries, ModelCatalog catalog, IAuditLog audit) : Controller
{
    /// <summary>What a model would see of the path last shown if the conversation went on now.</summary>
    /// <param name="id">The conversation.</param>
    /// <param name="model">A name in <c>GET /models</c>; absent: the model of the last answer.</param>
    [HttpGet("context")]
    [ProducesResponseType<ContextState>(StatusCodes.Status200OK, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    public async Task<IActionResult> Context([FromRoute] string id, [FromQuery] string? model)
    {
        if (model is not null && catalog.Find(model, HttpContext.Rights()) is null)
        {
            throw new RefusedException(
                400, "model", "There is no such model. GET /models lists those there are.", "unknown_model");
        }
        var (owner, aborted) = (HttpContext.Owner(), HttpContext.RequestAborted);
        var shown = await library.FindShownAsync(owner, id, aborted) ?? throw Unknown();
        return new WireResult(await summaries.FindAsync(owner, shown, model, aborted));
    }

    /// <summary>Has a summary written of what the model no longer sees. It is not stored. To leave is to stop it.</summary>
    [HttpPost("summaries")]
    [BodyLimit(RequestLimits.Body)]
    [ProducesResponseType<Answer>(StatusCodes.Status200OK, MediaTypes.EventStream)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status409Conflict, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status429TooManyRequests, MediaTypes.Problem)]
    public async Task<IActionResult> Write([FromRoute] string id, [FromBody] SummaryRequest request)
    {
        var summary = await summaries.WriteAsync(HttpContext.Caller(), id, request.Model, HttpContext.RequestAborted);
        HttpContext.TagGeneration(summary.GenerationId);
        return new EventStreamResult(summary.Reader!);
    }

    /// <summary>Stores a summary of the path up to a message, or replaces its text.</summary>
    [HttpPut("summaries/{messageId}")]
    [BodyLimit(RequestLimits.Body)]
    [ProducesResponseType<SummaryNode>(StatusCodes.Status200OK, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    public async Task<IActionResult> Keep([FromRoute] string id, [FromRoute] string messageId, [FromBody] SummaryText summary) =>
        new WireResult(await summaries.KeepAsync(HttpContext.Owner(), id, messageId, summary.Text) ?? throw Unknown());

    /// <summary>Removes a summary. The model then sees nothing in its place.</summary>
    [HttpDelete("summaries/{messageId}")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    public async Task<IActionResult> Remove([FromRoute] string id, [FromRoute] string messageId)
    {
        if (!await summaries.RemoveAsync(HttpContext.Owner(), id, messageId))
            throw new RefusedException(404, "messageId", "There is no such summary.");
        await audit.NoteAsync(HttpContext.Caller(), AuditAction.SummaryDeleted, messageId);
        return NoContent();
    }

    private static RefusedException Unknown() => new(404, "id", "There is no such conversation.");
}

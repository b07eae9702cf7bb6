using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>What the sender thinks of an answer.</summary>
[Route("conversations/{id}/feedback/{messageId}")]
[RefusalFilter]
public sealed class FeedbackController(IFeedback feedback) : Controller
{
    /// <summary>Stores it, in the place of what was stored before.</summary>
    [HttpPut("")]
    [BodyLimit(RequestLimits.Body)]
    [ProducesResponseType<FeedbackNode>(StatusCodes.Status200OK, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status403Forbidden, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status409Conflict, MediaTypes.Problem)]
    public async Task<IActionResult> Keep(
        [FromRoute] string id, [FromRoute] string messageId, [FromBody] FeedbackRequest request) =>
        new WireResult(await feedback.KeepAsync(HttpContext.Owner(), id, messageId, request)
            ?? throw new RefusedException(404, "id", "There is no such conversation."));

    /// <summary>Removes it.</summary>
    [HttpDelete("")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    public async Task<IActionResult> Remove([FromRoute] string id, [FromRoute] string messageId) =>
        await feedback.RemoveAsync(HttpContext.Owner(), id, messageId)
            ? NoContent()
            : throw new RefusedException(404, "messageId", "There is no feedback on such an answer.");
}

using ChatStream.Web.Admin;
using ChatStream.Web.Contract;
using ChatStream.Web.Prompts;
using ChatStream.Web.Views;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>Lists the prompts of the user and of the team; adds, changes and removes the user's own.</summary>
[Route("prompts")]
[RefusalFilter]
[HeadLikeGet]
public sealed class PromptsController(IPromptBook prompts, IAuditLog audit) : Controller
{
    /// <summary>The user's own prompts by title, then the team's.</summary>
    [HttpGet("")]
    [ProducesResponseType<PromptList>(StatusCodes.Status200OK, MediaTypes.Json)]
    public async Task<IActionResult> List() => new WireResult(new PromptList(
    [
        .. await prompts.ListAsync(HttpContext.Owner(), HttpContext.RequestAborted),
        .. prompts.TeamIn(Language.Current.Culture),
    ]));

    /// <summary>A prompt of the user.</summary>
    [HttpGet("{id}")]
    [ProducesResponseType<PromptEntry>(StatusCodes.Status200OK, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    public async Task<IActionResult> Show([FromRoute] string id) =>
        new WireResult(await prompts.FindAsync(HttpContext.Owner(), id, HttpContext.RequestAborted) ?? throw Unknown());

    /// <summary>Adds a prompt.</summary>
    [HttpPost("")]
    [BodyLimit(RequestLimits.Body)]
    [ProducesResponseType<PromptEntry>(StatusCodes.Status201Created, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status409Conflict, MediaTypes.Problem)]
    public async Task<IActionResult> Add([FromBody] PromptText prompt)
    {
        var added = await prompts.AddAsync(HttpContext.Owner(), prompt);
        Response.Headers.Location = Request.LocalPathOf($"/prompts/{added.Id}");
        return new WireResult(added, StatusCodes.Status201Created);
    }

    /// <summary>Changes the title or the text of a prompt.</summary>
    [HttpPatch("{id}")]
    [BodyLimit(RequestLimits.Body)]
    [ProducesResponseType<PromptEntry>(StatusCodes.Status200OK, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    public async Task<IActionResult> Change([FromRoute] string id, [FromBody] PromptChange change) =>
        new WireResult(await prompts.ChangeAsync(HttpContext.Owner(), id, change) ?? throw Unknown());

    /// <summary>Removes a prompt.</summary>
    [HttpDelete("{id}")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    public async Task<IActionResult> Remove([FromRoute] string id)
    {
        if (!await prompts.RemoveAsync(HttpContext.Owner(), id))
            throw Unknown();
        await audit.NoteAsync(HttpContext.Caller(), AuditAction.PromptDeleted, id);
        return NoContent();
    }

    private static RefusedException Unknown() => new(404, "id", "There is no such prompt.", "unknown_prompt");
}

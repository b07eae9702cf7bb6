using ChatStream.Web.Admin;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>Lists, makes, changes and removes folders.</summary>
[Route("folders")]
[RefusalFilter]
[HeadLikeGet]
public sealed class FoldersController(IFolders folders, IAuditLog audit) : Controller
{
    /// <summary>All folders by name, and the archive.</summary>
    [HttpGet("")]
    [ProducesResponseType<FolderList>(StatusCodes.Status200OK, MediaTypes.Json)]
    public async Task<IActionResult> List() =>
        new WireResult(await folders.ListAsync(HttpContext.Owner(), HttpContext.RequestAborted));

    /// <summary>Makes a folder.</summary>
    [HttpPost("")]
    [BodyLimit(RequestLimits.Body)]
    [ProducesResponseType<FolderEntry>(StatusCodes.Status201Created, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status409Conflict, MediaTypes.Problem)]
    public async Task<IActionResult> Create([FromBody] FolderRequest request)
    {
        var folder = await folders.CreateAsync(HttpContext.Owner(), request, HttpContext.RequestAborted);
        Response.Headers.Location = Request.LocalPathOf($"/folders/{folder.Id}");
        return new WireResult(folder, StatusCodes.Status201Created);
    }

    /// <summary>Changes a folder.</summary>
    [HttpPatch("{id}")]
    [BodyLimit(RequestLimits.Body)]
    [ProducesResponseType<FolderEntry>(StatusCodes.Status200OK, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status409Conflict, MediaTypes.Problem)]
    public async Task<IActionResult> Change([FromRoute] string id, [FromBody] FolderChange change) => new WireResult(
        await folders.ChangeAsync(HttpContext.Owner(), id, change, HttpContext.RequestAborted)
        ?? throw Unknown());

    /// <summary>Removes a folder. Its conversations stay.</summary>
    [HttpDelete("{id}")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status409Conflict, MediaTypes.Problem)]
    public async Task<IActionResult> Remove([FromRoute] string id)
    {
        if (!await folders.RemoveAsync(HttpContext.Owner(), id))
            throw Unknown();
        await audit.NoteAsync(HttpContext.Caller(), AuditAction.FolderDeleted, id);
        return NoContent();
    }

    private static RefusedException Unknown() => new(404, "id", "There is no such folder.", "unknown_folder");
}

using ChatStream.Web.Admin;
using ChatStream.Web.Contract;
using ChatStream.Web.Sharing;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>Shares conversations, and lists and ends what the sender shares.</summary>
[RefusalFilter]
[HeadLikeGet]
public sealed class SharesController(ISharing sharing, IAuditLog audit) : Controller
{
    /// <summary>Shares the path last shown, as it is now. An older share of the conversation ends.</summary>
    [HttpPost("/conversations/{id}/share")]
    [BodyLimit(RequestLimits.Fields)]
    [ProducesResponseType<NewShare>(StatusCodes.Status201Created, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status403Forbidden, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status409Conflict, MediaTypes.Problem)]
    public async Task<IActionResult> Share([FromRoute] string id, [FromBody] ShareRequest request)
    {
        var (token, share) = await sharing.ShareAsync(HttpContext.Owner(), id, request, HttpContext.RequestAborted)
            ?? throw new RefusedException(404, "id", "There is no such conversation.");
        await audit.NoteAsync(HttpContext.Caller(), AuditAction.ConversationShared, id);
        var path = Request.LocalPathOf($"/s/{token}");
        Response.Headers.Location = path;
        Response.Headers.CacheControl = "no-store";
        return new WireResult(new NewShare(path, share), StatusCodes.Status201Created);
    }

    /// <summary>Ends the share of a conversation. Its address then shows nothing.</summary>
    [HttpDelete("/conversations/{id}/share")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    public async Task<IActionResult> Revoke([FromRoute] string id) =>
        await RevokeAndNoteAsync(id) ? NoContent() : throw new RefusedException(404, "id", "This conversation is not shared.");

    /// <summary>What the sender shares, newest first, as a page or as JSON.</summary>
    [HttpGet("/shares")]
    [ProducesResponseType<ShareList>(StatusCodes.Status200OK, MediaTypes.Json)]
    public async Task<IActionResult> List()
    {
        var isJson = PageOrJson.IsJson(Request);
        var shares = await sharing.ListAsync(HttpContext.Owner(), HttpContext.RequestAborted);
        PageOrJson.SetHeaders(Response);
        return isJson ? new WireResult(shares) : View("Index", shares);
    }

    /// <summary>Ends a share by the form of the page.</summary>
    [HttpPost("/shares/revoke")]
    [BodyLimit(RequestLimits.Fields)]
    public async Task<IActionResult> RevokeByForm()
    {
        // One that has ended meanwhile has ended.
        await RevokeAndNoteAsync((await SentForm.ReadAsync(Request))["conversationId"].ToString());
        return new SeeOther(Request.LocalPathOf("/shares"));
    }

    private async Task<bool> RevokeAndNoteAsync(string conversationId)
    {
        if (!await sharing.RevokeAsync(HttpContext.Owner(), conversationId))
            return false;
        await audit.NoteAsync(HttpContext.Caller(), AuditAction.ShareRevoked, conversationId);
        return true;
    }
}

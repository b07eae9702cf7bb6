using System.Globalization;
using ChatStream.Web.Admin;
using ChatStream.Web.Contract;
using ChatStream.Web.Settings;
using ChatStream.Web.Sharing;
using ChatStream.Web.Views.Shares;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>Shares conversations, and lists and ends what the sender shares.</summary>
[RefusalFilter]
[HeadLikeGet]
public sealed class SharesController(ISharing sharing, IAuditLog audit, IPublicOrigin origin, TimeProvider time) : Controller
{
    /// <summary>A form that names more days is not of this page.</summary>
    private const int MostDays = 100_000;

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
        var (path, share) = await ShareAndNoteAsync(id, request);
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
    /// <param name="conversation">The page offers to share this one.</param>
    [HttpGet("/shares")]
    [ProducesResponseType<ShareList>(StatusCodes.Status200OK, MediaTypes.Json)]
    public async Task<IActionResult> List([FromQuery] string? conversation)
    {
        var isJson = PageOrJson.IsJson(Request);
        var shares = await sharing.ListAsync(HttpContext.Owner(), HttpContext.RequestAborted);
        PageOrJson.SetHeaders(Response);
        return isJson ? new WireResult(shares)
            : View("Index", new SharesPage(shares) { ConversationId = Ids.IsId(conversation) ? conversation : null });
    }

    /// <summary>Shares a conversation by the form of the page, which tells the address this once.</summary>
    [HttpPost("/shares/make")]
    [BodyLimit(RequestLimits.Fields)]
    public async Task<IActionResult> ShareByForm()
    {
        var form = await SentForm.ReadAsync(Request);
        var id = form["conversationId"].ToString();
        var request = new ShareRequest
        {
            Expires = int.TryParse(form["days"], NumberStyles.None, CultureInfo.InvariantCulture, out var days)
                && days is > 0 and <= MostDays ? time.GetUtcNow().AddDays(days) : null,
            Reasoning = form["reasoning"] == "true",
            Files = form["files"] == "true",
        };
        string? path = null;
        Refusal? refusal = null;
        try
        {
            (path, _) = await ShareAndNoteAsync(id, request);
        }
        catch (RefusedException refused)
        {
            refusal = refused.Refusal;
            Response.StatusCode = refusal.Status;
        }
        PageOrJson.SetHeaders(Response);
        return View("Index", new SharesPage(await sharing.ListAsync(HttpContext.Owner(), HttpContext.RequestAborted))
        {
            ConversationId = refusal is not { Status: StatusCodes.Status404NotFound } && Ids.IsId(id) ? id : null,
            Address = path is null ? null : origin.AddressFor(Request, path),
            Fault = refusal is null ? null : refusal.Code ?? "any",
            Numbers = refusal?.Numbers ?? [],
        });
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

    private async Task<(string Path, ShareEntry Share)> ShareAndNoteAsync(string id, ShareRequest request)
    {
        var (token, share) = await sharing.ShareAsync(HttpContext.Owner(), id, request, HttpContext.RequestAborted)
            ?? throw new RefusedException(404, "id", "There is no such conversation.");
        await audit.NoteAsync(HttpContext.Caller(), AuditAction.ConversationShared, id);
        return (Request.LocalPathOf($"/s/{token}"), share);
    }

    private async Task<bool> RevokeAndNoteAsync(string conversationId)
    {
        if (!await sharing.RevokeAsync(HttpContext.Owner(), conversationId))
            return false;
        await audit.NoteAsync(HttpContext.Caller(), AuditAction.ShareRevoked, conversationId);
        return true;
    }
}

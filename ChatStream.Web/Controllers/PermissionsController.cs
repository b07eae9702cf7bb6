using ChatStream.Web.Answers;
using ChatStream.Web.Contract;
using ChatStream.Web.Settings;
using ChatStream.Web.Tools.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>Lets users give tool servers permission, and take it back. Pages only: a program has no browser.</summary>
[Route("tools/{server}")]
[RefusalFilter]
[HeadLikeGet]
[ApiExplorerSettings(IgnoreApi = true)]
public sealed class PermissionsController(IPermissions permissions, IAnswerLookup answers, IPublicOrigin origin) : Controller
{
    /// <summary>Sends the browser to the server's authorization server.</summary>
    /// <param name="server">The server's name.</param>
    /// <param name="answer">The answer that needed it, to which the browser comes back.</param>
    [HttpGet("authorize")]
    public async Task<IActionResult> Authorize([FromRoute] string server, [FromQuery] string? answer)
    {
        var back = origin.AddressFor(Request, Request.LocalPathOf($"/tools/{Uri.EscapeDataString(server)}/callback"));
        var address = await permissions.AskAsync(
            HttpContext.Owner(), HttpContext.Rights(), server, back, answer is not null && Ids.IsId(answer) ? answer : null,
            HttpContext.RequestAborted);
        Response.Headers.CacheControl = "no-store";
        return Redirect(address.AbsoluteUri);
    }

    /// <summary>The browser comes back.</summary>
    [HttpGet("callback")]
    public async Task<IActionResult> Callback(
        [FromRoute] string server, [FromQuery] string? state, [FromQuery] string? code, [FromQuery] string? error,
        [FromQuery] string? iss)
    {
        var answer = new PermissionAnswer(state, code, error, iss);
        var answerId = await permissions.TakeAsync(
            HttpContext.Owner(), HttpContext.Rights(), server, answer, HttpContext.RequestAborted);
        return new SeeOther(Request.LocalPathOf(await PathToAsync(answerId) ?? "/settings?saved=true"));
    }

    /// <summary>Takes a permission back.</summary>
    [HttpPost("revoke")]
    [BodyLimit(RequestLimits.Fields)]
    public async Task<IActionResult> Revoke([FromRoute] string server)
    {
        await permissions.RevokeAsync(HttpContext.Owner(), server);
        return new SeeOther(Request.LocalPathOf("/settings?saved=true"));
    }

    private async Task<string?> PathToAsync(string? answerId)
    {
        try
        {
            return answerId is null ? null
                : $"/chat/{(await answers.FindAsync(HttpContext.Owner(), answerId, HttpContext.RequestAborted)).ConversationId}";
        }
        catch (RefusedException)
        {
            return null; // it has been deleted meanwhile
        }
    }
}

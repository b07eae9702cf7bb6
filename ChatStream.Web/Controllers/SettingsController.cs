using System.ComponentModel.DataAnnotations;
using ChatStream.Web.Admin;
using ChatStream.Web.Contract;
using ChatStream.Web.Prompts;
using ChatStream.Web.Tools.Permissions;
using ChatStream.Web.Views;
using ChatStream.Web.Views.Settings;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>The page with all that a user can choose, and its forms. The chat page shows the same in a dialog.</summary>
[Route("settings")]
[RefusalFilter]
[HeadLikeGet]
[ApiExplorerSettings(IgnoreApi = true)]
public sealed class SettingsController(IPromptBook prompts, IPermissions permissions, IAuditLog audit) : Controller
{
    private const string Save = "save";
    private const string Delete = "delete";

    /// <param name="saved">Whether a form before has changed something.</param>
    [HttpGet("")]
    public Task<IActionResult> Show([FromQuery, AllowedValues("true")] string? saved) => PageAsync(saved is not null);

    /// <summary>Adds, changes or removes a prompt. One that is not valid comes back with its text.</summary>
    [HttpPost("prompts")]
    [BodyLimit(RequestLimits.Body)]
    public async Task<IActionResult> ChangePrompt()
    {
        var form = await SentForm.ReadAsync(Request);
        var (id, what, owner) = (form["id"].ToString(), form["what"].ToString(), HttpContext.Owner());
        // A browser sends each line break of a field as two characters.
        var (title, text) = (form["title"].ToString(), form["text"].ToString().ReplaceLineEndings("\n"));
        try
        {
            if (what == Delete)
                await RemovePromptAsync(id);
            else if (what != Save)
                throw new RefusedException(400, "what", $"Must be {Save} or {Delete}.");
            else if (id.Length == 0)
                await prompts.AddAsync(owner, new PromptText { Title = title, Text = text });
            else if (await prompts.ChangeAsync(owner, id, new PromptChange { Title = title, Text = text }) is null)
                throw new RefusedException(404, "id", "There is no such prompt.", "unknown_prompt");
            return new SeeOther(Request.LocalPathOf("/settings?saved=true"));
        }
        catch (RefusedException refused) when (refused.Refusal.Code is not null)
        {
            Response.StatusCode = refused.Refusal.Status;
            var sent = new PromptEntry { Id = id.Length > 0 ? id : null, Title = title, Text = text };
            return await PageAsync(isSaved: false, refused.Refusal.Code, sent);
        }
    }

    private async Task RemovePromptAsync(string id)
    {
        if (await prompts.RemoveAsync(HttpContext.Owner(), id))
            await audit.NoteAsync(HttpContext.Caller(), AuditAction.PromptDeleted, id);
    }

    private async Task<IActionResult> PageAsync(bool isSaved, string? fault = null, PromptEntry? refused = null)
    {
        Response.Headers.CacheControl = "no-store";
        var own = await prompts.ListAsync(HttpContext.Owner(), HttpContext.RequestAborted);
        return View("Index", new SettingsView(PreferenceCookies.Of(HttpContext), own, prompts.MostPerUser)
        {
            IsSaved = isSaved,
            Permissions = await permissions.ListAsync(HttpContext.Owner(), HttpContext.Rights(), HttpContext.RequestAborted),
            Fault = fault,
            Refused = refused,
        });
    }
}

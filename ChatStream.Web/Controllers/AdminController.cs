using System.ComponentModel.DataAnnotations;
using System.Globalization;
using ChatStream.Web.Admin;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Privacy;
using ChatStream.Web.Views.Account;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>What runs, who used how much, and how this ChatStream is set. Never the texts of users.</summary>
[Route("admin")]
[AdminsOnly]
[HeadLikeGet]
[RefusalFilter]
public sealed class AdminController(
    IAdminDesk desk, IAuditLog audit, IOwnData data, IFeedback feedback, TimeProvider time) : Controller
{
    /// <summary>A report on all instances, as a page or as JSON.</summary>
    [HttpGet("")]
    [ProducesResponseType<AdminReport>(StatusCodes.Status200OK, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status403Forbidden, MediaTypes.Problem)]
    public async Task<IActionResult> Show()
    {
        var isJson = PageOrJson.IsJson(Request);
        var report = await desk.ReportAsync(HttpContext.Caller(), HttpContext.RequestAborted);
        PageOrJson.SetHeaders(Response);
        return isJson ? new WireResult(report) : View("Index", report);
    }

    /// <summary>What only this instance knows. Other instances ask for it.</summary>
    [HttpGet("instance")]
    [ApiExplorerSettings(IgnoreApi = true)]
    [ProducesResponseType<InstanceState>(StatusCodes.Status200OK, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status403Forbidden, MediaTypes.Problem)]
    public IActionResult Instance() => new WireResult(desk.Here());

    /// <summary>The audit log, newest first, as a page or as JSON.</summary>
    /// <param name="before"><c>next</c> of the page before.</param>
    [HttpGet("audit")]
    [ProducesResponseType<AuditPage>(StatusCodes.Status200OK, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status403Forbidden, MediaTypes.Problem)]
    public async Task<IActionResult> Audit([FromQuery] string? before)
    {
        var isJson = PageOrJson.IsJson(Request);
        var page = await audit.ReadAsync(NumberOf(before), HttpContext.RequestAborted);
        PageOrJson.SetHeaders(Response);
        return isJson ? new WireResult(page) : View("Audit", page);
    }

    /// <summary>What users thought of answers, newest first, as JSON or as a table. No text of a conversation is in it.</summary>
    /// <param name="format"><c>csv</c>: a table; <c>json</c>: a page of entries.</param>
    /// <param name="before"><c>next</c> of the page before. A table has it in the header <c>X-Next</c>.</param>
    [HttpGet("feedback")]
    [ProducesResponseType<FeedbackPage>(StatusCodes.Status200OK, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status400BadRequest, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status403Forbidden, MediaTypes.Problem)]
    public async Task<IActionResult> Feedback(
        [FromQuery, AllowedValues("json", "csv")] string format = "json", [FromQuery] string? before = null)
    {
        var page = await feedback.ReadAllAsync(before, HttpContext.RequestAborted);
        if (HttpMethods.IsGet(Request.Method))
            await audit.NoteAsync(HttpContext.Caller(), AuditAction.FeedbackExported);
        Response.Headers.CacheControl = "no-store";
        if (format == "json")
            return new WireResult(page);
        if (page.Next is { } next)
            Response.Headers["X-Next"] = next;
        return FeedbackCsv.Of(page.Entries);
    }

    /// <summary>Stops the answer <c>generationId</c> of the form, of any user and on any instance.</summary>
    [HttpPost("stop")]
    [BodyLimit(RequestLimits.Fields)]
    [ProducesResponseType(StatusCodes.Status303SeeOther)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status403Forbidden, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    public async Task<IActionResult> Stop()
    {
        var generationId = (await SentForm.ReadAsync(Request))["generationId"].ToString();
        await desk.StopAsync(HttpContext.Caller(), generationId, HttpContext.RequestAborted);
        return new SeeOther(Request.LocalPathOf("/admin"));
    }

    /// <summary>A page about what is stored of a user, without texts: a download of all of it, and its erasure.</summary>
    /// <param name="user">The <c>id</c> of the user in the report.</param>
    [HttpGet("users/{user}")]
    public async Task<IActionResult> ShowUser([FromRoute] string user) => await UserPageAsync(user, isUnconfirmed: false);

    /// <summary>Downloads all that is stored of a user, as the user would. It is noted.</summary>
    /// <param name="user">The <c>id</c> of the user in the report.</param>
    [HttpGet("users/{user}/export")]
    [LimitExports]
    [ProducesResponseType(StatusCodes.Status200OK)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status403Forbidden, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    public async Task<IActionResult> Export([FromRoute] string user)
    {
        var owner = await desk.FindUserAsync(HttpContext.Caller(), user, HttpContext.RequestAborted);
        if (HttpMethods.IsGet(Request.Method))
            await audit.NoteAsync(HttpContext.Caller(), AuditAction.AccountExportedByAdmin, user);
        return new ArchiveResult(data, owner, time.GetUtcNow());
    }

    /// <summary>Removes all that is stored of a user, once the form confirms it. It is noted.</summary>
    /// <param name="user">The <c>id</c> of the user in the report.</param>
    [HttpPost("users/{user}/erase")]
    [BodyLimit(RequestLimits.Fields)]
    [ProducesResponseType(StatusCodes.Status303SeeOther)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status403Forbidden, MediaTypes.Problem)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    public async Task<IActionResult> Erase([FromRoute] string user)
    {
        if ((await SentForm.ReadAsync(Request))["confirm"] != AccountController.Confirmed)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return await UserPageAsync(user, isUnconfirmed: true);
        }
        var owner = await desk.FindUserAsync(HttpContext.Caller(), user, HttpContext.RequestAborted);
        await data.EraseAsync(owner);
        await audit.NoteAsync(HttpContext.Caller(), AuditAction.AccountErasedByAdmin, user);
        return new SeeOther(Request.LocalPathOf("/admin"));
    }

    private async Task<IActionResult> UserPageAsync(string user, bool isUnconfirmed)
    {
        var owner = await desk.FindUserAsync(HttpContext.Caller(), user, HttpContext.RequestAborted);
        var count = await data.CountAsync(owner, HttpContext.RequestAborted);
        Response.Headers.CacheControl = "no-store";
        return View("~/Views/Account/Index.cshtml", new AccountPage(
            count, data.RetainFor, data.TemporaryFor, Erased: null, isUnconfirmed)
        {
            User = user,
        });
    }

    private static long? NumberOf(string? before) => before is null ? null
        : long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new RefusedException(400, "before", "before is the number that a page has as next.");
}

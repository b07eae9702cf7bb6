using System.ComponentModel.DataAnnotations;
using System.Globalization;
using ChatStream.Web.Admin;
using ChatStream.Web.Contract;
using ChatStream.Web.Privacy;
using ChatStream.Web.Views;
using ChatStream.Web.Views.Account;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>What is stored of the sender: a page about it, a download of all of it, and its erasure.</summary>
[Route("account")]
[RefusalFilter]
[HeadLikeGet]
public sealed class AccountController(IOwnData data, IBrowserMove browsers, IAuditLog audit, TimeProvider time) : Controller
{
    /// <summary>What the form sends once the user has ticked that all is to be removed.</summary>
    internal const string Confirmed = "all";

    internal const string Move = "move";
    internal const string Delete = "delete";

    /// <summary>
    /// Has the page after an erasure remove what the browser keeps. The page's address does not: anyone can write a link.
    /// </summary>
    private const string ErasedCookie = "chatstream.erased";

    /// <param name="erased">How many conversations the form before has removed; -1: none was sent.</param>
    /// <param name="moved">How many conversations of the browser the form before has moved; -1: none was sent.</param>
    [HttpGet("")]
    public async Task<IActionResult> Show(
        [FromQuery, Range(0, int.MaxValue)] int erased = -1, [FromQuery, Range(0, int.MaxValue)] int moved = -1) =>
        await PageAsync(erased < 0 ? null : erased, moved < 0 ? null : moved, hasErased: TakeErased());

    /// <summary>Downloads all that is stored of the sender as a ZIP archive.</summary>
    [HttpGet("export")]
    [LimitExports]
    [ProducesResponseType(StatusCodes.Status200OK)]
    public async Task<IActionResult> Export()
    {
        if (HttpMethods.IsGet(Request.Method))
            await audit.NoteAsync(HttpContext.Caller(), AuditAction.AccountExported);
        return new ArchiveResult(data, HttpContext.Owner(), time.GetUtcNow());
    }

    /// <summary>Removes all that is stored of the sender, by the page's form.</summary>
    [HttpPost("erase")]
    [BodyLimit(RequestLimits.Fields)]
    public async Task<IActionResult> EraseByForm()
    {
        if ((await SentForm.ReadAsync(Request))["confirm"] != Confirmed)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return await PageAsync(isUnconfirmed: true);
        }
        var erased = await EraseAndNoteAsync();
        Response.Cookies.Append(ErasedCookie, "all", ErasedOptions());
        return new SeeOther(Request.LocalPathOf(string.Create(CultureInfo.InvariantCulture, $"/account?erased={erased}")));
    }

    /// <summary>
    /// Moves what the browser wrote before its user signed in to the user, or removes it, by the page's form. Conversations in
    /// which an answer is being written stay, and the page offers them again.
    /// </summary>
    [HttpPost("browser")]
    [BodyLimit(RequestLimits.Fields)]
    public async Task<IActionResult> TakeBrowser()
    {
        if (BrowserBefore.Find(User, HttpContext.Owner()) is not { } browser)
            throw new RefusedException(404, field: null, "This browser has nothing from before.");
        var what = (await SentForm.ReadAsync(Request))["what"].ToString();
        int? moved = null, erased = null;
        if (what == Move)
            moved = await browsers.MoveAsync(browser, HttpContext.Owner());
        else if (what == Delete)
            erased = await data.EraseAsync(browser);
        else
            throw new RefusedException(400, "what", $"Must be {Move} or {Delete}.");
        await audit.NoteAsync(HttpContext.Caller(), moved is null ? AuditAction.BrowserErased : AuditAction.BrowserMoved);
        if ((await browsers.FindAsync(browser, CancellationToken.None)).IsNothing)
            await BrowserBefore.ForgetAsync(HttpContext);
        var told = string.Create(CultureInfo.InvariantCulture, $"{(moved is null ? "erased" : "moved")}={moved ?? erased}");
        return new SeeOther(Request.LocalPathOf($"/account?{told}"));
    }

    /// <summary>Removes all that is stored of the sender.</summary>
    [HttpDelete("")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    public async Task<IActionResult> Erase()
    {
        await EraseAndNoteAsync();
        return NoContent();
    }

    private CookieOptions ErasedOptions() => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = Request.IsHttps,
        MaxAge = TimeSpan.FromMinutes(1),
        Path = CookiePath.Of(Request),
    };

    private bool TakeErased()
    {
        if (!Request.Cookies.ContainsKey(ErasedCookie))
            return false;
        Response.Cookies.Delete(ErasedCookie, ErasedOptions());
        return true;
    }

    private async Task<int> EraseAndNoteAsync()
    {
        var erased = await data.EraseAsync(HttpContext.Owner());
        await audit.NoteAsync(Caller.Erased, AuditAction.AccountErased);
        return erased;
    }

    private async Task<IActionResult> PageAsync(
        int? erased = null, int? moved = null, bool isUnconfirmed = false, bool hasErased = false)
    {
        Response.Headers.CacheControl = "no-store";
        var (owner, aborted) = (HttpContext.Owner(), HttpContext.RequestAborted);
        return View("Index", new AccountPage(
            await data.CountAsync(owner, aborted), data.RetainFor, data.TemporaryFor, erased, isUnconfirmed)
        {
            Moved = moved,
            HasErased = hasErased,
            OfBrowser = await browsers.FindAsync(BrowserBefore.Find(User, owner), aborted),
        });
    }
}

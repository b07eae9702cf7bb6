using System.Security.Claims;
using ChatStream.Web.Admin;
using ChatStream.Web.Contract;
using ChatStream.Web.Views.Session;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>Ends a user's session, and says what became of a sign-in.</summary>
[HeadLikeGet]
public sealed class SessionController(IAuthenticationSchemeProvider schemes, IAuditLog audit) : Controller
{
    internal const string SignOutPath = "/sign-out";
    internal const string ProviderPath = "/sign-out/provider";
    internal const string SignedOutPath = "/signed-out";
    internal const string NotAdmittedPath = "/not-admitted";
    internal const string FailedPath = "/sign-in-failed";

    /// <summary>
    /// Signs the user out here, with a page that goes on to the provider. A form may not be sent to another site, not by a
    /// redirect either: the page's policy forbids it.
    /// </summary>
    [HttpPost(SignOutPath)]
    [AllowAnonymous]
    [BodyLimit(RequestLimits.Fields)]
    public async Task<IActionResult> Leave()
    {
        if (User.FindFirst(ClaimTypes.NameIdentifier) is { } id && new Owner(id.Value).IsUser)
            await audit.NoteAsync(HttpContext.Caller(), AuditAction.SignedOut);
        await HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return Page(StatusCodes.Status200OK, "sign-in.leaving", "sign-in.leaving-text");
    }

    /// <summary>Signs the user out at the provider, which leads back to <see cref="SignedOut"/>.</summary>
    [HttpGet(ProviderPath)]
    [AllowAnonymous]
    public async Task<IActionResult> LeaveProvider() =>
        await schemes.GetSchemeAsync(OpenIdConnectDefaults.AuthenticationScheme) is { Name: var provider }
            ? new SignOutResult(provider)
            : new SeeOther(Request.LocalPathOf(SignedOutPath));

    [HttpGet(SignedOutPath)]
    [AllowAnonymous]
    public IActionResult SignedOut() => Page(StatusCodes.Status200OK, "sign-in.signed-out", "sign-in.signed-out-text");

    [HttpGet(NotAdmittedPath)]
    [AllowAnonymous]
    public IActionResult NotAdmitted() =>
        Page(StatusCodes.Status403Forbidden, "sign-in.not-admitted", "sign-in.not-admitted-text");

    [HttpGet(FailedPath)]
    [AllowAnonymous]
    public IActionResult Failed() => Page(StatusCodes.Status400BadRequest, "sign-in.failed", "sign-in.failed-text");

    private ViewResult Page(int status, string heading, string text)
    {
        Response.StatusCode = status;
        Response.Headers.CacheControl = "no-store";
        return View(SignInPage.View, new SignInPage(heading, text));
    }
}

using System.Security.Claims;
using ChatStream.Web.Contract;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace ChatStream.Web.Controllers;

/// <summary>The owner that a browser was before its user had to sign in, as a claim of the signed-in user.</summary>
internal static class BrowserBefore
{
    private const string Type = "browser";

    /// <summary>Adds the claim, unless there was no such owner.</summary>
    public static void AddTo(ClaimsPrincipal user, string? browserId)
    {
        if (browserId is not null && new Owner(browserId).IsBrowser)
            ((ClaimsIdentity)user.Identity!).AddClaim(new Claim(Type, browserId));
    }

    /// <summary>The owner that the browser of a request is or was; null: it has none.</summary>
    public static Owner? Find(ClaimsPrincipal user) =>
        user.FindFirst(Type) is { } claim ? new Owner(claim.Value)
        : user.FindFirst(ClaimTypes.NameIdentifier) is { } id && new Owner(id.Value) is { IsBrowser: true } owner ? owner
        : null;

    /// <summary>The owner that the browser was before it became this one; null: there is none.</summary>
    public static Owner? Find(ClaimsPrincipal user, Owner now) => Find(user) is { } before && before != now ? before : null;

    /// <summary>Makes the browser forget that owner.</summary>
    public static async Task ForgetAsync(HttpContext http)
    {
        const string Scheme = CookieAuthenticationDefaults.AuthenticationScheme;
        if (await http.AuthenticateAsync(Scheme) is not { Succeeded: true } session)
            return;
        if (session.Principal.FindFirst(Type) is not { } claim)
        {
            // A proxy signs the user in, so the cookie has nothing else.
            await http.SignOutAsync(Scheme);
            return;
        }
        claim.Subject!.RemoveClaim(claim);
        await http.SignInAsync(Scheme, session.Principal, session.Properties);
    }
}

using System.Security.Claims;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Views;

/// <summary>The user of a page. The script of the page names what it keeps in the browser after that user.</summary>
internal static class PageUser
{
    /// <summary>Eight characters that tell users apart and say nothing of them; null: the browser is the user.</summary>
    public static string? Of(HttpContext http) =>
        http.User.FindFirst(ClaimTypes.NameIdentifier) is { } id && new Owner(id.Value) is { IsUser: true } owner
            ? owner.Pseudonym
            : null;
}

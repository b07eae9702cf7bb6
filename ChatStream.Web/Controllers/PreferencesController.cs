using ChatStream.Web.Views;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>Remembers how a browser wants the page to look and which language to speak.</summary>
internal sealed class PreferencesController : Controller
{
    public const string LanguageCookie = "chatstream.language";

    private static readonly TimeSpan Kept = TimeSpan.FromDays(400); // as long as browsers keep one

    [HttpPost("/preferences")]
    [RequestSizeLimit(4096)]
    public IActionResult Change([FromForm] string? theme, [FromForm] string? language)
    {
        if (theme is not null && Theme.All.Contains(theme))
            Remember(Theme.CookieName, theme);
        if (Language.All.FirstOrDefault(known => known.Culture == language) is { } chosen)
            Remember(LanguageCookie, CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(chosen.Culture)));
        return new SeeOther(Back());
    }

    /// <summary>The page that the form was on: whatever is said of its host, it is one of ours.</summary>
    private string Back() =>
        Uri.TryCreate(Request.Headers.Referer, UriKind.Absolute, out var page) && Url.IsLocalUrl(page.PathAndQuery)
            ? page.PathAndQuery
            : Url.Content("~/");

    private void Remember(string name, string value) => Response.Cookies.Append(name, value, new CookieOptions
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = Request.IsHttps,
        MaxAge = Kept,
        Path = Request.PathBase.HasValue ? Request.PathBase.Value : "/",
    });
}

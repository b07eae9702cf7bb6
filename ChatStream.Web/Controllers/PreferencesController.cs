using ChatStream.Web.Views;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>Stores the theme and the language of a browser in cookies.</summary>
[RefusalFilter]
public sealed class PreferencesController : Controller
{
    internal const string LanguageCookie = "chatstream.language";

    /// <summary>The longest time that browsers keep a cookie.</summary>
    private static readonly TimeSpan CookieAge = TimeSpan.FromDays(400);

    /// <summary>Changes what the form names, and goes back to its page. Unknown values change nothing.</summary>
    [HttpPost("/preferences")]
    [BodyLimit(RequestLimits.Fields)]
    [ProducesResponseType(StatusCodes.Status303SeeOther)]
    public async Task<IActionResult> Change()
    {
        var form = await SentForm.ReadAsync(Request);
        var (theme, language) = (form["theme"].ToString(), form["language"].ToString());
        if (Theme.All.Contains(theme))
            Store(Theme.CookieName, theme);
        if (Language.All.FirstOrDefault(known => known.Culture == language) is { } chosen)
            Store(LanguageCookie, CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(chosen.Culture)));
        return new SeeOther(Back());
    }

    /// <summary>
    /// The path of the page that the form was on. The host in <c>Referer</c> is ignored, so it is a page of this site.
    /// </summary>
    private string Back() =>
        Uri.TryCreate(Request.Headers.Referer, UriKind.Absolute, out var page) && Url.IsLocalUrl(page.PathAndQuery)
            ? page.PathAndQuery
            : Url.Content("~/");

    private void Store(string name, string value) => Response.Cookies.Append(name, value, new CookieOptions
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = Request.IsHttps,
        MaxAge = CookieAge,
        Path = Request.PathBase.HasValue ? Request.PathBase.Value : "/",
    });
}

using ChatStream.Web.Contract;
using Microsoft.AspNetCore.Localization;

namespace ChatStream.Web.Views;

/// <summary>
/// The preferences of a request. A browser has them in cookies: theme and language each in one of its own, as earlier versions
/// had, and the others in a third. Those of a user who signs in come from the database, and stand in the request.
/// </summary>
public static class PreferenceCookies
{
    public const string ThemeCookie = "chatstream.theme";
    public const string LanguageCookie = "chatstream.language";
    private const string OthersCookie = "chatstream.preferences";

    /// <summary>The longest time that browsers keep a cookie.</summary>
    private static readonly TimeSpan CookieAge = TimeSpan.FromDays(400);

    /// <summary>The preferences in force: of the user, or else of the browser.</summary>
    public static UserPreferences Of(HttpContext http) => http.Features.Get<UserPreferences>() ?? Read(http.Request);

    /// <summary>The preferences of the browser.</summary>
    public static UserPreferences Read(HttpRequest request) =>
        UserPreferences.Parse(request.Cookies[OthersCookie]).With("theme", request.Cookies[ThemeCookie] ?? "") with
        {
            Language = LanguageOf(request),
        };

    /// <summary>Stores in the browser what differs from what it has.</summary>
    public static void Store(HttpContext http, UserPreferences preferences)
    {
        var before = Read(http.Request);
        if (preferences["theme"] != before["theme"])
            Append(http, ThemeCookie, preferences["theme"]);
        if (preferences.Language != before.Language)
        {
            Append(http, LanguageCookie, preferences.Language is { } language
                ? CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(language)) : null);
        }
        if (OthersOf(preferences) is var others && others != OthersOf(before))
            Append(http, OthersCookie, others.Length > 0 ? others : null);
    }

    /// <summary>
    /// The language of the cookie, if there is one with that name. The framework would make a culture of any name, and throw
    /// at some.
    /// </summary>
    private static string? LanguageOf(HttpRequest request) =>
        request.Cookies[LanguageCookie] is { } cookie
            && CookieRequestCultureProvider.ParseCookieValue(cookie)?.UICultures is [var chosen, ..]
            && chosen.Value is { } name
                ? Language.Find(name)?.Culture
                : null;

    private static string OthersOf(UserPreferences preferences) =>
        (preferences.With("theme", "auto") with { Language = null }).ToString();

    private static void Append(HttpContext http, string name, string? value)
    {
        var path = CookiePath.Of(http.Request);
        if (value is null)
        {
            http.Response.Cookies.Delete(name, new CookieOptions { Path = path });
            return;
        }
        http.Response.Cookies.Append(name, value, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = http.Request.IsHttps,
            MaxAge = CookieAge,
            Path = path,
        });
    }
}

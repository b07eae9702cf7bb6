using System.Data.Common;
using System.Globalization;
using System.Security.Claims;
using ChatStream.Web.Contract;
using ChatStream.Web.Controllers;
using ChatStream.Web.Preferences;
using ChatStream.Web.Storage;
using ChatStream.Web.Views;

namespace ChatStream.Web.Hosting;

/// <summary>Gives the pages of users who sign in the preferences that they have chosen in any browser.</summary>
internal static class StoredPreferencesSetup
{
    public static IApplicationBuilder UseStoredPreferences(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        if (IsPage(http.Request) && UserOf(http) is { } user && await FindAsync(http, user) is { } stored)
        {
            http.Features.Set(stored);
            // The pages that are made without the user, such as those of faults, follow the cookies.
            PreferenceCookies.Store(http, stored);
            var chosen = stored.Language is { } name ? Language.Find(name)?.Culture : null;
            var language = chosen ?? Languages.AcceptedBy(http.Request) ?? Language.All[0].Culture;
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        }
        await next(http);
    });

    private static bool IsPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && request.Headers.Accept.ToString().Contains(MediaTypes.Html, StringComparison.OrdinalIgnoreCase);

    private static Owner? UserOf(HttpContext http) =>
        http.User.FindFirstValue(ClaimTypes.NameIdentifier) is { } id && new Owner(id) is { IsUser: true } owner ? owner : null;

    /// <summary>Without the database the page itself says what is wrong.</summary>
    private static async Task<UserPreferences?> FindAsync(HttpContext http, Owner user)
    {
        try
        {
            return await http.RequestServices.GetRequiredService<IPreferenceStore>().FindAsync(user, http.RequestAborted);
        }
        catch (Exception fault) when (fault is DbException or StorageException or TimeoutException)
        {
            return null;
        }
    }
}

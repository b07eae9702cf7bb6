using ChatStream.Web.Controllers;
using Microsoft.AspNetCore.Localization;

namespace ChatStream.Web.Hosting;

/// <summary>The page's language: the one chosen, or else the best of those that the browser asks for.</summary>
internal static class Languages
{
    public static IServiceCollection AddLanguages(this IServiceCollection services) => services.Configure<RequestLocalizationOptions>(options =>
    {
        string[] cultures = [.. Language.All.Select(language => language.Culture)];
        options.AddSupportedCultures(cultures).AddSupportedUICultures(cultures).SetDefaultCulture(cultures[0]);
        options.RequestCultureProviders =
        [
            new CookieRequestCultureProvider { CookieName = PreferencesController.LanguageCookie, Options = options },
            new AcceptLanguageHeaderRequestCultureProvider { Options = options },
        ];
    });
}

using System.Text.Encodings.Web;
using System.Text.Unicode;
using ChatStream.Web.Controllers;
using ChatStream.Web.Views;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.WebEncoders;

namespace ChatStream.Web.Hosting;

/// <summary>Chooses the page's language: the user's choice, or else the best of those that the browser accepts.</summary>
internal static class Languages
{
    public static IServiceCollection AddLanguages(this IServiceCollection services) => services
        // Letters of all languages are written as they are. As entities, a Chinese page would be three times as long.
        .Configure<WebEncoderOptions>(options => options.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All))
        .Configure<RequestLocalizationOptions>(Choose);

    private static void Choose(RequestLocalizationOptions options)
    {
        string[] cultures = [.. Language.All.Select(language => language.Culture)];
        options.AddSupportedCultures(cultures).AddSupportedUICultures(cultures).SetDefaultCulture(cultures[0]);
        options.RequestCultureProviders =
        [
            new CookieRequestCultureProvider { CookieName = PreferencesController.LanguageCookie, Options = options },
            new AcceptLanguageHeaderRequestCultureProvider { Options = options },
        ];
    }
}

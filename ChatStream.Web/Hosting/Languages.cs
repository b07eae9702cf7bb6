using System.Text.Encodings.Web;
using System.Text.Unicode;
using ChatStream.Web.Views;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.Primitives;
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
            new CustomRequestCultureProvider(http => Found(PreferenceCookies.Read(http.Request).Language)),
            new CustomRequestCultureProvider(http => Found(AcceptedBy(http.Request))),
        ];
    }

    private static Task<ProviderCultureResult?> Found(string? culture) =>
        Task.FromResult(culture is null ? null : new ProviderCultureResult(culture));

    /// <summary>
    /// The language that the browser gives the most weight. A weight of 0 rules a language out (RFC 9110 12.4.2), which the
    /// framework's own provider does not know.
    /// </summary>
    public static string? AcceptedBy(HttpRequest request) => request.GetTypedHeaders().AcceptLanguage
        .Where(range => range.Quality != 0)
        .OrderByDescending(range => range.Quality ?? 1)
        .Select(range => Language.All.FirstOrDefault(known => IsIn(known.Culture, range.Value)))
        .FirstOrDefault(known => known is not null)?.Culture;

    /// <summary>Whether a range such as <c>zh-Hant-TW</c> names a language such as <c>zh</c>.</summary>
    private static bool IsIn(string culture, StringSegment range) =>
        range.StartsWith(culture, StringComparison.OrdinalIgnoreCase)
        && (range.Length == culture.Length || range[culture.Length] == '-');
}

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>
/// A language that no one speaks: English words with other letters, 30 % longer, from right to left. What still has plain
/// letters on a page was not translated, and what is cut would be cut in a language with long words.
/// </summary>
internal static partial class PseudoLanguage
{
    private const string Plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Decorated = "áƀçđéƒǧħíĵķłɱñóƥɋřšŧúṽŵẋýžÁɃÇĐÉƑǦĦÍĴĶŁṀÑÓƤɊŘŠŦÚṼŴẊÝŽ";

    /// <summary>A culture from right to left, of which the app has no words.</summary>
    private const string Culture = "ar";

    /// <summary>Lets an app speak it to all browsers.</summary>
    public static void AddPseudoLanguage(this IServiceCollection services)
    {
        services.AddSingleton<IStringLocalizerFactory>(provider =>
            new Factory(ActivatorUtilities.CreateInstance<ResourceManagerStringLocalizerFactory>(provider)));
        services.PostConfigure<RequestLocalizationOptions>(options =>
        {
            options.AddSupportedCultures(Culture).AddSupportedUICultures(Culture).SetDefaultCulture(Culture);
            options.RequestCultureProviders = [];
        });
    }

    public static string Of(string text)
    {
        if (text.Length == 0)
            return text;
        var decorated = new StringBuilder();
        var last = 0;
        foreach (Match gap in Gap().Matches(text))
        {
            decorated.Append(Decorate(text[last..gap.Index])).Append(gap.Value);
            last = gap.Index + gap.Length;
        }
        decorated.Append(Decorate(text[last..]));
        // A single word becomes a longer word, and a sentence has more words.
        var longer = (int)Math.Ceiling(text.Length * 0.3);
        for (var i = 0; i < longer; i++)
            decorated.Append(text.Contains(' ', StringComparison.Ordinal) && i % 6 == 0 ? ' ' : 'ø');
        return decorated.ToString();
    }

    private static string Decorate(string text) => string.Concat(text.Select(letter =>
        Plain.IndexOf(letter, StringComparison.Ordinal) is >= 0 and var at ? Decorated[at] : letter));

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Gap();

    private sealed class Factory(IStringLocalizerFactory real) : IStringLocalizerFactory
    {
        public IStringLocalizer Create(Type resourceSource) => new Localizer(real.Create(resourceSource));

        public IStringLocalizer Create(string baseName, string location) => new Localizer(real.Create(baseName, location));
    }

    private sealed class Localizer(IStringLocalizer real) : IStringLocalizer
    {
        public LocalizedString this[string name] => Decorated(real[name]);

        public LocalizedString this[string name, params object[] arguments]
        {
            get
            {
                var word = Decorated(real[name]);
                return new(name, string.Format(CultureInfo.CurrentCulture, word.Value, arguments), word.ResourceNotFound);
            }
        }

        public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) =>
            real.GetAllStrings(includeParentCultures).Select(Decorated);

        /// <summary>Forms of dates are no words.</summary>
        private static LocalizedString Decorated(LocalizedString word) =>
            word.ResourceNotFound || word.Name is "usage.day" or "usage.short-day"
                ? word
                : new(word.Name, Of(word.Value), resourceNotFound: false);
    }
}

using System.Globalization;

namespace ChatStream.Web.Views;

/// <summary>A language that the page speaks.</summary>
/// <param name="Culture">The culture of ASP.NET Core. <c>zh</c> stands for every kind of Chinese.</param>
/// <param name="Tag">The value of <c>lang</c>.</param>
/// <param name="Name">In the language itself.</param>
public sealed record Language(string Culture, string Tag, string Name)
{
    public static readonly IReadOnlyList<Language> All =
    [
        new("en", "en", "English"),
        new("de", "de", "Deutsch"),
        new("zh", "zh-Hans", "简体中文"),
    ];

    /// <summary>The language of a culture's name; null: the page does not speak it.</summary>
    public static Language? Find(string culture) =>
        All.FirstOrDefault(known => culture.Equals(known.Culture, StringComparison.OrdinalIgnoreCase));

    public static Language Current =>
        All.FirstOrDefault(language => language.Culture == CultureInfo.CurrentUICulture.TwoLetterISOLanguageName) ?? All[0];
}

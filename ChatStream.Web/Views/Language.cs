using System.Globalization;

namespace ChatStream.Web.Views;

/// <summary>A language that the page speaks.</summary>
/// <param name="Culture">How ASP.NET Core knows it; <c>zh</c>, so that readers of every Chinese get the one there is.</param>
/// <param name="Tag">What <c>lang</c> says.</param>
/// <param name="Name">In itself.</param>
public sealed record Language(string Culture, string Tag, string Name)
{
    public static readonly IReadOnlyList<Language> All = [new("en", "en", "English"), new("zh", "zh-Hans", "简体中文")];

    public static Language Current =>
        All.FirstOrDefault(language => language.Culture == CultureInfo.CurrentUICulture.TwoLetterISOLanguageName) ?? All[0];
}

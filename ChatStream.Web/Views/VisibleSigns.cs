using System.Globalization;
using System.Text.RegularExpressions;

namespace ChatStream.Web.Views;

/// <summary>
/// A text in which signs that turn its direction or cannot be seen are written as JSON writes them: <c>\u202e</c>. Much empty
/// space is written as its length, because it would push what stands before it out of sight: <c>␣×3000</c>. A user decides about
/// a tool's call by its arguments, and so must see all of them. The script's <c>visibleSigns()</c> has the same rule.
/// </summary>
public static partial class VisibleSigns
{
    private const int MostBlanks = 200;
    private const int MostLineEnds = 8;

    public static string? Of(string? text) => text is null
        ? null
        : Hidden().Replace(Blanks().Replace(text, Shortened), signs => string.Concat(signs.Value.Select(Written)));

    private static string Shortened(Match blanks) =>
        blanks.Length > MostBlanks || blanks.Value.Count(IsLineEnd) > MostLineEnds
            ? string.Create(CultureInfo.InvariantCulture, $"␣×{blanks.Length}") : blanks.Value;

    private static bool IsLineEnd(char sign) => sign is (>= '\n' and <= '\r') or '\u0085' or '\u2028' or '\u2029';

    private static string Written(char sign) => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)sign:x4}");

    /// <summary>White space, and signs of other scripts that look like it.</summary>
    [GeneratedRegex(@"[\t-\r \u0085\u00A0\u115F\u1160\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u2800\u3000\u3164\uFFA0]{9,}")]
    private static partial Regex Blanks();

    /// <summary>Turns of direction, signs without width, and the pairs of U+E0000 to U+E007F, an unseen ASCII.</summary>
    [GeneratedRegex(@"[\u200B\u202A-\u202E\u2060-\u206F\uFEFF]|\uDB40[\uDC00-\uDC7F]")]
    private static partial Regex Hidden();
}

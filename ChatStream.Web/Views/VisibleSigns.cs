using System.Globalization;
using System.Text.RegularExpressions;

namespace ChatStream.Web.Views;

/// <summary>
/// A text in which signs that turn its direction or cannot be seen are written as JSON writes them: <c>\u202e</c>. A user decides
/// about a tool's call by its arguments, and so must see all of them. The script's <c>visibleSigns()</c> has the same rule.
/// </summary>
public static partial class VisibleSigns
{
    public static string? Of(string? text) => text is null
        ? null
        : Hidden().Replace(text, signs => string.Concat(signs.Value.Select(Written)));

    private static string Written(char sign) => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)sign:x4}");

    /// <summary>Turns of direction, signs without width, and the pairs of U+E0000 to U+E007F, an unseen ASCII.</summary>
    [GeneratedRegex(@"[\u200B\u202A-\u202E\u2060-\u206F\uFEFF]|\uDB40[\uDC00-\uDC7F]")]
    private static partial Regex Hidden();
}

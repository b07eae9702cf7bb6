using System.Text.RegularExpressions;

namespace ChatStream.Web.Views;

/// <summary>
/// A text that stays in its own direction and turns nothing around it. The title of a window has no markup for that, so
/// characters do it. Other texts stay as they are. The script's <c>isolated()</c> has the same rule.
/// </summary>
public static partial class IsolatedText
{
    public static string Of(string text)
    {
        var calm = Turning().Replace(text, "");
        return RightToLeft().IsMatch(calm) ? $"\u2068{calm}\u2069" : calm;
    }

    /// <summary>Characters that turn the direction of all text after them, until others end it.</summary>
    [GeneratedRegex(@"[\u202A-\u202E\u2066-\u2069]")]
    private static partial Regex Turning();

    /// <summary>
    /// What is written from right to left, or marks a direction. The pairs are U+10800 to U+10FFF and U+1E800 to U+1EFFF.
    /// </summary>
    [GeneratedRegex(@"[\u0590-\u08FF\u200E\u200F\u061C\uFB1D-\uFDFF\uFE70-\uFEFC]|[\uD802\uD803\uD83A\uD83B][\uDC00-\uDFFF]")]
    private static partial Regex RightToLeft();
}

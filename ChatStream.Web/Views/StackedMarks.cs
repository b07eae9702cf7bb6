using System.Globalization;
using Microsoft.AspNetCore.Html;

namespace ChatStream.Web.Views;

/// <summary>
/// Shows text of which a letter may have thousands of accents. The time to lay them out grows with the square of their number,
/// so those after the first 50 are in the markup but hidden. The script has the same rule.
/// </summary>
public static class StackedMarks
{
    private const int Most = 50;

    public static IHtmlContent Limit(string? text)
    {
        var html = new HtmlContentBuilder();
        text ??= "";
        var from = 0;
        while (NextExcess(text, from) is var (start, end) && start >= 0)
        {
            html.Append(text[from..start]).AppendHtml("<span class=\"more-marks\"><span hidden=\"\">");
            html.Append(text[start..end]).AppendHtml("</span></span>");
            from = end;
        }
        return html.Append(text[from..]);
    }

    /// <summary>Where the marks begin and end that are too many; -1: there are none.</summary>
    private static (int Start, int End) NextExcess(string text, int from)
    {
        var (marks, excess) = (0, -1);
        for (var at = from; at < text.Length; at += IsPair(text, at) ? 2 : 1)
        {
            // No mark is below this.
            marks = text[at] >= '\u0300' && IsMark(text, at) ? marks + 1 : 0;
            if (marks == 0 && excess >= 0)
                return (excess, at);
            if (marks == Most + 1)
                excess = at;
        }
        return (excess, text.Length);
    }

    private static bool IsPair(string text, int at) => at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]);

    // The two letters, of Thai and of Lao, are laid out as one with the letter before them.
    private static bool IsMark(string text, int at) => text[at] is '\u0e33' or '\u0eb3'
        || CharUnicodeInfo.GetUnicodeCategory(text, at)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
}

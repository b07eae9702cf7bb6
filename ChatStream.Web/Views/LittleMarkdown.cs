using Microsoft.AspNetCore.Html;

namespace ChatStream.Web.Views;

/// <summary>
/// A text of the settings as nodes: paragraphs, lists with <c>-</c>, <c>**bold**</c>, <c>`code`</c> and
/// <c>[links](https://…)</c>. All else stays as it is..
/// </summary>
public static class LittleMarkdown
{
    private static readonly string[] Schemes = ["https://", "http://", "mailto:"];

    public static IHtmlContent Of(string text)
    {
        var html = new HtmlContentBuilder();
        var open = "";
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()))
        {
            var wanted = line.Length == 0 ? "" : line.StartsWith("- ", StringComparison.Ordinal) ? "ul" : "p";
            if (open == "p" && wanted == "p")
                html.AppendHtml("<br>");
            else if (open != wanted)
                Change(html, open, wanted);
            open = wanted;
            if (wanted == "ul")
                html.AppendHtml("<li>");
            AppendLine(html, wanted == "ul" ? line[2..] : line);
            if (wanted == "ul")
                html.AppendHtml("</li>");
        }
        Change(html, open, "");
        return html;
    }

    private static void Change(HtmlContentBuilder html, string from, string to)
    {
        if (from.Length > 0)
            html.AppendHtml($"</{from}>");
        if (to.Length > 0)
            html.AppendHtml($"<{to} dir=\"auto\">");
    }

    private static void AppendLine(HtmlContentBuilder html, string line)
    {
        var plain = 0;
        for (var at = 0; at < line.Length; at++)
        {
            var length = line[at] switch
            {
                '*' => Pair(html, line, ref plain, at, "**", "strong"),
                '`' => Pair(html, line, ref plain, at, "`", "code"),
                '[' => Link(html, line, ref plain, at),
                _ => 0,
            };
            at += Math.Max(0, length - 1);
        }
        html.Append(line[plain..]);
    }

    private static int Pair(HtmlContentBuilder html, string line, ref int plain, int at, string mark, string element)
    {
        var begin = at + mark.Length;
        if (string.CompareOrdinal(line, at, mark, 0, mark.Length) != 0
            || line.IndexOf(mark, begin, StringComparison.Ordinal) is var end && end <= begin)
            return 0;
        html.Append(line[plain..at]).AppendHtml($"<{element}>").Append(line[begin..end]).AppendHtml($"</{element}>");
        plain = end + mark.Length;
        return plain - at;
    }

    private static int Link(HtmlContentBuilder html, string line, ref int plain, int at)
    {
        var middle = line.IndexOf("](", at, StringComparison.Ordinal);
        var end = middle < 0 ? -1 : line.IndexOf(')', middle);
        if (end < 0)
            return 0;
        var address = line[(middle + 2)..end];
        var isOurs = address.StartsWith('/') && !address.StartsWith("//", StringComparison.Ordinal);
        if (!isOurs && !Schemes.Any(scheme => address.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)))
            return 0;
        html.Append(line[plain..at]).AppendHtml("<a rel=\"noreferrer\" href=\"").Append(address).AppendHtml("\">")
            .Append(line[(at + 1)..middle]).AppendHtml("</a>");
        plain = end + 1;
        return plain - at;
    }
}

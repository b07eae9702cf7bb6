using System.Globalization;
using System.Text;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Demo;

/// <summary>What the demo model says of the files that it was given with a message.</summary>
internal static class DemoFiles
{
    private const int QuotedLength = 120;

    /// <returns>A list in Markdown, with a blank line after it; empty: there are no files.</returns>
    public static string Of(List<ChatMessage> conversation)
    {
        var contents = DemoScene.LastOf(conversation)?.Contents ?? [];
        if (contents.Count < 2)
            return "";
        var told = new StringBuilder("I was given with it:\n\n");
        foreach (var content in contents.SkipLast(1))
        {
            told.Append(content switch
            {
                DataContent image => string.Create(
                    CultureInfo.InvariantCulture, $"- an image: {image.MediaType}, {image.Data.Length:N0} bytes\n"),
                TextContent { Text: var text } => string.Create(
                    CultureInfo.InvariantCulture, $"- a text of {text.Length:N0} characters: `{Quote(text)}`\n"),
                _ => "",
            });
        }
        return told.Append('\n').ToString();
    }

    // The first paragraph says that it is a file, and the last line that it ends.
    private static string Quote(string text)
    {
        var begin = text.IndexOf("\n\n", StringComparison.Ordinal);
        var end = text.LastIndexOf("\n</file", StringComparison.Ordinal);
        if (begin >= 0 && end > begin)
            text = text[begin..end];
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace('`', '\'');
        return line.Length <= QuotedLength ? line : $"{line[..QuotedLength]}…";
    }
}

using System.Text.RegularExpressions;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>A stream's exact text with its ids replaced: <c>G</c> the generation, <c>C</c> the conversation, <c>P</c> the parent.</summary>
internal static partial class WireText
{
    public static string WithoutIds(string body)
    {
        foreach (Match id in Named().Matches(body))
        {
            var letter = id.Groups[1].Value switch { "generationId" => "G", "conversationId" => "C", _ => "P" };
            body = body.Replace(id.Groups[2].Value, letter, StringComparison.Ordinal);
        }
        return body;
    }

    [GeneratedRegex("\"(generationId|conversationId|parentId)\":\"([A-Za-z0-9_-]{16})\"")]
    private static partial Regex Named();
}

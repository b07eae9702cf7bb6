using System.Text.RegularExpressions;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>
/// A stream's exact text with its ids replaced: <c>G</c> the generation, <c>C</c> the conversation, <c>P</c> the parent.
/// </summary>
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

    /// <summary>JSON with its ids numbered as they come, <c>#1</c>, <c>#2</c>, and its times as <c>T</c>.</summary>
    public static string Numbered(string json)
    {
        var numbers = new Dictionary<string, string>();
        return Id().Replace(Time().Replace(json, "\"T\""), id =>
        {
            if (!numbers.TryGetValue(id.Value, out var number))
                numbers.Add(id.Value, number = $"#{numbers.Count + 1}");
            return number;
        });
    }

    /// <summary>Markdown of an export with its times as <c>T</c>, and how long an answer took as <c>S</c>.</summary>
    public static string WithoutTimes(string markdown) =>
        Took().Replace(Said().Replace(markdown, "*T"), ", took S*");

    [GeneratedRegex(@"\*\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC")]
    private static partial Regex Said();

    [GeneratedRegex(@", took \d+\.\d s\*")]
    private static partial Regex Took();

    [GeneratedRegex("(?<=\")[A-Za-z0-9_-]{16}(?=\")")]
    private static partial Regex Id();

    [GeneratedRegex("\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,3})?\\+00:00\"")]
    private static partial Regex Time();

    [GeneratedRegex("\"(generationId|conversationId|parentId)\":\"([A-Za-z0-9_-]{16})\"")]
    private static partial Regex Named();
}

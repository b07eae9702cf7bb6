using System.Text;
using ChatStream.Web.Providers.Wire;
using ChatStream.Web.Tests.Providers.ChatCompletions;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.Wire;

/// <summary>A parser that knows the last chunk gives what one gives that knows nothing.</summary>
internal sealed class ChunkTemplateTests
{
    private static readonly string[] Texts =
    [
        "a", "b", "Hellö 世界 😀", "", " ", "\\n", "\\\"", "\\u0041", "x\\\\", "\\ud83d", "\\ude00", "tab\\t", "{\\\"content\\\":\\\"b", "plain", "}", "]}", ",", ":",
        "a\",\"content\":\"b", "a\",\"refusal\":\"b", "a\"},\"finish_reason\":\"stop\",\"x\":{\"y\":\"b",
    ];

    [Test]
    public void A_chunk_means_the_same_after_any_other()
    {
        // Each text in three surroundings, so that some begin as the last did, some end so, some both.
        var chunks = Texts.SelectMany(text => new[]
        {
            AzureStream.Chunk($$"""{"content":"{{text}}"}"""),
            AzureStream.Chunk($$"""{"content":"{{text}}"}""", finish: "\"stop\""),
            AzureStream.Chunk($$"""{"reasoning_content":"{{text}}"}"""),
        }).ToList();
        foreach (var first in chunks)
        {
            foreach (var second in chunks)
            {
                foreach (var third in chunks.Where((_, i) => i % 5 == 0))
                    Assert.That(Parse(first, second, third), Is.EqualTo(ParseApart(first, second, third)), $"{first}\n{second}\n{third}");
            }
        }
    }

    [Test]
    public void What_is_around_the_text_is_looked_at_to_the_last_byte()
    {
        var chunk = AzureStream.Chunk("""{"content":"abc"}""");
        for (var i = 0; i < chunk.Length; i++)
        {
            var changed = chunk[..i] + (chunk[i] == '1' ? '2' : '1') + chunk[(i + 1)..];
            Assert.That(Parse(chunk, changed), Is.EqualTo(ParseApart(chunk, changed)), changed);
        }
    }

    [Test]
    public void Control_characters_and_broken_text_are_judged_as_ever()
    {
        var chunk = AzureStream.Chunk("""{"content":"abc"}""");
        foreach (var text in new[] { "a\nb", "a\0b", "a\u001fb", "a\u007fb" })
        {
            var changed = AzureStream.Chunk($$"""{"content":"{{text}}"}""");
            Assert.That(Parse(chunk, changed), Is.EqualTo(ParseApart(chunk, changed)), changed);
        }
    }

    private static string Parse(params string[] chunks) => Describe(new CompletionParser(), chunks);

    private static string ParseApart(params string[] chunks) => Describe(new CompletionParser(usesTemplate: false), chunks);

    private static string Describe(CompletionParser parser, string[] chunks) => string.Join('|', chunks.Select(chunk =>
    {
        try
        {
            var parsed = parser.Parse(Encoding.UTF8.GetBytes(chunk));
            return $"{parsed.Id} {parsed.Model} '{parsed.Text}' '{parsed.Reasoning}' {parsed.FinishReason} {parsed.IsFilterOut}";
        }
        catch (System.Text.Json.JsonException)
        {
            return "not JSON";
        }
    }));
}

using System.Text;
using ChatStream.Web.Providers.Wire;
using ChatStream.Web.Tests.Providers.ChatCompletions;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.Wire;

/// <summary>A parser that uses a template gives the same chunks as a parser without one.</summary>
internal sealed class ChunkTemplateTests
{
    private static readonly string[] Texts =
    [
        "a", "b", "Hellö 世界 😀", "", " ", "\\n", "\\\"", "\\u0041", "x\\\\", "\\ud83d", "\\ude00", "tab\\t",
        "{\\\"content\\\":\\\"b", "plain", "}", "]}", ",", ":",
        "a\",\"content\":\"b", "a\",\"refusal\":\"b", "a\"},\"finish_reason\":\"stop\",\"x\":{\"y\":\"b",
    ];

    [Test]
    public void A_chunk_means_the_same_after_any_other()
    {
        // Each text in three surroundings: some begin as the template does, some end so, some do both.
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
                // The first one twice: a template needs two equal chunks.
                foreach (var third in chunks.Where((_, i) => i % 5 == 0))
                    Check(first, first, second, third);
            }
        }
    }

    [Test]
    public void Every_byte_around_the_text_is_compared()
    {
        var chunk = AzureStream.Chunk("""{"content":"abc"}""");
        for (var i = 0; i < chunk.Length; i++)
            Check(chunk, chunk, chunk[..i] + (chunk[i] == '1' ? '2' : '1') + chunk[(i + 1)..]);
    }

    [Test]
    public void Control_characters_in_the_text_are_parsed_and_refused()
    {
        var chunk = AzureStream.Chunk("""{"content":"abc"}""");
        foreach (var text in new[] { "a\nb", "a\0b", "a\u001fb", "a\u007fb" })
            Check(chunk, chunk, AzureStream.Chunk($$"""{"content":"{{text}}"}"""));
    }

    [Test]
    public void Random_obfuscation_changes_no_text()
    {
        var random = new Random(1);
        Check([.. Enumerable.Range(0, 1_000).Select(i => Obfuscated($"w{i} ", random))]);
    }

    [Test]
    public void Random_obfuscation_that_repeats_now_and_then_changes_no_text()
    {
        // One of three strings, so that two in a row are often the same.
        var random = new Random(1);
        string[] paddings = ["", "a", "abc"];
        Check([.. Enumerable.Range(0, 1_000).Select(i => Obfuscated($"w{i} ", paddings[random.Next(3)]))]);
    }

    [Test]
    public void Random_obfuscation_costs_no_memory_for_each_token()
    {
        var random = new Random(1);
        var chunks = Enumerable.Range(0, 1_000).Select(_ => Encoding.UTF8.GetBytes(Obfuscated(" word", random))).ToList();
        BytesFor(new CompletionParser(), chunks); // compiles

        var without = BytesFor(new CompletionParser(usesTemplate: false), chunks);
        var with = BytesFor(new CompletionParser(), chunks);

        Assert.That(with - without, Is.LessThan(ChunkTemplate.MostMisses * 1_000), "a few copies for each answer");
    }

    [Test]
    public void Two_chunks_with_the_same_surroundings_make_a_template()
    {
        var template = new ChunkTemplate();
        Learn(template, "<", "one", ">");
        Assert.That(TextOf(template, "<two>"), Is.Null);

        Learn(template, "<", "two", ">");
        Assert.That(TextOf(template, "<three>"), Is.EqualTo("three"));
    }

    [Test]
    public void Surroundings_that_change_once_make_another_template()
    {
        var template = new ChunkTemplate();
        Learn(template, "<", "one", ">");
        Learn(template, "<", "two", ">");

        Assert.That(TextOf(template, "[three]"), Is.Null);
        Learn(template, "[", "three", "]");
        Assert.That(TextOf(template, "[four]"), Is.Null);
        Learn(template, "[", "four", "]");

        Assert.That(TextOf(template, "[five]"), Is.EqualTo("five"));
        Assert.That(TextOf(template, "<six>"), Is.Null);
    }

    [Test]
    public void It_gives_up_after_eight_misses_in_a_row()
    {
        Assert.That(IsLearnedAfter(misses: 7), Is.True);
        Assert.That(IsLearnedAfter(misses: 8), Is.False);
    }

    [Test]
    public void A_match_begins_the_count_of_misses_anew()
    {
        var template = new ChunkTemplate();
        for (var i = 0; i < 100; i++)
        {
            Learn(template, $"<{i} ", "one", ">");
            Learn(template, $"<{i} ", "two", ">");
            Assert.That(TextOf(template, $"<{i} three>"), Is.EqualTo("three"));
        }
    }

    [Test]
    public void Chunks_with_the_same_surroundings_are_not_parsed()
    {
        var chunks = Enumerable.Range(0, 100)
            .Select(i => Encoding.UTF8.GetBytes(AzureStream.Chunk($$"""{"content":"w{{i}} "}"""))).ToList();
        BytesFor(new CompletionParser(), chunks); // compiles

        // Parsing makes strings of the id and the model; a match repeats those of the template.
        var with = BytesFor(new CompletionParser(), chunks);
        var without = BytesFor(new CompletionParser(usesTemplate: false), chunks);

        Assert.That(without - with, Is.GreaterThan(90 * 50), "strings of some 90 chunks, of at least 50 bytes each");
    }

    private static bool IsLearnedAfter(int misses)
    {
        var template = new ChunkTemplate();
        for (var i = 0; i < misses; i++)
            Learn(template, $"<{i} ", "text", ">");
        Learn(template, $"<{misses - 1} ", "more", ">");
        return TextOf(template, $"<{misses - 1} last>") == "last";
    }

    private static void Learn(ChunkTemplate template, string before, string text, string after) =>
        template.Learn(Encoding.UTF8.GetBytes(before + text + after), before.Length, text.Length);

    private static string? TextOf(ChunkTemplate template, string data) => template.TextOf(Encoding.UTF8.GetBytes(data));

    private static string Obfuscated(string text, Random random) => Obfuscated(text, random.GetHexString(random.Next(1, 17)));

    /// <summary>A chunk of OpenAI's, which pads chunks against readers of encrypted traffic.</summary>
    private static string Obfuscated(string text, string padding) =>
        AzureStream.Chunk($$"""{"content":"{{text}}"}""")[..^1] + $",\"obfuscation\":\"{padding}\"}}";

    private static long BytesFor(CompletionParser parser, List<byte[]> chunks)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var chunk in chunks)
            parser.Parse(chunk);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Check(params string[] chunks) => Assert.That(
        Describe(new CompletionParser(), chunks), Is.EqualTo(Describe(new CompletionParser(usesTemplate: false), chunks)),
        string.Join('\n', chunks.Take(5)));

    private static string Describe(CompletionParser parser, string[] chunks) => string.Join('|', chunks.Select(chunk =>
    {
        try
        {
            var parsed = parser.Parse(Encoding.UTF8.GetBytes(chunk));
            return $"{parsed.Id} {parsed.Model} '{parsed.Text}' '{parsed.Reasoning}' {parsed.FinishReason} {parsed.IsUnfiltered}";
        }
        catch (System.Text.Json.JsonException)
        {
            return "not JSON";
        }
    }));
}

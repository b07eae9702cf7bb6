using System.Text;
using System.Text.Json;
using ChatStream.Web.Providers.Wire;
using ChatStream.Web.Tests.Providers.Responses;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.Wire;

/// <summary>Whatever a service sends in place of an event, the parser reads it or says that it is not JSON.</summary>
internal sealed class ResponsesParserTests
{
    private static readonly string[] Events =
    [
        .. new[]
        {
            ResponsesStream.Created, ResponsesStream.Text("Hel\\ud83d"), ResponsesStream.Thought("Hm"),
            ResponsesStream.Item("message"),
            ResponsesStream.Event("error", "\"error\":{\"code\":\"x\",\"message\":[\"y\"]}"),
            ResponsesStream.End("incomplete", "\"incomplete_details\":{\"reason\":\"max_output_tokens\"},\"usage\":{"
                + "\"input_tokens\":3,\"output_tokens_details\":{\"reasoning_tokens\":1}},\"content_filters\":[{"
                + "\"content_filter_results\":{\"hate\":{\"filtered\":true}}}],\"output\":[{\"type\":\"message\",\"content\":[{"
                + "\"type\":\"output_text\",\"text\":\"Hel\"}]}]"),
        }.Select(text => text.Split('\n').First(line => line.StartsWith("data: ", StringComparison.Ordinal))["data: ".Length..]),
    ];

    [Test]
    public void A_mutated_event_is_read_or_is_not_json([Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        var parser = new ResponsesParser();
        for (var i = 0; i < 500; i++)
        {
            var data = Mutated(Encoding.UTF8.GetBytes(Events[random.Next(Events.Length)]), random);
            try
            {
                parser.Parse(data);
            }
            catch (JsonException)
            {
                // The stream ends as malformed.
            }
        }
    }

    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("7")]
    [TestCase("\"response.completed\"")]
    [TestCase("""{"type":7}""")]
    [TestCase("""{"type":"response.completed"}""", "stop")]
    [TestCase("""{"type":"response.completed","response":[]}""", "stop")]
    [TestCase("""{"type":"response.completed","response":{"status":7,"usage":[],"output":{},"content_filters":[7,{}]}}""", "stop")]
    [TestCase("""{"type":"response.incomplete","response":{"incomplete_details":null}}""", "length")]
    [TestCase("""{"type":"response.incomplete","response":{"incomplete_details":{"reason":" "}}}""", "length")]
    [TestCase("""{"type":"response.output_text.delta","delta":{"a":"x"}}""")]
    [TestCase("""{"type":"response.output_text.done","text":{"a":"x"}}""")]
    [TestCase("""{"type":"response.output_item.added","item":null}""")]
    [TestCase("""{"type":"response.in_progress","response":{"status":"completed"}}""")]
    public void Values_of_another_kind_count_as_absent(string data, string? reason = null)
    {
        var chunk = new ResponsesParser().Parse(Encoding.UTF8.GetBytes(data));

        Assert.That((chunk.FinishReason, chunk.IsDone), Is.EqualTo((reason, reason is not null)));
        Assert.That(chunk.Error, Is.Null);
        Assert.That(chunk.Text, Is.Null);
    }

    [Test]
    public void An_event_without_a_type_is_what_its_name_says()
    {
        var parser = new ResponsesParser();

        Assert.That(Parsed("response.output_text.delta", """{"delta":"Hel"}"""), Is.EqualTo(("Hel", (string?)null)));
        Assert.That(Parsed("ping", """{"delta":"no"}"""), Is.EqualTo(((string?)null, (string?)null)));
        Assert.That(Parsed("response.completed", """{"response":{}}"""), Is.EqualTo(((string?)null, "stop")));

        (string?, string?) Parsed(string name, string data)
        {
            var chunk = parser.Parse(Encoding.UTF8.GetBytes(data), Encoding.UTF8.GetBytes(name));
            return (chunk.Text, chunk.FinishReason);
        }
    }

    [TestCase("""{"status":"COMPLETED","output":[]}""", "stop")]
    [TestCase("""{"status":"incomplete","incomplete_details":{"reason":"CONTENT_FILTER"}}""", "content_filter")]
    [TestCase("""{"status":"canceled"}""", null)]
    public void A_status_may_be_written_in_another_way(string response, string? reason)
    {
        var chunk = new ResponsesParser().Parse(Encoding.UTF8.GetBytes(response));

        Assert.That((chunk.FinishReason, chunk.Error is null), Is.EqualTo((reason, reason is not null)));
    }

    private static byte[] Mutated(byte[] data, Random random)
    {
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var at = random.Next(data.Length);
            data = random.Next(4) switch
            {
                0 => data[..at],
                1 => [.. data[..at], .. data[random.Next(data.Length)..]],
                2 => [.. data[..at], .. "{}[]\",:\\u09"u8[random.Next(9)..].ToArray(), .. data[at..]],
                _ => Flipped(data, at, random),
            };
            if (data.Length == 0)
                return "{"u8.ToArray();
        }
        return data;
    }

    private static byte[] Flipped(byte[] data, int at, Random random)
    {
        data[at] ^= (byte)(1 << random.Next(8));
        return data;
    }
}

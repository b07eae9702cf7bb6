using System.Text;
using System.Text.Json;
using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Responses;
using ChatStream.Web.Providers.Wire;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.Responses;

/// <summary>Where a background answer goes on, as it is stored, and as a parser goes on there.</summary>
internal sealed class ResponsePositionTests
{
    [TestCase("a-Key_of_16chars resp_1 0 - -")]
    [TestCase("a-Key_of_16chars resp_68a.b-c 41 + -")]
    [TestCase("a-Key_of_16chars resp_1 9007199254740993 +d83d -")]
    [TestCase("a-Key_of_16chars resp_1 7 -d83d +dbff")]
    [TestCase("a-Key_of_16chars resp_1 7 + - 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    public void A_position_is_stored_and_read(string text) =>
        Assert.That(ResponsePosition.Parse(text)?.ToString(), Is.EqualTo(text));

    [TestCase("a-Key_of_16chars resp_1 7 + - ~0--000a003c0074")]
    [TestCase("a-Key_of_16chars resp_1 7 +d83d - ~1+-")]
    [TestCase("a-Key_of_16chars resp_1 7 + - ~2++3000 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    public void A_position_between_tags_is_stored_and_read(string text)
    {
        var position = ResponsePosition.Parse(text);

        Assert.That(position?.Tags, Is.Not.Null);
        Assert.That(position.ToString(), Is.EqualTo(text));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("key resp_1 7 +")]
    [TestCase("key resp_1 7 + - -")]
    [TestCase("key resp_1 7 + - 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331")]
    [TestCase("key resp/../1 7 + -")]
    [TestCase("key  7 + -")]
    [TestCase("key resp_1 -7 + -")]
    [TestCase("key resp_1 7x + -")]
    [TestCase("key resp_1 7 +d83 -")]
    [TestCase("key resp_1 7 *d83d -")]
    [TestCase("key resp_1 7 +d83g -")]
    [TestCase("key resp_1 7 + - ~3--")]
    [TestCase("key resp_1 7 + - ~1-")]
    [TestCase("key resp_1 7 + - ~1-+003")]
    [TestCase("key resp_1 7 + - ~1-+003g")]
    [TestCase("key resp_1 7 + - ~1-+ ~1-+")]
    [TestCase("key resp_1 7 + - 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 ~1-+")]
    public void Anything_else_is_no_position(string? text) => Assert.That(ResponsePosition.Parse(text), Is.Null);

    [TestCase("resp_1", true)]
    [TestCase("", false)]
    [TestCase(null, false)]
    [TestCase("a b", false)]
    [TestCase("a/b", false)]
    [TestCase("a?b", false)]
    [TestCase("ä", false)]
    public void A_services_name_for_a_response_is_kept_only_if_it_may_stand_in_an_address(string? id, bool isId) =>
        Assert.That(ResponsePosition.IsId(id), Is.EqualTo(isId));

    [Test]
    public void A_name_that_is_too_long_is_not_kept() => Assert.That(ResponsePosition.IsId(new string('r', 201)), Is.False);

    /// <summary>From any event on, a new parser reads what the first one read there.</summary>
    [Test]
    public void A_parser_goes_on_after_any_event_that_moved_the_position()
    {
        string[] events =
        [
            """{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","status":"queued"}}""",
            """{"type":"response.output_item.added","sequence_number":1,"item":{"type":"reasoning"}}""",
            """{"type":"response.reasoning_summary_text.delta","sequence_number":2,"delta":"Hm\ud83d"}""",
            """{"type":"response.reasoning_summary_part.added","sequence_number":3}""",
            """{"type":"response.reasoning_summary_text.delta","sequence_number":4,"delta":"\ude42"}""",
            """{"type":"response.output_item.added","sequence_number":5,"item":{"type":"message"}}""",
            """{"type":"response.output_text.delta","sequence_number":6,"delta":"a\ud83d"}""",
            """{"type":"response.output_text.delta","sequence_number":7,"delta":"\ude42"}""",
            """{"type":"response.output_item.added","sequence_number":8,"item":{"type":"message"}}""",
            """{"type":"response.output_text.delta","sequence_number":9,"delta":"b"}""",
            """{"type":"response.completed","sequence_number":10,"response":{"id":"resp_1","status":"completed","output":["""
            + """{"type":"message","content":[{"type":"output_text","text":"a🙂"}]},"""
            + """{"type":"message","content":[{"type":"output_text","text":"b"}]}]}}""",
        ];
        var parser = new ResponsesParser();
        var positions = new Positions("key", parser, isKnown: false);
        var (text, reasoning) = ("", "");
        var seen = new List<(ResponsePosition Position, string Text, string Reasoning)>();
        foreach (var data in events)
        {
            var chunk = Read(parser, data);
            (text, reasoning) = (text + chunk.Text, reasoning + chunk.Reasoning);
            if (positions.After(chunk) is { } position)
                seen.Add((ResponsePosition.Parse(position.ToString())!, text, reasoning));
        }

        Assert.That(text, Is.EqualTo("a🙂\n\nb"));
        Assert.That(seen.Select(each => each.Position.Sequence), Is.EqualTo(new[] { 0, 2, 4, 6, 7, 9 }));
        foreach (var (position, before, thought) in seen)
        {
            var next = new ResponsesParser(position);
            var (rest, more) = ("", "");
            // The service may repeat what it was asked to leave out.
            foreach (var data in events.Skip((int)position.Sequence))
            {
                var chunk = Read(next, data);
                (rest, more) = (rest + chunk.Text, more + chunk.Reasoning);
            }
            Assert.That((before + rest, thought + more), Is.EqualTo((text, reasoning)), $"after {position}");
        }
    }

    private static IEnumerable<TestCaseData> Tagged()
    {
        yield return Case("one piece", "\n <think>\nA b\n\n</think>\n\nDone. </think>", "Done. </think>", "A b");
        yield return Case("two pieces", "<think>A</think>\n<thinking> B \n c</thinking> <th", "<th", "A\n\nB \n c");
        yield return Case("nothing in it", "<think>\n\n</think>\n\nDone.", "Done.", "");
        yield return Case("no tag", "<thin air", "<thin air", "");
        yield return Case("a tag that never closes", "<think> is a tag.", "<think> is a tag.", "is a tag.");
        yield return Case("a second tag that never closes", "<think>A</think><think> is one", "<think> is one", "A\n\nis one");
        yield return Case("no opening tag", "Check.</think>Done.", "Done.", "Check.", beginsInside: true);
        yield return Case("no tag at all", "Done.", "Done.", "Done.", beginsInside: true);
    }

    /// <summary>The tags may be cut anywhere, as each character is an event of its own.</summary>
    [TestCaseSource(nameof(Tagged))]
    public void A_parser_goes_on_in_the_middle_of_a_tag(string raw, bool beginsInside, string text, string reasoning)
    {
        string[] events =
        [
            """{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","status":"queued"}}""",
            .. raw.Select((unit, n) => $"{{\"type\":\"response.output_text.delta\",\"sequence_number\":{n + 1},\"delta\":"
                + $"{JsonSerializer.Serialize(unit.ToString())}}}"),
            $"{{\"type\":\"response.completed\",\"sequence_number\":{raw.Length + 1},\"response\":{{\"status\":\"completed\","
                + "\"output\":[{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":"
                + $"{JsonSerializer.Serialize(raw)}}}]}}]}}}}",
        ];
        var parser = new ResponsesParser(after: null, new ThinkTags(beginsInside));
        var positions = new Positions("key", parser, isKnown: false);
        var read = (Text: "", Reasoning: "");
        var seen = new List<(ResponsePosition Position, (string, string) Before)>();
        foreach (var data in events)
        {
            var chunk = Read(parser, data);
            read = (read.Text + chunk.Text, read.Reasoning + chunk.Reasoning);
            if (positions.After(chunk) is { } position)
                seen.Add((ResponsePosition.Parse(position.ToString())!, read));
        }
        var rest = parser.Rest();
        read = (read.Text + rest?.Text, read.Reasoning + rest?.Reasoning);

        Assert.That(read, Is.EqualTo((text, reasoning)));
        Assert.That(seen, Has.Count.GreaterThan(1));
        foreach (var (position, before) in seen)
        {
            var next = new ResponsesParser(position, position.Tags is { } tags ? new ThinkTags(tags, beginsInside) : null);
            var all = before;
            foreach (var data in events.Skip((int)position.Sequence))
            {
                var chunk = Read(next, data);
                all = (all.Item1 + chunk.Text, all.Item2 + chunk.Reasoning);
            }
            var last = next.Rest();
            Assert.That((all.Item1 + last?.Text, all.Item2 + last?.Reasoning), Is.EqualTo(read), $"after {position}");
        }
    }

    [Test]
    public void Reasoning_that_never_ends_stays_where_the_rest_of_its_text_is_not_known()
    {
        var position = new ResponsePosition("key", "resp_1", 4)
        {
            HasText = true,
            Tags = new TagPlace(TagState.Reasoning, HasReasoning: true, IsApart: false, " "),
        };
        var parser = new ResponsesParser(position, new ThinkTags(position.Tags.Value, beginsInside: false));

        var chunk = Read(parser, """{"type":"response.output_text.delta","sequence_number":5,"delta":"b "}""");
        Assert.That((chunk.Text, chunk.Reasoning), Is.EqualTo(((string?)null, " b")));
        Read(parser, """{"type":"response.completed","sequence_number":6,"response":{"status":"completed"}}""");
        Assert.That(parser.Rest(), Is.Null);
    }

    [Test]
    public void A_whole_response_in_place_of_the_rest_is_not_taken()
    {
        var parser = new ResponsesParser(new ResponsePosition("key", "resp_1", 4) { HasText = true });

        Assert.That(
            () => Read(parser, """{"id":"resp_1","object":"response","status":"completed","output":[]}"""),
            Throws.TypeOf<ModelException>());
    }

    private static TestCaseData Case(string name, string raw, string text, string reasoning, bool beginsInside = false) =>
        new TestCaseData(raw, beginsInside, text, reasoning).SetArgDisplayNames(name);

    private static AnswerChunk Read(ResponsesParser parser, string data) => parser.Parse(Encoding.UTF8.GetBytes(data));
}

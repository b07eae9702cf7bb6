using System.Text;
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

    [Test]
    public void A_whole_response_in_place_of_the_rest_is_not_taken()
    {
        var parser = new ResponsesParser(new ResponsePosition("key", "resp_1", 4) { HasText = true });

        Assert.That(
            () => Read(parser, """{"id":"resp_1","object":"response","status":"completed","output":[]}"""),
            Throws.TypeOf<ModelException>());
    }

    private static AnswerChunk Read(ResponsesParser parser, string data) => parser.Parse(Encoding.UTF8.GetBytes(data));
}

using System.Net.ServerSentEvents;
using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Wire;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.Wire;

/// <summary>The events are the same however their bytes arrive. The runtime's own parser gives the expected events.</summary>
internal sealed class EventBufferTests
{
    private static readonly string[] Streams =
    [
        "",
        "data: one\n\ndata: two\n\n",
        "data: one\r\n\r\ndata: two\r\n\r\n",
        "data: one\r\rdata: two\r\r",
        "data: one\r\n\ndata: two\n\r\ndata: three\r\r\n",
        "\uFEFFdata: after the mark\n\n",
        "data: \uFEFFno mark\n\n\uFEFFdata: no field\n\n",
        ": comment\n\n: another\ndata: one\n: within\n\n",
        "data: a\ndata: b\n\ndata: c\ndata:\ndata: d\n\ndata: e\n\n",
        "data:\ndata:\n\ndata: after empty lines\n\n",
        "data\n\ndata:\n\ndata: \n\ndata:  two spaces\n\n",
        "data:no space\n\ndatas: no\ndat: no\ndata : no\nDATA: no\n\ndata: yes\n\n",
        "event: e\nid: 3\nretry: 5\ndata: with others\nid: 4\n\nevent: alone\n\n",
        "\n\n\r\n\r\rdata: one\n\n\n\n",
        "data: whole\n\ndata: without its blank line\n",
        "data: whole\n\ndata: half a li",
        "data: whole\n\ndata: with its CR only\r",
        "data: whole\n\ndata: \u00e9 是 🙂\n\n",
        $"data: {new string('x', 10_000)}\ndata: {new string('y', 9_000)}\n\ndata: small\n\n"
            + $": {new string('z', 20_000)}\n\ndata: last\n\n",
        string.Concat(Enumerable.Range(0, 400).Select(i => $"data: {{\"n\":{i}}}\n\n")),
    ];

    [Test]
    public void A_stream_that_arrives_at_once_gives_the_expected_events([ValueSource(nameof(Streams))] string stream) =>
        Assert.That(Read(stream, _ => int.MaxValue), Is.EqualTo(Expected(stream)));

    [Test]
    public void A_stream_that_arrives_byte_by_byte_gives_the_expected_events([ValueSource(nameof(Streams))] string stream) =>
        Assert.That(Read(stream, _ => 1), Is.EqualTo(Expected(stream)));

    [Test]
    public void A_stream_with_random_cuts_gives_the_expected_events([ValueSource(nameof(Streams))] string stream)
    {
        var expected = Expected(stream);
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            Assert.That(Read(stream, _ => random.Next(1, 40)), Is.EqualTo(expected), $"seed {seed}");
        }
    }

    [Test]
    public void An_event_is_complete_with_its_blank_line()
    {
        using var events = new EventBuffer();
        (string, string)[] steps = [("data: a\r", "-"), ("\n", "-"), ("\r", "a"), ("\ndata: b\n\n", "b"), ("\n", "-")];
        foreach (var (bytes, expected) in steps)
        {
            Encoding.UTF8.GetBytes(bytes, events.Free.Span);
            events.Add(bytes.Length);
            Assert.That(events.TryTake(out var data) ? Encoding.UTF8.GetString(data) : "-", Is.EqualTo(expected));
        }
    }

    [TestCase("{\n\"a\":[\n{\n\"b\":{\n}\n}\n]\n}\ndata: x\n\n", "{\n\"a\":[\n{\n\"b\":{\n}\n}\n]\n}", "x",
        TestName = "A document without indentation")]
    [TestCase(" \t{\"a\":\"}\"}\ndata: x\n\n", " \t{\"a\":\"}\"}", "x", TestName = "A document after blanks")]
    [TestCase("{ \"a\":\n  \"{\\\"\\\\\" }\ndata: x\n\n", "{ \"a\":\n  \"{\\\"\\\\\" }", "x",
        TestName = "A document whose last line does not begin with the brace")]
    [TestCase("{\"a\":1}\n{\"a\":2}\n", "{\"a\":1}", "{\"a\":2}", TestName = "Documents in lines")]
    public void A_document_among_the_lines_is_an_event(string stream, params string[] events)
    {
        Assert.That(Read(stream, _ => int.MaxValue), Is.EqualTo(events));
        Assert.That(Read(stream, _ => 1), Is.EqualTo(events));
    }

    [Test]
    public void An_event_has_the_name_that_stands_in_it()
    {
        using var events = new EventBuffer();
        const string Stream = "event: one\ndata: 1\n\ndata: 2\n\nevent:three \nid: 3\ndata: 3\n\n"
            + "event: message\ndata: 4\n\nevent: six\n\ndata: 6\n\n";
        events.Add(Encoding.UTF8.GetBytes(Stream, events.Free.Span));
        var named = new List<string>();
        while (events.TryTake(out var data))
            named.Add($"{Encoding.UTF8.GetString(data)} {events.Kind} {Encoding.UTF8.GetString(events.Name)}");

        Assert.That(named, Is.EqualTo(new[] { "1 Named one", "2 Message ", "3 Named three", "4 Message ", "6 Message " }));
    }

    [TestCase("data: ")]
    [TestCase(": ")]
    [TestCase("data: a\n: ")]
    public void An_event_larger_than_a_megabyte_is_a_failure(string beginning)
    {
        var large = beginning + new string('x', 2 * EventBuffer.LargestEvent);
        var fault = Assert.Throws<ModelException>(() => Read(large, _ => int.MaxValue));

        Assert.That(
            (fault.Code, fault.Message),
            Is.EqualTo((FailureCode.MalformedResponse, "The model service sent an event larger than 1 MB.")));
    }

    [Test]
    public void Many_lines_without_a_blank_line_are_a_failure_too() =>
        Assert.Throws<ModelException>(() => Read(string.Concat(Enumerable.Repeat(": 3456789\n", 120_000)), _ => int.MaxValue));

    private static List<string> Expected(string stream) =>
        [.. SseParser.Create(new MemoryStream(Encoding.UTF8.GetBytes(stream))).Enumerate().Select(e => e.Data)];

    private static List<string> Read(string stream, Func<int, int> arriving)
    {
        using var events = new EventBuffer();
        var taken = new List<string>();
        for (var bytes = Encoding.UTF8.GetBytes(stream).AsSpan(); !bytes.IsEmpty;)
        {
            var free = events.Free.Span;
            var count = Math.Min(Math.Min(arriving(bytes.Length), bytes.Length), free.Length);
            bytes[..count].CopyTo(free);
            events.Add(count);
            bytes = bytes[count..];
            while (events.TryTake(out var data))
                taken.Add(Encoding.UTF8.GetString(data));
        }
        return taken;
    }
}

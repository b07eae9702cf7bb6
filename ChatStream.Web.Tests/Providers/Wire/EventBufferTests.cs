using System.Net.ServerSentEvents;
using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Providers;
using ChatStream.Web.Providers.Wire;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Providers.Wire;

/// <summary>The model's events, however their bytes arrive. The runtime's parser says what each text means.</summary>
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
        $"data: {new string('x', 10_000)}\ndata: {new string('y', 9_000)}\n\ndata: small\n\n: {new string('z', 20_000)}\n\ndata: last\n\n",
        string.Concat(Enumerable.Range(0, 400).Select(i => $"data: {{\"n\":{i}}}\n\n")),
    ];

    [Test]
    public void Whole_they_are_what_the_runtime_reads([ValueSource(nameof(Streams))] string stream) =>
        Assert.That(Read(stream, _ => int.MaxValue), Is.EqualTo(Expected(stream)));

    [Test]
    public void Byte_by_byte_they_are_the_same([ValueSource(nameof(Streams))] string stream) =>
        Assert.That(Read(stream, _ => 1), Is.EqualTo(Expected(stream)));

    [Test]
    public void At_any_splits_they_are_the_same([ValueSource(nameof(Streams))] string stream)
    {
        var expected = Expected(stream);
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            Assert.That(Read(stream, _ => random.Next(1, 40)), Is.EqualTo(expected), $"seed {seed}");
        }
    }

    [Test]
    public void An_event_is_there_as_soon_as_its_blank_line_is()
    {
        using var events = new EventBuffer();
        foreach (var (bytes, expected) in new[] { ("data: a\r", "-"), ("\n", "-"), ("\r", "a"), ("\ndata: b\n\n", "b"), ("\n", "-") })
        {
            Encoding.UTF8.GetBytes(bytes, events.Free.Span);
            events.Add(bytes.Length);
            Assert.That(events.TryTake(out var data) ? Encoding.UTF8.GetString(data) : "-", Is.EqualTo(expected));
        }
    }

    [TestCase("data: ")]
    [TestCase(": ")]
    [TestCase("data: a\n: ")]
    public void One_that_grows_past_a_megabyte_is_refused(string beginning)
    {
        var fault = Assert.Throws<ModelException>(() => Read(beginning + new string('x', 2 * EventBuffer.LargestEvent), _ => int.MaxValue));

        Assert.That((fault.Code, fault.Message), Is.EqualTo((FailureCode.MalformedResponse, "The model service sent an event larger than 1 MB.")));
    }

    [Test]
    public void Many_lines_without_a_blank_one_are_refused_too() =>
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

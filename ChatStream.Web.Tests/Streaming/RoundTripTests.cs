using System.Buffers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using ChatStream.Web.Contract;
using ChatStream.Web.Streaming;
using ChatStream.Web.Tests.Contract;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Streaming;

/// <summary>What the encoder writes, the platform's parser reads.</summary>
internal sealed class RoundTripTests
{
    private static readonly Dictionary<string, string> Texts = new()
    {
        ["line feeds"] = "one\ntwo\n\nthree\n",
        ["carriage returns"] = "one\rtwo\r\nthree\r\r\n\n",
        ["what looks like an event"] = "\n\nevent: stop\ndata: stopped\n\nid: 1\n:",
        ["NUL"] = "a\0b\0",
        ["all control characters"] = new string([.. Enumerable.Range(0, 0x20).Select(c => (char)c)]),
        ["separators and a byte order mark"] = "\ufeff\u2028\u2029\u0085\u3000\ufeff",
        ["emoji"] = "😀 👩‍👩‍👧 🏳️‍🌈",
        ["a lone first half"] = "a\ud83d",
        ["a lone second half"] = "\ude00b",
        ["quotes and backslashes"] = "\"\\\"\\\\n\"",
        ["spaces at the ends"] = "  a  ",
        ["nothing"] = "",
        ["a megabyte"] = string.Concat(Enumerable.Repeat("zwölf Boxkämpfer 😀\r\n", 1024 * 1024 / 20)),
    };

    private static IEnumerable<TestCaseData> Cases() => Texts.Keys.Select(name => new TestCaseData(name));

    [TestCaseSource(nameof(Cases))]
    public void A_text_survives_the_wire(string name)
    {
        var text = Texts[name];
        var log = new FrameLog("gggggggggggggggg.", MemoryPool<byte>.Shared);
        log.Append("start"u8, Payloads.Start with { Title = text }, WireJson.Wire.StartPayload, withRetry: true);
        log.AppendText("reasoning"u8, text);
        log.AppendText(text);

        var parser = SseParser.Create(new MemoryStream(Encoding.UTF8.GetBytes(log.All())));
        var items = parser.Enumerate().ToList();

        Assert.That(items.Select(item => (item.EventId, item.EventType)), Is.EqualTo(
            new[] { ("gggggggggggggggg.0", "start"), ("gggggggggggggggg.1", "reasoning"), ("gggggggggggggggg.2", "message") }));
        Assert.That(items[0].ReconnectionInterval, Is.EqualTo(TimeSpan.FromSeconds(1)));
        var wellFormed = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        Assert.That(items.Select(TextOf), Has.All.EqualTo(wellFormed));
    }

    private static string? TextOf(SseItem<string> item) =>
        JsonDocument.Parse(item.Data).RootElement.GetProperty(item.EventType == "start" ? "title" : "text").GetString();
}

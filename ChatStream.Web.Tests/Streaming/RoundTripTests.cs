using System.Buffers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using ChatStream.Web.Contract;
using ChatStream.Web.Streaming;
using ChatStream.Web.Tests.Contract;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Streaming;

/// <summary>The runtime's own parser, and the log itself, read what the encoder writes.</summary>
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
        Assert.That(log.ReadText("reasoning"u8, 0, log.Bytes), Is.EqualTo(wellFormed));
        Assert.That(log.ReadText(default, 0, log.Bytes), Is.EqualTo(wellFormed));
    }

    [Test]
    public void The_text_between_two_positions_is_that_of_their_deltas()
    {
        var log = new FrameLog("gggggggggggggggg.", MemoryPool<byte>.Shared);
        var positions = new List<long> { 0 };
        var texts = new List<string>();
        for (var n = 0; n < 300; n++)
        {
            texts.Add($"{n} \"é\n{new string('x', n)} ");
            log.AppendText("reasoning"u8, $"why {n}?");
            log.Append("status"u8, new StatusPayload(Phase.Writing), WireJson.Wire.StatusPayload);
            log.AppendText(texts[^1]);
            positions.Add(log.Bytes);
        }
        log.Append("snapshot"u8, new SnapshotPayload("all", null), WireJson.Wire.SnapshotPayload);

        Assert.That(log.ReadText(default, 0, log.Bytes), Is.EqualTo(string.Concat(texts)));
        Assert.That(log.ReadText("reasoning"u8, positions[298], log.Bytes), Is.EqualTo("why 298?why 299?"));
        for (var from = 0; from <= texts.Count; from += 7)
        {
            var text = log.ReadText(default, positions[from], positions[texts.Count]);
            Assert.That(text, Is.EqualTo(string.Concat(texts.Skip(from))), $"from {from}");
        }
        Assert.That(log.ReadText(default, log.Bytes, log.Bytes), Is.Empty);
    }

    [Test]
    public void Any_text_is_read_back_from_the_log()
    {
        const string alphabet = "a\"\\\0\n\r\t\b\f\u001f\u007f/\u2028é漢😀\ud83d\ude00{}:";
        var random = new Random(20260103);
        var log = new FrameLog("g.", MemoryPool<byte>.Shared);
        var expected = new StringBuilder();
        for (var round = 0; round < 2_000; round++)
        {
            var text = new string(random.GetItems(alphabet.AsSpan(), random.Next(0, 60)));
            log.AppendText(text);
            log.AppendText("reasoning"u8, "why?");
            expected.Append(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)));
        }

        Assert.That(log.ReadText(default, 0, log.Bytes), Is.EqualTo(expected.ToString()));
    }

    [Test]
    public void A_frame_that_was_cut_is_not_taken_for_read()
    {
        var log = new FrameLog("gggggggggggggggg.", MemoryPool<byte>.Shared);
        log.Append("start"u8, Payloads.Start, WireJson.Wire.StartPayload, withRetry: true);
        log.AppendText("Hel");
        log.AppendText("reasoning"u8, "why?");
        log.AppendText("lo");
        log.Append("stop"u8, "stopped"u8);
        var bytes = Encoding.UTF8.GetBytes(log.All());

        // This parser takes an id for received when it has read its line, as many clients do.
        for (var cut = 0; cut < bytes.Length; cut++)
        {
            var parser = SseParser.Create(new MemoryStream(bytes, 0, cut));
            var last = parser.Enumerate().LastOrDefault().EventId ?? "";
            var isBehindTheId = cut > 0 && bytes[cut] == '\n' && bytes[cut - 1] == '\n';
            if (!isBehindTheId)
                Assert.That(parser.LastEventId, Is.EqualTo(last), $"cut after {Encoding.UTF8.GetString(bytes, 0, cut)}");
        }
    }

    [Test]
    public void Reading_text_fails_once_the_memory_has_gone_back()
    {
        var log = new FrameLog("g.", MemoryPool<byte>.Shared);
        log.AppendText("a");
        log.Complete();
        var reader = log.OpenReader(0, CancellationToken.None);
        log.Release();
        Assert.That(log.ReadText(default, 0, log.Bytes), Is.EqualTo("a"), "a reader is still open");

        reader.Dispose();

        Assert.That(() => log.ReadText(default, 0, log.Bytes), Throws.TypeOf<ObjectDisposedException>());
    }

    private static string? TextOf(SseItem<string> item) =>
        JsonDocument.Parse(item.Data).RootElement.GetProperty(item.EventType == "start" ? "title" : "text").GetString();
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using ChatStream.Web.Contract;
using ChatStream.Web.Streaming;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Contract;

internal sealed class MinimalEscapingTests
{
    private static readonly FrameEncoder Frames = new("g.");

    [Test]
    public void Characters_that_json_forbids_are_escaped_in_their_shortest_form()
    {
        var shortForms = new Dictionary<char, string>
        {
            ['"'] = "\\\"",
            ['\\'] = "\\\\",
            ['\b'] = "\\b",
            ['\f'] = "\\f",
            ['\n'] = "\\n",
            ['\r'] = "\\r",
            ['\t'] = "\\t",
        };
        for (var c = '\0'; c < ' '; c++)
            shortForms.TryAdd(c, string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"));

        Assert.That(shortForms, Has.Count.EqualTo(34));
        foreach (var (c, escaped) in shortForms)
            Assert.That(Written($"a{c}b"), Is.EqualTo($"a{escaped}b"), $"U+{(int)c:X4}");
    }

    [Test]
    public void Nothing_else_is_escaped()
    {
        for (var c = ' '; c < char.MaxValue; c++)
        {
            if (c is not ('"' or '\\') && !char.IsSurrogate(c))
                Assert.That(Written(c.ToString()), Is.EqualTo(c.ToString()), $"U+{(int)c:X4}");
        }
    }

    [Test]
    public void Emoji_line_separators_and_cjk_are_not_escaped()
    {
        const string text = "😀👩‍👩‍👧 \u2028\u2029\u0085\u3000\u007f\ufeff 你好、世界 𠀋 <b>&'+/`";

        Assert.That(Written(text), Is.EqualTo(text));
    }

    [Test]
    public void A_lone_surrogate_becomes_the_replacement_character()
    {
        const string high = "\ud83d", low = "\ude00";

        Assert.That(Written(high), Is.EqualTo("\ufffd"));
        Assert.That(Written(low), Is.EqualTo("\ufffd"));
        Assert.That(Written($"a{high}"), Is.EqualTo("a\ufffd"));
        Assert.That(Written($"{low}a"), Is.EqualTo("\ufffda"));
        Assert.That(Written($"a{high}b"), Is.EqualTo("a\ufffdb"));
        Assert.That(Written(low + high), Is.EqualTo("\ufffd\ufffd"));
        Assert.That(Written(high + high + low), Is.EqualTo("\ufffd😀"));
        Assert.That(Written(high + low + low), Is.EqualTo("😀\ufffd"));
    }

    [Test]
    public void Any_text_is_read_back_as_it_was()
    {
        const string alphabet = "a\"\\\0\n\u001f\u007f\u2028é漢😀\ud83d\ude00";
        var random = new Random(20260102);
        for (var round = 0; round < 2_000; round++)
        {
            var text = new string(random.GetItems(alphabet.AsSpan(), random.Next(0, 200)));
            var json = "{\"text\":\"" + Written(text) + "\"}";

            Assert.That(JsonDocument.Parse(json).RootElement.GetProperty("text").GetString(), Is.EqualTo(WellFormed(text)));
            var (escapes, backslashes) = (text.Count(c => c is '"' or '\\' or < ' '), text.Count(c => c == '\\'));
            Assert.That(json.Count(c => c == '\\'), Is.EqualTo(escapes + backslashes));
        }
    }

    // Deltas are written without the serializer, snapshots with it. Both must give the same bytes.
    private static string Written(string text)
    {
        var json = Encoding.UTF8.GetString(
            JsonSerializer.SerializeToUtf8Bytes(new SnapshotPayload(text), WireJson.Wire.SnapshotPayload));
        Assert.That(Encoding.UTF8.GetString(Frames.EncodeText(0, default, text)), Is.EqualTo($"data: {json}\nid: g.0\n\n"));
        const string before = "{\"text\":\"", behind = "\"}";
        Assert.That(json.StartsWith(before, StringComparison.Ordinal), Is.True, json);
        Assert.That(json.EndsWith(behind, StringComparison.Ordinal), Is.True, json);
        return json[before.Length..^behind.Length];
    }

    private static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}

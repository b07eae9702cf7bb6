using System.Buffers;
using System.Text.Json;

namespace ChatStream.Web.Streaming;

/// <summary>Reads text back from the frames that <see cref="FrameEncoder.EncodeText"/> wrote.</summary>
internal static class DeltaDecoder
{
    /// <summary>Joins the text of all deltas of one event, in order. Other frames are skipped.</summary>
    /// <param name="frames">Whole frames.</param>
    /// <param name="eventName">Empty for the unnamed event.</param>
    public static string Decode(ReadOnlySpan<byte> frames, ReadOnlySpan<byte> eventName)
    {
        // One pooled buffer for all deltas. It is long enough: a text has no more UTF-16 units than its frame has bytes.
        var text = ArrayPool<char>.Shared.Rent(frames.Length);
        try
        {
            var length = 0;
            while (!frames.IsEmpty)
            {
                var end = frames.IndexOf(FrameEncoder.FrameEnd);
                var quoted = QuotedText(frames[..end], eventName);
                if (!quoted.IsEmpty)
                {
                    var json = new Utf8JsonReader(quoted);
                    json.Read();
                    length += json.CopyString(text.AsSpan(length));
                }
                frames = frames[(end + FrameEncoder.FrameEnd.Length)..];
            }
            return new string(text, 0, length);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(text);
        }
    }

    /// <summary>A delta's text as a JSON string, with its quotes; empty for every other frame.</summary>
    private static ReadOnlySpan<byte> QuotedText(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> eventName)
    {
        if (!eventName.IsEmpty
            && !(TrySkip(ref frame, "event: "u8) && TrySkip(ref frame, eventName) && TrySkip(ref frame, "\n"u8)))
            return [];
        return TrySkip(ref frame, "data: {\"text\":"u8) ? frame[..frame.LastIndexOf("}\nid: "u8)] : [];
    }

    private static bool TrySkip(ref ReadOnlySpan<byte> frame, ReadOnlySpan<byte> expected)
    {
        if (!frame.StartsWith(expected))
            return false;
        frame = frame[expected.Length..];
        return true;
    }
}

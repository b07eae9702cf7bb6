using System.Globalization;

namespace ChatStream.Web.Streaming;

/// <summary>Reads text back from the frames that <see cref="FrameEncoder.EncodeText"/> made of it.</summary>
internal static class DeltaDecoder
{
    private static ReadOnlySpan<byte> Before => "data: {\"text\":\""u8;

    private static ReadOnlySpan<byte> After => "\"}"u8;

    /// <summary>The text of the deltas, joined, as UTF-8; other frames are passed over.</summary>
    /// <param name="frames">Whole ones. The text is written over them: it is never longer.</param>
    /// <param name="eventName">Of the deltas that are meant; empty for the unnamed event.</param>
    public static ReadOnlySpan<byte> Decode(Span<byte> frames, ReadOnlySpan<byte> eventName)
    {
        var length = 0;
        for (var rest = frames; !rest.IsEmpty;)
        {
            var end = rest.IndexOf(FrameEncoder.FrameEnd);
            var delta = DeltaOf(rest[..end], eventName);
            delta = delta[..Unescape(delta)];
            delta.CopyTo(frames[length..]);
            length += delta.Length;
            rest = rest[(end + FrameEncoder.FrameEnd.Length)..];
        }
        return frames[..length];
    }

    private static Span<byte> DeltaOf(Span<byte> frame, ReadOnlySpan<byte> eventName)
    {
        frame = frame[(frame.IndexOf((byte)'\n') + 1)..]; // the id
        if (!eventName.IsEmpty)
        {
            if (!frame.StartsWith("event: "u8) || !frame[7..].StartsWith(eventName) || frame[7 + eventName.Length] != '\n')
                return [];
            frame = frame[(8 + eventName.Length)..];
        }
        return frame.StartsWith(Before) ? frame[Before.Length..^After.Length] : [];
    }

    /// <summary>In place.</summary>
    private static int Unescape(Span<byte> text)
    {
        var length = text.IndexOf((byte)'\\');
        if (length < 0)
            return text.Length;
        for (var i = length; i < text.Length; length++)
        {
            var isEscape = text[i] == '\\';
            text[length] = isEscape ? Escaped(text[(i + 1)..]) : text[i];
            i += !isEscape ? 1 : text[i + 1] == 'u' ? 6 : 2;
        }
        return length;
    }

    // Only control characters are written by their number.
    private static byte Escaped(ReadOnlySpan<byte> escape) => escape[0] switch
    {
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'u' => byte.Parse(escape[3..5], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
        var same => same,
    };
}

using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Streaming;

/// <summary>
/// Encodes one Server-Sent Event as bytes: <c>event</c>, <c>retry</c>, <c>data</c>, <c>id</c>, each on one line that ends with
/// LF. JSON has no raw line break, so one <c>data</c> line is always enough.
/// </summary>
/// <remarks>
/// The id is last, because many clients count a frame as received when they have read the line of its id. If the connection is
/// cut inside a frame, they then ask for that frame again.
/// </remarks>
/// <param name="idPrefix">The part of a frame's id before its number, <c>{G}.</c> or <c>{G}.s</c>.</param>
internal sealed class FrameEncoder(string idPrefix)
{
    /// <summary>The bytes that end a frame. They occur nowhere else in a frame.</summary>
    public static ReadOnlySpan<byte> FrameEnd => "\n\n"u8;

    private const int RetryMilliseconds = 1000; // shorter than a browser's own: reconnecting only replays missed frames
    private const int LargestKeptBuffer = 64 * 1024; // ordinary frames are far smaller; a giant one must not keep its memory

    // One scratch buffer per thread serves every log, because encoding never awaits and the caller copies the bytes at once.
    [ThreadStatic] private static ArrayBufferWriter<byte>? t_buffer;
    [ThreadStatic] private static Utf8JsonWriter? t_json;

    private readonly byte[] _id = [.. "\nid: "u8, .. Encoding.ASCII.GetBytes(idPrefix)];

    /// <summary>
    /// Encodes a frame whose data is JSON. An empty name is that of the unnamed event, which EventSource calls <c>message</c>.
    /// <paramref name="withRetry"/> tells EventSource how long to wait before it reconnects.
    /// </summary>
    /// <returns>The frame's bytes, valid until the next frame is encoded on this thread.</returns>
    public ReadOnlySpan<byte> Encode<T>(
        int number, ReadOnlySpan<byte> eventName, T payload, JsonTypeInfo<T> type, bool withRetry = false)
    {
        var buffer = Begin(eventName, withRetry);
        JsonSerializer.Serialize(Json(buffer), payload, type);
        return End(buffer, number);
    }

    /// <summary>Encodes a delta, <c>{"text":"…"}</c>, without the serializer, because every token has one.</summary>
    /// <returns>The frame's bytes, valid until the next frame is encoded on this thread.</returns>
    public ReadOnlySpan<byte> EncodeText(int number, ReadOnlySpan<byte> eventName, string text)
    {
        var buffer = Begin(eventName, withRetry: false);
        buffer.Write("{\"text\":"u8);
        if (MinimalEscaping.IsNeededFor(text))
        {
            var json = Json(buffer);
            json.WriteStringValue(text);
            json.Flush();
        }
        else
        {
            buffer.Write("\""u8);
            buffer.Advance(Encoding.UTF8.GetBytes(text, buffer.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
            buffer.Write("\""u8);
        }
        buffer.Write("}"u8);
        return End(buffer, number);
    }

    /// <summary>Encodes a frame whose data is not JSON. The data must have no line break.</summary>
    /// <returns>The frame's bytes, valid until the next frame is encoded on this thread.</returns>
    public ReadOnlySpan<byte> Encode(int number, ReadOnlySpan<byte> eventName, ReadOnlySpan<byte> data)
    {
        var buffer = Begin(eventName, withRetry: false);
        buffer.Write(data);
        return End(buffer, number);
    }

    private static ArrayBufferWriter<byte> Begin(ReadOnlySpan<byte> eventName, bool withRetry)
    {
        if (t_buffer is null || t_buffer.Capacity > LargestKeptBuffer)
            t_buffer = new ArrayBufferWriter<byte>(512);
        var buffer = t_buffer;
        buffer.ResetWrittenCount();
        if (!eventName.IsEmpty)
        {
            buffer.Write("event: "u8);
            buffer.Write(eventName);
            buffer.Write("\n"u8);
        }
        if (withRetry)
        {
            buffer.Write("retry: "u8);
            WriteNumber(buffer, RetryMilliseconds);
            buffer.Write("\n"u8);
        }
        buffer.Write("data: "u8);
        return buffer;
    }

    private static Utf8JsonWriter Json(ArrayBufferWriter<byte> buffer)
    {
        var json = t_json ??= new Utf8JsonWriter(
            buffer, new JsonWriterOptions { Encoder = MinimalEscaping.Instance, SkipValidation = true });
        json.Reset(buffer);
        return json;
    }

    private ReadOnlySpan<byte> End(ArrayBufferWriter<byte> buffer, int number)
    {
        buffer.Write(_id);
        WriteNumber(buffer, number);
        buffer.Write(FrameEnd);
        return buffer.WrittenSpan;
    }

    private static void WriteNumber(ArrayBufferWriter<byte> buffer, int number)
    {
        Utf8Formatter.TryFormat(number, buffer.GetSpan(11), out var written);
        buffer.Advance(written);
    }
}

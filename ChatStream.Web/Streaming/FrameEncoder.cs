using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ChatStream.Web.Contract;

namespace ChatStream.Web.Streaming;

/// <summary>
/// One Server-Sent Event as bytes: <c>id</c>, <c>event</c>, <c>retry</c>, <c>data</c>, each on one line ended by LF. JSON has
/// no raw line break in it, so one <c>data</c> line always suffices.
/// </summary>
/// <param name="idPrefix">What stands before the frame's number in its id, <c>{G}.</c> or <c>{G}.s</c>.</param>
internal sealed class FrameEncoder(string idPrefix)
{
    /// <summary>Ends a frame, and stands nowhere else in one.</summary>
    public static ReadOnlySpan<byte> FrameEnd => "\n\n"u8;

    private const int RetryMilliseconds = 1000;
    private const int LargestKeptBuffer = 64 * 1024;

    // Encoding never awaits, and its caller copies the bytes away at once: one scratch buffer a thread serves every log.
    [ThreadStatic] private static ArrayBufferWriter<byte>? t_buffer;
    [ThreadStatic] private static Utf8JsonWriter? t_json;

    private readonly byte[] _id = [.. "id: "u8, .. Encoding.ASCII.GetBytes(idPrefix)];

    /// <summary>The frame's bytes, valid until the next frame is encoded on this thread.</summary>
    /// <param name="number">n, from 0.</param>
    /// <param name="eventName">Empty for the unnamed event, <c>message</c> to an EventSource.</param>
    /// <param name="payload">What <c>data</c> holds, as JSON.</param>
    /// <param name="type">How the payload is written.</param>
    /// <param name="withRetry">Whether the frame tells EventSource how long to wait before it connects again.</param>
    public ReadOnlySpan<byte> Encode<T>(int number, ReadOnlySpan<byte> eventName, T payload, JsonTypeInfo<T> type, bool withRetry = false)
    {
        var buffer = Begin(number, eventName, withRetry);
        JsonSerializer.Serialize(Json(buffer), payload, type);
        return End(buffer);
    }

    /// <summary>As the other, for a delta, <c>{"text":"…"}</c>: past the serializer, because it comes with every token.</summary>
    public ReadOnlySpan<byte> EncodeText(int number, ReadOnlySpan<byte> eventName, string text)
    {
        var buffer = Begin(number, eventName, withRetry: false);
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
        return End(buffer);
    }

    /// <summary>As the other, for data that is not JSON and has no line break.</summary>
    public ReadOnlySpan<byte> Encode(int number, ReadOnlySpan<byte> eventName, ReadOnlySpan<byte> data)
    {
        var buffer = Begin(number, eventName, withRetry: false);
        buffer.Write(data);
        return End(buffer);
    }

    private ArrayBufferWriter<byte> Begin(int number, ReadOnlySpan<byte> eventName, bool withRetry)
    {
        if (t_buffer is null || t_buffer.Capacity > LargestKeptBuffer)
            t_buffer = new ArrayBufferWriter<byte>(512);
        var buffer = t_buffer;
        buffer.ResetWrittenCount();
        buffer.Write(_id);
        WriteNumber(buffer, number);
        if (!eventName.IsEmpty)
        {
            buffer.Write("\nevent: "u8);
            buffer.Write(eventName);
        }
        if (withRetry)
        {
            buffer.Write("\nretry: "u8);
            WriteNumber(buffer, RetryMilliseconds);
        }
        buffer.Write("\ndata: "u8);
        return buffer;
    }

    private static Utf8JsonWriter Json(ArrayBufferWriter<byte> buffer)
    {
        var json = t_json ??= new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = MinimalEscaping.Instance, SkipValidation = true });
        json.Reset(buffer);
        return json;
    }

    private static ReadOnlySpan<byte> End(ArrayBufferWriter<byte> buffer)
    {
        buffer.Write(FrameEnd);
        return buffer.WrittenSpan;
    }

    private static void WriteNumber(ArrayBufferWriter<byte> buffer, int number)
    {
        Utf8Formatter.TryFormat(number, buffer.GetSpan(11), out var written);
        buffer.Advance(written);
    }
}

using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Deployments;

/// <summary>The content of a message that has images: texts and images, in their order. Without images, it is one text.</summary>
internal static class MessageImages
{
    /// <summary>Whether the message has an image.</summary>
    public static bool AreIn(ChatMessage message)
    {
        for (var i = 0; i < message.Contents.Count; i++) // an enumerator would be one more object for each message
        {
            if (IsImage(message.Contents[i]))
                return true;
        }
        return false;
    }

    public static bool IsImage(AIContent content) => content is DataContent data && data.HasTopLevelMediaType("image");

    /// <summary>Bytes of the images in the body of a request.</summary>
    public static int BytesOf(ChatMessage message) => AreIn(message)
        ? message.Contents.OfType<DataContent>().Sum(image => Base64.GetMaxEncodedToUtf8Length(image.Data.Length) + 256)
        : 0;

    /// <summary>Writes the parts as chat completions take them.</summary>
    public static void WriteForCompletions(Utf8JsonWriter json, ChatMessage message) =>
        Write(json, message, "text"u8, static (json, image) =>
        {
            json.WriteString("type"u8, "image_url"u8);
            json.WriteStartObject("image_url"u8);
            WriteAddress(json, "url"u8, image);
            json.WriteEndObject();
        });

    /// <summary>Writes the parts as Responses take them.</summary>
    public static void WriteForResponses(Utf8JsonWriter json, ChatMessage message) =>
        Write(json, message, "input_text"u8, static (json, image) =>
        {
            json.WriteString("type"u8, "input_image"u8);
            WriteAddress(json, "image_url"u8, image);
        });

    private static void Write(
        Utf8JsonWriter json, ChatMessage message, ReadOnlySpan<byte> textType, Action<Utf8JsonWriter, DataContent> writeImage)
    {
        json.WriteStartArray("content"u8);
        foreach (var content in message.Contents)
        {
            if (content is TextContent { Text.Length: > 0 } text)
            {
                json.WriteStartObject();
                json.WriteString("type"u8, textType);
                json.WriteString("text"u8, text.Text);
                json.WriteEndObject();
            }
            else if (content is DataContent image)
            {
                json.WriteStartObject();
                writeImage(json, image);
                json.WriteEndObject();
            }
        }
        json.WriteEndArray();
    }

    // A data: address. It is put together in bytes, because a string of it would take twice the memory.
    private static void WriteAddress(Utf8JsonWriter json, ReadOnlySpan<byte> name, DataContent image)
    {
        var head = Encoding.ASCII.GetBytes($"data:{image.MediaType};base64,");
        var length = head.Length + Base64.GetMaxEncodedToUtf8Length(image.Data.Length);
        var address = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            head.CopyTo(address, 0);
            Base64.EncodeToUtf8(image.Data.Span, address.AsSpan(head.Length), out _, out var written);
            json.WriteString(name, address.AsSpan(0, head.Length + written));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(address);
        }
    }
}

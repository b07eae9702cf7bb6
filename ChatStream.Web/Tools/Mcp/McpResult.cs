using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatStream.Web.Tools.Mcp;

/// <summary>
/// Reads the result of a call, part by part: what can be read is kept, whatever stands beside it. The library takes a result
/// whole or not at all.
/// </summary>
internal static class McpResult
{
    /// <summary>What the model is told of a result of which nothing can be read.</summary>
    public static readonly ToolOutcome Unreadable = ToolOutcome.Fault(
        "The tool's server sent a result that cannot be read. It may have made the call.");

    /// <summary>Images of one result that are taken.</summary>
    private const int MostImages = 4;

    private const int LongestKind = 40;

    /// <summary>Characters after which no further part is read. The settings allow less of a result.</summary>
    private const int LongestText = 4 * 1024 * 1024;

    private static readonly JsonSerializerOptions AsItIs = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ToolOutcome Read(JsonNode? result)
    {
        try
        {
            return JsonSerializer.SerializeToElement(result, AsItIs) is { ValueKind: JsonValueKind.Object } read
                ? Read(read) : Unreadable;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or ArgumentException)
        {
            return Unreadable; // such as a member that is there twice
        }
    }

    private static ToolOutcome Read(JsonElement result)
    {
        var (text, images) = (new StringBuilder(), new List<byte[]>());
        var structured = Member(result, "structuredContent");
        switch (Member(result, "content"))
        {
            case { ValueKind: JsonValueKind.Array } blocks:
                foreach (var block in blocks.EnumerateArray().TakeWhile(_ => text.Length < LongestText))
                    Add(block, text, images);
                break;
            case not null when structured is null:
                return Unreadable;
        }
        if (text.Length == 0 && structured is { } json)
            text.Append(json.GetRawText());
        var outcome = Member(result, "isError") is not { ValueKind: JsonValueKind.True } ? new ToolOutcome(text.ToString())
            : ToolOutcome.Fault(text.Length > 0 ? text.ToString() : "The tool failed.");
        return images.Count > 0 ? outcome with { Images = images } : outcome;
    }

    // Content that is no text and no image, or cannot be read, is named and left out.
    private static void Add(JsonElement block, StringBuilder text, List<byte[]> images)
    {
        if (text.Length > 0)
            text.Append('\n');
        var kind = Text(block, "type");
        if (kind == "text" && Text(block, "text") is { } part)
            text.Append(part);
        else if (kind == "resource" && Member(block, "resource") is { } resource && Text(resource, "text") is { } resourceText)
            text.Append(resourceText);
        else if (kind == "image" && images.Count < MostImages && Member(block, "data") is { ValueKind: JsonValueKind.String } data
            && data.TryGetBytesFromBase64(out var bytes))
        {
            images.Add(bytes);
            text.Append("[image ").Append(images.Count).Append(']');
        }
        else
        {
            text.Append('[').Append(IsWord(kind) ? kind : "content of an unknown type").Append(": it was left out]");
        }
    }

    /// <summary>A member that is there and not null; null: it is not.</summary>
    private static JsonElement? Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var member)
        && member.ValueKind != JsonValueKind.Null ? member : null;

    private static string? Text(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static bool IsWord(string? kind) => kind is { Length: > 0 and <= LongestKind }
        && kind.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/');
}

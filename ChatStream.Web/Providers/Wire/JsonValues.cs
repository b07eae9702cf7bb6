using System.Buffers.Text;
using System.Text.Json;

namespace ChatStream.Web.Providers.Wire;

/// <summary>Reads the values of a service's JSON. What is of an unexpected kind counts as absent.</summary>
internal static class JsonValues
{
    /// <summary>
    /// Levels of nesting that are read. Services pass on what users and tools have sent, and all of it is skipped.
    /// </summary>
    private const int Deepest = 512;

    /// <summary>A reader of the JSON of a service.</summary>
    public static Utf8JsonReader Reader(ReadOnlySpan<byte> json) => new(json, new JsonReaderOptions { MaxDepth = Deepest });

    /// <summary>Reads the value after a property name.</summary>
    /// <returns>Its text; null if it is no string.</returns>
    public static string? ReadString(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String)
            return JsonText.Whole(ref json);
        json.Skip();
        return null;
    }

    /// <summary>Reads the value after a property name. Some services write it as a string, or with a fraction of 0.</summary>
    /// <returns>Null if it is no whole number.</returns>
    public static long? ReadNumber(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType is JsonTokenType.Number or JsonTokenType.String && !json.HasValueSequence)
            return NumberIn(json.ValueSpan);
        json.Skip();
        return null;
    }

    /// <summary>Skips the value after a property name.</summary>
    public static void Skip(ref Utf8JsonReader json)
    {
        json.Read();
        json.Skip();
    }

    /// <summary>Whether the list or object that begins at the current token has nothing in it.</summary>
    /// <param name="json">A copy, which looks ahead.</param>
    public static bool IsEmpty(Utf8JsonReader json) =>
        json.Read() && json.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject;

    /// <returns>Null: the text is no whole number.</returns>
    public static long? NumberIn(ReadOnlySpan<byte> text)
    {
        if (Utf8Parser.TryParse(text, out long whole, out var read) && read == text.Length)
            return whole;
        return Utf8Parser.TryParse(text, out double number, out read) && read == text.Length
            && number == Math.Floor(number) && Math.Abs(number) < 1e15 ? (long)number : null;
    }
}

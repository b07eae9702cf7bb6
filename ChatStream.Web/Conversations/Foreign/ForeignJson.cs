using System.Text.Json;

namespace ChatStream.Web.Conversations.Foreign;

/// <summary>Reads members that may be missing or of another kind.</summary>
internal static class ForeignJson
{
    private static readonly DateTimeOffset Earliest = new(2015, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Null: there is no such member.</summary>
    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    /// <summary>Null: the member is not an object.</summary>
    public static JsonElement? ObjectIn(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Object } value ? value : null;

    /// <summary>Empty: the member is not an array.</summary>
    public static IEnumerable<JsonElement> ItemsIn(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];

    /// <summary>Null: the member is not a text.</summary>
    public static string? TextIn(this JsonElement element, string name) => element.Member(name)?.AsText();

    public static bool IsTrue(this JsonElement element, string name) => element.Member(name) is { ValueKind: JsonValueKind.True };

    /// <summary>Null: it is not a text, or not one of Unicode. A NUL is replaced: PostgreSQL cannot store it.</summary>
    public static string? AsText(this JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String)
            return null;
        try
        {
            return element.GetString()!.Replace('\0', '\uFFFD');
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A time in seconds or milliseconds since 1970, or as a text; null: it is none, or cannot be right.</summary>
    public static DateTimeOffset? TimeIn(this JsonElement element, string name, DateTimeOffset now)
    {
        DateTimeOffset? time = null;
        if (element.Member(name) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number))
        {
            var milliseconds = number > 1e11 ? number : number * 1000;
            if (milliseconds is > 0 and < 1e14)
                time = DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);
        }
        else if (value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var written))
            time = written.ToUniversalTime();
        return time < Earliest || time > now ? null : time;
    }
}

using System.Runtime.InteropServices;
using System.Text.Json;

namespace ChatStream.Web.Tools;

/// <summary>
/// Looks at JSON that strangers wrote. It may be JSON and still have names and texts that are not Unicode: half a surrogate pair,
/// or bytes that are not UTF-8. <see cref="JsonElement"/> finds that out when a member is looked for, and then throws.
/// </summary>
internal static class WellFormedJson
{
    /// <summary>Whether all names and texts are Unicode.</summary>
    public static bool Is(JsonElement json)
    {
        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(json));
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
                    _ = reader.GetString();
            }
            return true;
        }
        catch (Exception fault) when (fault is InvalidOperationException or JsonException)
        {
            return false;
        }
    }
}

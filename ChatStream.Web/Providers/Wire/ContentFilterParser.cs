using System.Text.Json;

namespace ChatStream.Web.Providers.Wire;

internal static class ContentFilterParser
{
    /// <summary>
    /// Reads <c>content_filter_results</c>, an object per category. Returns the categories with <c>filtered: true</c>, and true
    /// if there is an <c>error</c>, because the filter did not work.
    /// </summary>
    public static (List<string>? FilteredBy, bool IsUnfiltered) Read(ref Utf8JsonReader json)
    {
        List<string>? filteredBy = null;
        var isUnfiltered = false;
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return default;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            var category = json.GetString()!.Replace('-', '_');
            isUnfiltered |= category == "error";
            if (IsFiltered(ref json))
                (filteredBy ??= []).Add(category);
        }
        return (filteredBy, isUnfiltered);
    }

    private static bool IsFiltered(ref Utf8JsonReader json)
    {
        var filtered = false;
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return false;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            var isFlag = json.ValueTextEquals("filtered"u8);
            json.Read();
            filtered |= isFlag && json.TokenType == JsonTokenType.True;
            json.Skip();
        }
        return filtered;
    }
}

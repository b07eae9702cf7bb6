using System.Text.Json;

namespace ChatStream.Web.Providers.Wire;

internal static class ContentFilterParser
{
    /// <summary>Stands for a category whose name cannot be shown and stored.</summary>
    private const string Other = "other";

    /// <summary>
    /// Reads <c>content_filter_results</c>, an object per category. Returns the categories with <c>filtered: true</c>, and true
    /// if there is an <c>error</c>, because the filter did not work.
    /// </summary>
    public static (List<FilteredCategory>? FilteredBy, bool IsUnfiltered) Read(ref Utf8JsonReader json)
    {
        List<FilteredCategory>? filteredBy = null;
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
            var (isFiltered, severity) = ReadVerdict(ref json);
            if (isFiltered)
                (filteredBy ??= []).Add(new FilteredCategory(IsName(category) ? category : Other, severity));
        }
        return (filteredBy, isUnfiltered);
    }

    /// <summary>
    /// Reads a list of objects, each with results: <c>content_filters</c> of the Responses API, which has one for the prompt and
    /// one for the answer, and <c>prompt_filter_results</c> of chat completions.
    /// </summary>
    /// <param name="json">At the property's name.</param>
    /// <param name="chunk">Gets the categories.</param>
    public static void ReadList(ref Utf8JsonReader json, AnswerChunk chunk)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.StartObject)
            {
                json.Skip();
                continue;
            }
            while (json.Read() && json.TokenType != JsonTokenType.EndObject)
            {
                if (!json.ValueTextEquals("content_filter_results"u8) && !json.ValueTextEquals("content_filter_result"u8))
                {
                    JsonValues.Skip(ref json);
                    continue;
                }
                ReadInto(ref json, chunk);
            }
        }
    }

    /// <summary>Reads <c>content_filter_results</c> into a chunk.</summary>
    public static void ReadInto(ref Utf8JsonReader json, AnswerChunk chunk)
    {
        var (filteredBy, isUnfiltered) = Read(ref json);
        if (filteredBy is not null)
            (chunk.FilteredBy ??= []).AddRange(filteredBy);
        chunk.IsUnfiltered |= isUnfiltered;
    }

    private static (bool IsFiltered, string? Severity) ReadVerdict(ref Utf8JsonReader json)
    {
        var (filtered, severity) = (false, (string?)null);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return default;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            if (json.ValueTextEquals("severity"u8))
            {
                severity = JsonValues.ReadString(ref json);
                continue;
            }
            var isFlag = json.ValueTextEquals("filtered"u8);
            json.Read();
            filtered |= isFlag && json.TokenType == JsonTokenType.True;
            json.Skip();
        }
        return (filtered, IsWord(severity) ? severity : null);
    }

    private static bool IsName(string category) =>
        category is { Length: > 0 and < 64 } && category.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.');

    // It is shown and stored, so it is one word, as all severities are.
    private static bool IsWord(string? severity) =>
        severity is { Length: > 0 and < 20 } && severity.All(c => char.IsAsciiLetterLower(c) || c == '_');
}

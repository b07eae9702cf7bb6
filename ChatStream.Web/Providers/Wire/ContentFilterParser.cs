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

    /// <summary>Reads <c>prompt_filter_results</c> of chat completions: a list of objects, each with results.</summary>
    /// <param name="json">At the property's name.</param>
    /// <param name="chunk">Gets the categories.</param>
    public static void ReadOfPrompt(ref Utf8JsonReader json, AnswerChunk chunk) => ReadList(ref json, chunk, isOfPrompt: true);

    /// <summary>
    /// Reads <c>content_filters</c> of the Responses API: a list of objects, each with results. One is about the prompt and one
    /// about the answer, by its <c>source_type</c>.
    /// </summary>
    /// <param name="json">At the property's name.</param>
    /// <param name="chunk">Gets the categories.</param>
    public static void ReadOfResponse(ref Utf8JsonReader json, AnswerChunk chunk) =>
        ReadList(ref json, chunk, isOfPrompt: false);

    private static void ReadList(ref Utf8JsonReader json, AnswerChunk chunk, bool isOfPrompt)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.StartObject)
                ReadEntry(ref json, chunk, isOfPrompt);
            else
                json.Skip();
        }
    }

    private static void ReadEntry(ref Utf8JsonReader json, AnswerChunk chunk, bool isOfPrompt)
    {
        List<FilteredCategory>? filteredBy = null;
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            if (json.ValueTextEquals("content_filter_results"u8) || json.ValueTextEquals("content_filter_result"u8))
            {
                (filteredBy, var isUnfiltered) = Read(ref json);
                chunk.IsUnfiltered |= isUnfiltered;
            }
            else if (json.ValueTextEquals("source_type"u8))
                isOfPrompt |= JsonValues.ReadString(ref json) == "prompt";
            else
                JsonValues.Skip(ref json);
        }
        if (filteredBy is null)
            return;
        if (isOfPrompt)
            (chunk.PromptFilteredBy ??= []).AddRange(filteredBy);
        else
            (chunk.FilteredBy ??= []).AddRange(filteredBy);
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
        json.Read();
        return Verdict(ref json);
    }

    // An object, or a list of them: of the blocklists that were found.
    private static (bool IsFiltered, string? Severity) Verdict(ref Utf8JsonReader json)
    {
        var (filtered, severity) = (false, (string?)null);
        if (json.TokenType == JsonTokenType.StartArray)
        {
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                filtered |= Verdict(ref json).IsFiltered;
            return (filtered, null);
        }
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

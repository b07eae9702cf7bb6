using System.Text.Json;

namespace ChatStream.Web.Providers.Wire;

internal static class ServiceErrorParser
{
    /// <summary>Reads the body of an error, <c>{"error":{…}}</c>. Returns null if it has another form.</summary>
    public static ServiceError? ParseBody(ReadOnlySpan<byte> body)
    {
        try
        {
            return new CompletionParser().Parse(body).Error;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads the value of <c>error</c>, without its messages, which quote host names and prompts.</summary>
    public static ServiceError? Read(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Null)
            return null;
        var error = new ServiceError();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return error;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            if (json.ValueTextEquals("code"u8))
                error.Code = ReadCode(ref json);
            else if (json.ValueTextEquals("type"u8))
                error.Type = CompletionParser.ReadString(ref json);
            else if (json.ValueTextEquals("param"u8))
                error.Param = CompletionParser.ReadString(ref json);
            else if (json.ValueTextEquals("innererror"u8))
                ReadInner(ref json, error);
            else
                CompletionParser.SkipValue(ref json);
        }
        return error;
    }

    // Azure sends a string, some compatible servers a number.
    private static string? ReadCode(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType is JsonTokenType.String)
            return JsonText.Whole(ref json);
        if (json.TokenType is JsonTokenType.Number)
            return System.Text.Encoding.ASCII.GetString(json.ValueSpan);
        json.Skip();
        return null;
    }

    private static void ReadInner(ref Utf8JsonReader json, ServiceError error)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            if (json.ValueTextEquals("content_filter_result"u8) || json.ValueTextEquals("content_filter_results"u8))
                error.FilteredBy = ContentFilterParser.Read(ref json).FilteredBy;
            else
                CompletionParser.SkipValue(ref json);
        }
    }
}

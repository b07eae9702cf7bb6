using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ChatStream.Web.Providers.Wire;

internal static class ServiceErrorParser
{
    /// <summary>Bytes of a body that is not JSON in which words are looked for: more than any message has.</summary>
    private const int MostOfPage = 4096;

    /// <summary>How many errors may stand as a text in one another: one gateway behind another.</summary>
    private const int MostWithin = 4;

    /// <summary>
    /// Reads the body of an error: <c>{"error":{…}}</c>, the members of an error without that object around them, or words that
    /// are not JSON.
    /// </summary>
    public static ServiceError ParseBody(ReadOnlySpan<byte> body) => ParseBody(body, within: 0);

    private static ServiceError ParseBody(ReadOnlySpan<byte> body, int within)
    {
        try
        {
            var json = JsonValues.Reader(body.StartsWith("\uFEFF"u8) ? body[3..] : body);
            json.Read();
            var error = new ServiceError { Within = within };
            ReadInto(error, ref json);
            return error;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException) // of half a surrogate pair in a name
        {
            return new ServiceError { Words = Encoding.UTF8.GetString(body[..Math.Min(body.Length, MostOfPage)]) };
        }
    }

    /// <summary>Reads the value of <c>error</c>. Null: there is no error.</summary>
    public static ServiceError? Read(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType is JsonTokenType.Null or JsonTokenType.False
            || (json.TokenType == JsonTokenType.Number && JsonValues.NumberIn(json.ValueSpan) == 0))
            return null;
        if (json.TokenType == JsonTokenType.StartArray && JsonValues.IsEmpty(json))
        {
            json.Skip();
            return null;
        }
        var error = new ServiceError();
        ReadInto(error, ref json);
        return error;
    }

    /// <summary>Reads a member of an error, whose name is the current token.</summary>
    /// <returns>False if the member is not one of an error. Then its value is not read.</returns>
    public static bool TryReadMember(ref Utf8JsonReader json, ServiceError error)
    {
        if (json.ValueTextEquals("code"u8) || json.ValueTextEquals("error_code"u8))
            error.Code = ReadCode(ref json) ?? error.Code;
        else if (json.ValueTextEquals("type"u8) || json.ValueTextEquals("error_type"u8))
            error.Type = JsonValues.ReadString(ref json) ?? error.Type;
        else if (json.ValueTextEquals("param"u8))
            error.Param = JsonValues.ReadString(ref json) ?? error.Param;
        else if (json.ValueTextEquals("status"u8) || json.ValueTextEquals("status_code"u8)
            || json.ValueTextEquals("statusCode"u8))
            ReadStatus(ref json, error);
        else if (json.ValueTextEquals("innererror"u8) || json.ValueTextEquals("inner_error"u8))
            ReadInner(ref json, error);
        else if (json.ValueTextEquals("metadata"u8))
            ReadMetadata(ref json, error);
        else if (IsFilterResult(json))
            error.FilteredBy = ContentFilterParser.Read(ref json).FilteredBy ?? error.FilteredBy;
        else if (json.ValueTextEquals("message"u8) || json.ValueTextEquals("detail"u8)
            || json.ValueTextEquals("details"u8) || json.ValueTextEquals("msg"u8) || json.ValueTextEquals("error_message"u8))
            error.Words += ReadWords(ref json);
        else
            return false;
        return true;
    }

    // An object with the members of an error, perhaps with another one within, a list of them, or only its words.
    private static void ReadInto(ServiceError error, ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.String)
            error.Words += $"{JsonText.Whole(ref json)} ";
        if (json.TokenType == JsonTokenType.Number)
            error.Code ??= CodeIn(json);
        if (json.TokenType == JsonTokenType.StartArray)
        {
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                ReadInto(error, ref json);
            return;
        }
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            if (json.ValueTextEquals("error"u8) || json.ValueTextEquals("errors"u8))
            {
                json.Read();
                ReadInto(error, ref json);
            }
            else if (!TryReadMember(ref json, error))
            {
                JsonValues.Skip(ref json);
            }
        }
    }

    // Azure sends a string, some compatible servers a number.
    private static string? ReadCode(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType is JsonTokenType.String)
            return JsonText.Whole(ref json);
        if (json.TokenType is JsonTokenType.Number)
            return CodeIn(json);
        json.Skip();
        return null;
    }

    private static string CodeIn(in Utf8JsonReader json) => JsonValues.NumberIn(json.ValueSpan) is { } number
        ? number.ToString(CultureInfo.InvariantCulture) : Encoding.ASCII.GetString(json.ValueSpan);

    // Google has a word there: RESOURCE_EXHAUSTED.
    private static void ReadStatus(ref Utf8JsonReader json, ServiceError error)
    {
        json.Read();
        if (json.TokenType is JsonTokenType.Number or JsonTokenType.String
            && JsonValues.NumberIn(json.ValueSpan) is >= 400 and < 600 and var status)
            error.Status = (int)status;
        else if (json.TokenType == JsonTokenType.String)
            error.Type ??= JsonText.Whole(ref json);
        json.Skip();
    }

    // A text, or the list of faults of a server that checks a request against a schema: all its texts.
    private static string ReadWords(ref Utf8JsonReader json)
    {
        var words = new StringBuilder();
        json.Read();
        var depth = json.CurrentDepth;
        do
        {
            if (json.TokenType == JsonTokenType.String)
                words.Append(JsonText.Whole(ref json)).Append(' ');
        }
        while ((json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray || json.CurrentDepth > depth)
            && json.Read());
        return words.ToString();
    }

    // OpenRouter's: {"raw":"…"} is the body that the service behind it has sent.
    private static void ReadMetadata(ref Utf8JsonReader json, ServiceError error)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }
        var hasRaw = false;
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            var isRaw = !hasRaw && json.ValueTextEquals("raw"u8);
            hasRaw |= isRaw;
            json.Read();
            if (isRaw && json.TokenType == JsonTokenType.String && error.Within < MostWithin)
                error.TakeInner(ParseBody(Encoding.UTF8.GetBytes(JsonText.Whole(ref json)), error.Within + 1));
            else if (isRaw && json.TokenType == JsonTokenType.StartObject)
                ReadRaw(ref json, error);
            else
                json.Skip();
        }
    }

    private static void ReadRaw(ref Utf8JsonReader json, ServiceError error)
    {
        var inner = new ServiceError { Within = error.Within };
        ReadInto(inner, ref json);
        error.TakeInner(inner);
    }

    // Azure has it within the inner error, and some gateways have no inner one.
    private static bool IsFilterResult(in Utf8JsonReader json) =>
        json.ValueTextEquals("content_filter_result"u8) || json.ValueTextEquals("content_filter_results"u8);

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
            if (IsFilterResult(json))
                error.FilteredBy = ContentFilterParser.Read(ref json).FilteredBy ?? error.FilteredBy;
            else if (json.ValueTextEquals("code"u8))
                error.InnerCode = ReadCode(ref json);
            else
                JsonValues.Skip(ref json);
        }
    }
}

using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Wire;

internal static class UsageParser
{
    /// <summary>
    /// Reads the value of <c>usage</c>, with the names of chat completions or of Responses. It is null in every chunk but one.
    /// </summary>
    public static UsageDetails? Read(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return null;
        }
        var usage = new UsageDetails();
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            if (json.ValueTextEquals("prompt_tokens"u8) || json.ValueTextEquals("input_tokens"u8))
                usage.InputTokenCount = ReadNumber(ref json);
            else if (json.ValueTextEquals("completion_tokens"u8) || json.ValueTextEquals("output_tokens"u8))
                usage.OutputTokenCount = ReadNumber(ref json);
            else if (json.ValueTextEquals("total_tokens"u8))
                usage.TotalTokenCount = ReadNumber(ref json);
            else if (json.ValueTextEquals("completion_tokens_details"u8) || json.ValueTextEquals("output_tokens_details"u8))
                usage.ReasoningTokenCount = ReadDetail(ref json, "reasoning_tokens"u8);
            else if (json.ValueTextEquals("prompt_tokens_details"u8) || json.ValueTextEquals("input_tokens_details"u8))
                usage.CachedInputTokenCount = ReadDetail(ref json, "cached_tokens"u8);
            else
                CompletionParser.SkipValue(ref json);
        }
        return usage;
    }

    private static long? ReadDetail(ref Utf8JsonReader json, ReadOnlySpan<byte> name)
    {
        long? number = null;
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return null;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            if (json.ValueTextEquals(name))
                number = ReadNumber(ref json);
            else
                CompletionParser.SkipValue(ref json);
        }
        return number;
    }

    private static long? ReadNumber(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var number))
            return number;
        json.Skip();
        return null;
    }
}

using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Wire;

internal static class UsageParser
{
    /// <summary>
    /// Reads the value of <c>usage</c>, with the names of chat completions or of Responses. It is null in every chunk but one.
    /// </summary>
    /// <returns>Null if it has no number.</returns>
    public static UsageDetails? Read(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return null;
        }
        // Some servers send a number under both its names, and one of them may be null.
        var usage = new UsageDetails();
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            if (json.ValueTextEquals("prompt_tokens"u8) || json.ValueTextEquals("input_tokens"u8))
                usage.InputTokenCount = ReadCount(ref json) ?? usage.InputTokenCount;
            else if (json.ValueTextEquals("completion_tokens"u8) || json.ValueTextEquals("output_tokens"u8))
                usage.OutputTokenCount = ReadCount(ref json) ?? usage.OutputTokenCount;
            else if (json.ValueTextEquals("total_tokens"u8))
                usage.TotalTokenCount = ReadCount(ref json);
            else if (json.ValueTextEquals("completion_tokens_details"u8) || json.ValueTextEquals("output_tokens_details"u8))
                usage.ReasoningTokenCount = ReadDetail(ref json, "reasoning_tokens"u8) ?? usage.ReasoningTokenCount;
            else if (json.ValueTextEquals("prompt_tokens_details"u8) || json.ValueTextEquals("input_tokens_details"u8))
                usage.CachedInputTokenCount = ReadDetail(ref json, "cached_tokens"u8) ?? usage.CachedInputTokenCount;
            else if (json.ValueTextEquals("prompt_cache_hit_tokens"u8)) // DeepSeek's name
                usage.CachedInputTokenCount = ReadCount(ref json) ?? usage.CachedInputTokenCount;
            else
                JsonValues.Skip(ref json);
        }
        return usage is { InputTokenCount: null, OutputTokenCount: null, TotalTokenCount: null } ? null : usage;
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
                number = ReadCount(ref json);
            else
                JsonValues.Skip(ref json);
        }
        return number;
    }

    private static long? ReadCount(ref Utf8JsonReader json) =>
        JsonValues.ReadNumber(ref json) is >= 0 and var count ? count : null;
}

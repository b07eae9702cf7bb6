using System.Text.Json;

namespace ChatStream.Web.Providers;

/// <summary>
/// Reads chat-completions JSON in place, without a document: what it does not know it skips, and what is not of the expected
/// kind counts as absent. One parser per answer, because a surrogate pair may be split over two chunks.
/// </summary>
/// <remarks>Azure's shapes, among them chunks without choices and choices without a delta: az-docs, content-streaming.</remarks>
internal sealed class CompletionParser
{
    private readonly JsonText _text = new();
    private readonly JsonText _reasoning = new();

    /// <exception cref="JsonException">The event is not JSON.</exception>
    public CompletionChunk Parse(ReadOnlySpan<byte> data)
    {
        var chunk = new CompletionChunk();
        if (data.SequenceEqual("[DONE]"u8))
        {
            chunk.IsDone = true;
            return chunk;
        }

        try
        {
            var json = new Utf8JsonReader(data);
            json.Read();
            ReadObject(ref json, ref chunk, ReadTopLevel);
            if (json.Read())
                throw new JsonException("There is more than one value.");
            return chunk;
        }
        catch (InvalidOperationException fault)
        {
            // How the runtime's reader speaks of half a surrogate pair in a property's name.
            throw new JsonException("A name is not well-formed.", fault);
        }
    }

    /// <summary>What was held back for its other half, at the end of the stream.</summary>
    public string? Rest() => _text.Rest();

    private void ReadTopLevel(ref Utf8JsonReader json, ref CompletionChunk chunk)
    {
        if (json.ValueTextEquals("choices"u8))
            ReadArray(ref json, ref chunk, ReadChoice);
        else if (json.ValueTextEquals("id"u8))
            chunk.Id = ReadString(ref json);
        else if (json.ValueTextEquals("model"u8))
            chunk.Model = ReadString(ref json);
        else if (json.ValueTextEquals("usage"u8))
            chunk.Usage = UsageParser.Read(ref json);
        else if (json.ValueTextEquals("error"u8))
            chunk.Error = ServiceErrorParser.Read(ref json);
        else if (json.ValueTextEquals("prompt_filter_results"u8) || json.ValueTextEquals("prompt_annotations"u8))
            ReadArray(ref json, ref chunk, ReadPromptFilter);
        else
            SkipValue(ref json);
    }

    private void ReadChoice(ref Utf8JsonReader json, ref CompletionChunk chunk)
    {
        if (json.ValueTextEquals("delta"u8) || json.ValueTextEquals("message"u8))
            ReadValueObject(ref json, ref chunk, ReadDelta);
        else if (json.ValueTextEquals("finish_reason"u8))
            chunk.FinishReason = ReadString(ref json) ?? chunk.FinishReason;
        else if (json.ValueTextEquals("content_filter_results"u8) || json.ValueTextEquals("content_filter_result"u8))
            ReadFilter(ref json, ref chunk);
        else
            SkipValue(ref json);
    }

    private static void ReadPromptFilter(ref Utf8JsonReader json, ref CompletionChunk chunk)
    {
        if (json.ValueTextEquals("content_filter_results"u8) || json.ValueTextEquals("content_filter_result"u8))
            ReadFilter(ref json, ref chunk);
        else
            SkipValue(ref json);
    }

    private void ReadDelta(ref Utf8JsonReader json, ref CompletionChunk chunk)
    {
        if (json.ValueTextEquals("content"u8) || json.ValueTextEquals("refusal"u8))
            chunk.Text += _text.Read(ref json);
        else if (json.ValueTextEquals("reasoning_content"u8))
            chunk.Reasoning = _reasoning.Read(ref json) ?? chunk.Reasoning;
        else if (json.ValueTextEquals("reasoning"u8))
        {
            // Some servers send both names with the same text: the older one wins.
            if (chunk.Reasoning is null)
                chunk.Reasoning = _reasoning.Read(ref json);
            else
                SkipValue(ref json);
        }
        else if (json.ValueTextEquals("role"u8))
            chunk.Role = ReadString(ref json);
        else
            SkipValue(ref json);
    }

    private static void ReadFilter(ref Utf8JsonReader json, ref CompletionChunk chunk)
    {
        var (filteredBy, isOut) = ContentFilterParser.Read(ref json);
        if (filteredBy is not null)
            (chunk.FilteredBy ??= []).AddRange(filteredBy);
        chunk.IsFilterOut |= isOut;
    }

    private delegate void PropertyReader(ref Utf8JsonReader json, ref CompletionChunk chunk);

    private static void ReadArray(ref Utf8JsonReader json, ref CompletionChunk chunk, PropertyReader property)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            ReadObject(ref json, ref chunk, property);
    }

    private static void ReadValueObject(ref Utf8JsonReader json, ref CompletionChunk chunk, PropertyReader property)
    {
        json.Read();
        ReadObject(ref json, ref chunk, property);
    }

    private static void ReadObject(ref Utf8JsonReader json, ref CompletionChunk chunk, PropertyReader property)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
            property(ref json, ref chunk);
    }

    internal static string? ReadString(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String)
            return JsonText.Whole(ref json);
        json.Skip();
        return null;
    }

    internal static void SkipValue(ref Utf8JsonReader json)
    {
        json.Read();
        json.Skip();
    }
}

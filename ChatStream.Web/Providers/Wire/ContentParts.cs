using System.Text.Json;

namespace ChatStream.Web.Providers.Wire;

/// <summary>
/// Reads content that is not a string: a part such as <c>{"type":"text","text":"…"}</c>, or a list of parts. Some servers send
/// the reasoning as a part of its own: <c>{"type":"thinking","thinking":[…]}</c>.
/// </summary>
internal static class ContentParts
{
    /// <param name="json">At the value's first token.</param>
    /// <param name="chunk">Gets the text, the reasoning, and whether anything else was there.</param>
    /// <param name="text">The answer's text so far.</param>
    /// <param name="reasoning">The answer's reasoning so far.</param>
    public static void Read(ref Utf8JsonReader json, AnswerChunk chunk, JsonText text, JsonText reasoning) =>
        new Pieces(chunk, text, reasoning).Read(ref json, isReasoning: false);

    /// <summary>The same of a value that has nothing but reasoning.</summary>
    /// <returns>Null: none that is known.</returns>
    public static string? ReadReasoning(ref Utf8JsonReader json, JsonText reasoning)
    {
        if (json.TokenType == JsonTokenType.Null)
            return null;
        var chunk = new AnswerChunk();
        new Pieces(chunk, reasoning, reasoning).Read(ref json, isReasoning: true);
        return chunk.Reasoning;
    }

    private readonly record struct Pieces(AnswerChunk Chunk, JsonText Text, JsonText Reasoning)
    {
        public void Read(ref Utf8JsonReader json, bool isReasoning, bool isInText = false)
        {
            switch (json.TokenType)
            {
                case JsonTokenType.String when isReasoning:
                    Chunk.Reasoning += Reasoning.ReadCurrent(ref json);
                    break;
                case JsonTokenType.String:
                    Chunk.Text += Text.ReadCurrent(ref json);
                    break;
                case JsonTokenType.StartArray:
                    while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                        Read(ref json, isReasoning, isInText);
                    break;
                case JsonTokenType.StartObject:
                    ReadPart(ref json, isReasoning || IsReasoning(json), isInText);
                    break;
                case JsonTokenType.Null:
                    break;
                default:
                    Chunk.HasUnknownContent = true;
                    break;
            }
        }

        private void ReadPart(ref Utf8JsonReader json, bool isReasoning, bool isInText)
        {
            var isKnown = false;
            while (json.Read() && json.TokenType != JsonTokenType.EndObject)
            {
                var isOwn = json.ValueTextEquals("text"u8);
                // OpenAI's interface of assistants writes {"type":"text","text":{"value":"…"}}.
                var isText = isOwn || json.ValueTextEquals("content"u8) || json.ValueTextEquals("refusal"u8)
                    || (isInText && json.ValueTextEquals("value"u8));
                var isThought = json.ValueTextEquals("thinking"u8) || json.ValueTextEquals("reasoning"u8)
                    || json.ValueTextEquals("summary"u8);
                isKnown |= isText || isThought;
                json.Read();
                if (isText || isThought)
                    Read(ref json, isReasoning || isThought, isOwn);
                else
                    json.Skip();
            }
            Chunk.HasUnknownContent |= !isKnown;
        }

        // A copy of the reader looks ahead: the type may stand behind the text.
        private static bool IsReasoning(Utf8JsonReader json)
        {
            while (json.Read() && json.TokenType != JsonTokenType.EndObject)
            {
                var (isType, isThought) = (json.ValueTextEquals("type"u8), json.ValueTextEquals("thought"u8));
                json.Read();
                if (isThought && json.TokenType == JsonTokenType.True) // Google's mark
                    return true;
                if (isType && json.TokenType == JsonTokenType.String && (json.ValueSpan.StartsWith("think"u8)
                    || json.ValueSpan.StartsWith("thought"u8) || json.ValueSpan.StartsWith("reasoning"u8)))
                    return true;
                json.Skip();
            }
            return false;
        }
    }
}

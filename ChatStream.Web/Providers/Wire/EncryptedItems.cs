using System.Text.Json;

namespace ChatStream.Web.Providers.Wire;

/// <summary>Finds the items with encrypted reasoning in the output of a response.</summary>
internal static class EncryptedItems
{
    /// <param name="json">At the property's name. A copy, so that the output can be read again.</param>
    /// <param name="chunk">Gets the items.</param>
    public static void Read(Utf8JsonReader json, AnswerChunk chunk)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
            return;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (!IsEncryptedReasoning(json))
            {
                json.Skip();
                continue;
            }
            (chunk.EncryptedReasoning ??= []).Add(JsonElement.ParseValue(ref json).GetRawText());
        }
    }

    private static bool IsEncryptedReasoning(Utf8JsonReader json)
    {
        var (isReasoning, isEncrypted) = (false, false);
        if (json.TokenType != JsonTokenType.StartObject)
            return false;
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            var (isType, isContent) = (json.ValueTextEquals("type"u8), json.ValueTextEquals("encrypted_content"u8));
            json.Read();
            isReasoning |= isType && json.TokenType == JsonTokenType.String && json.ValueTextEquals("reasoning"u8);
            isEncrypted |= isContent && json.TokenType == JsonTokenType.String && !json.ValueSpan.IsEmpty;
            json.Skip();
        }
        return isReasoning && isEncrypted;
    }
}

using System.Text.Json;
using ChatStream.Emulator.Wire;

namespace ChatStream.Emulator.Checks;

/// <summary>Refuses reasoning of earlier answers that the service cannot read, or that is missing.</summary>
internal static class ReasoningItemCheck
{
    public static Script? Refusal(EmulatedRequest request, ModelFamily family)
    {
        if (request.IncludesEncryptedReasoning && family.Efforts is { Count: 0 })
            return AzureErrors.EncryptedContentUnsupported();
        if (!request.IsForResponses) return family.WantsReasoningBack ? RefusalOfMessages(request) : null;
        if (request.Json.GetProperty("input") is not { ValueKind: JsonValueKind.Array } input) return null;
        foreach (var item in input.EnumerateArray())
        {
            if (Text(item, "type") != "reasoning") continue;
            var id = Text(item, "id") ?? "";
            if (Text(item, "encrypted_content") is not { } content) return AzureErrors.ItemNotFound(id);
            if (content != ResponsesItem.Encrypt(request.Deployment, id)) return AzureErrors.UnverifiedReasoning(id);
        }
        return null;
    }

    private static Script? RefusalOfMessages(EmulatedRequest request) =>
        request.Json.GetProperty("messages").EnumerateArray().Any(message =>
            message.TryGetProperty("tool_calls", out _) && Text(message, "reasoning_content") is null)
            ? AzureErrors.ReasoningNotReturned() : null;

    private static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

using System.Text.Json;

namespace ChatStream.Emulator;

/// <summary>Refuses the requests that Azure refuses before any model has seen them.</summary>
internal static class RequestCheck
{
    public static Script? Refusal(EmulatedRequest request, bool needsApiVersion, string? apiKey)
    {
        if (apiKey is not null && !Carries(request, apiKey)) return AzureErrors.Unauthorized();
        if (needsApiVersion && !request.Query.ContainsKey("api-version")) return AzureErrors.ResourceNotFound();
        if (request.Json.ValueKind != JsonValueKind.Object)
            return AzureErrors.InvalidRequest("The body of the request is not a JSON object.");
        if (!request.Json.TryGetProperty("messages", out _))
            return AzureErrors.InvalidRequest("Missing required parameter: 'messages'.");
        if (request.Deployment.Length == 0) return AzureErrors.InvalidRequest("You must provide a model parameter.");
        return null;
    }

    private static bool Carries(EmulatedRequest request, string apiKey) =>
        request.Headers.GetValueOrDefault("api-key") == apiKey
        || request.Headers.GetValueOrDefault("Authorization") == $"Bearer {apiKey}";
}

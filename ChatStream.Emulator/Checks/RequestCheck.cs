using System.Text.Json;

namespace ChatStream.Emulator.Checks;

/// <summary>Refuses the requests that Azure refuses before any model has seen them.</summary>
internal static class RequestCheck
{
    /// <param name="request">The request.</param>
    /// <param name="isDated">Whether its address needs a dated api-version.</param>
    /// <param name="options">What the emulator stands for.</param>
    public static Script? Refusal(EmulatedRequest request, bool isDated, EmulatorOptions options)
    {
        if (RefusalOfAddress(request, isDated, options) is { } address) return address;
        if (request.Json.ValueKind != JsonValueKind.Object)
            return AzureErrors.InvalidRequest("The body of the request is not a JSON object.");
        if (TypeCheck.Refusal(request) is { } type) return type;
        if (RefusalOfMessages(request) is { } messages) return messages;
        if (request.Deployment.Length == 0) return AzureErrors.InvalidRequest("You must provide a model parameter.");
        if (options.Deployments is { } deployments && !deployments.Contains(request.Deployment))
            return AzureErrors.DeploymentNotFound();
        return RefusalOfModel(request, isDated);
    }

    /// <summary>What is refused whatever is asked: the key, and the api-version.</summary>
    public static Script? RefusalOfAddress(EmulatedRequest request, bool isDated, EmulatorOptions options) =>
        options.ApiKey is { } key && !Carries(request, key)
            ? AzureErrors.Unauthorized()
            : Surface.RefusalOfVersion(request, isDated);

    private static Script? RefusalOfModel(EmulatedRequest request, bool isDated)
    {
        var family = ModelFamily.Of(request.Deployment);
        if (request.IsForResponses && !family.HasResponses) return AzureErrors.OperationUnsupported();
        if (!request.IsForResponses && !family.HasChat) return AzureErrors.ChatUnsupported(request.Deployment);
        var unknown = Surface.UnknownIn(request, isDated).ToList();
        if (unknown.Count > 0)
        {
            return isDated && !request.IsForResponses
                ? AzureErrors.Unrecognized(unknown)
                : AzureErrors.UnknownParameter(unknown[0]);
        }
        if (request.IsBackground && request.Json.TryGetProperty("store", out var store) && store.ValueKind == JsonValueKind.False)
            return AzureErrors.InvalidRequest("Background mode requires 'store' to be true.");
        return ParameterCheck.Refusal(request, family) ?? ToolCheck.Refusal(request)
            ?? ReasoningItemCheck.Refusal(request, family) ?? ContentCheck.Refusal(request, family);
    }

    private static Script? RefusalOfMessages(EmulatedRequest request)
    {
        var name = request.IsForResponses ? "input" : "messages";
        if (!request.Parameters.Contains(name)) return AzureErrors.MissingParameter(name);
        return request.Json.GetProperty(name) is { ValueKind: JsonValueKind.Array } messages && messages.GetArrayLength() == 0
            ? AzureErrors.EmptyArray(name)
            : null;
    }

    private static bool Carries(EmulatedRequest request, string apiKey) =>
        request.Headers.GetValueOrDefault("api-key") == apiKey
        || request.Headers.GetValueOrDefault("Authorization") == $"Bearer {apiKey}";
}

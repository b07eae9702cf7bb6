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
        if (options.ApiKey is { } key && !Carries(request, key)) return AzureErrors.Unauthorized();
        if (Surface.RefusalOfVersion(request, isDated) is { } version) return version;
        if (request.Json.ValueKind != JsonValueKind.Object)
            return AzureErrors.InvalidRequest("The body of the request is not a JSON object.");
        if (RefusalOfMessages(request) is { } messages) return messages;
        if (request.Deployment.Length == 0) return AzureErrors.InvalidRequest("You must provide a model parameter.");
        if (options.Deployments is { } deployments && !deployments.Contains(request.Deployment))
            return AzureErrors.DeploymentNotFound();
        return RefusalOfModel(request, isDated);
    }

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
        return ParameterCheck.Refusal(request, family);
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

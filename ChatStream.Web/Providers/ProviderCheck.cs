using System.Text.RegularExpressions;
using ChatStream.Web.Providers.Deployments;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Providers;

/// <summary>Finds every fault in the settings of the models. Each fault is a sentence that begins with its key.</summary>
internal sealed partial class ProviderCheck : IValidateOptions<ProviderOptions>
{
    public ValidateOptionsResult Validate(string? name, ProviderOptions options)
    {
        List<string> faults = [];
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        if (options.AzureOpenAI.ToDeployment() is { } single)
        {
            faults.AddRange(Faults(single, AzureOpenAIOptions.Section, options.AzureOpenAI.Endpoint));
            names.Add(single.Deployment);
        }
        for (var i = 0; i < options.Models.Count; i++)
            faults.AddRange(Faults(options.Models[i], $"Models:{i}", names));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(ModelOptions model, string key, HashSet<string> names)
    {
        if (model.Name.Length == 0)
            yield return $"{key}:Name is missing.";
        else if (!names.Add(model.Name))
            yield return $"{key}:Name: '{model.Name}' names another model already.";
        if (model.ContextTokens is < 1)
            yield return $"{key}:ContextTokens must be 1 or more.";
        for (var i = 0; i < model.Efforts.Count; i++)
        {
            if (!Effort().IsMatch(model.Efforts[i]))
                yield return $"{key}:Efforts:{i} must be a word of a-z, such as low.";
            else if (model.Efforts.Take(i).Contains(model.Efforts[i]))
                yield return $"{key}:Efforts:{i}: '{model.Efforts[i]}' is in the list already.";
        }
        if (model.Deployments.Count == 0)
            yield return $"{key}:Deployments is empty.";
        foreach (var fault in model.Deployments.SelectMany((deployment, j) =>
            Faults(deployment.Resolve(), $"{key}:Deployments:{j}", deployment.Endpoint)))
            yield return fault;
    }

    private static IEnumerable<string> Faults(DeploymentOptions deployment, string key, string written)
    {
        if (!Uri.TryCreate(written, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
            yield return $"{key}:Endpoint must be an http or https address such as https://my-resource.openai.azure.com/.";
        else if (TargetUri.FaultOf(endpoint, deployment.Kind) is { } fault)
            yield return $"{key}:Endpoint {fault}.";
        else if (deployment is { Kind: ProviderKind.Azure, ApiKey: "" } && endpoint.Scheme == "http" && !endpoint.IsLoopback)
        {
            yield return $"{key}:Endpoint must be https where no ApiKey is set: "
                + "the SDK would send an Entra ID token in the clear.";
        }
        if (deployment.Deployment.Length == 0)
            yield return $"{key}:Deployment is missing.";
        if (deployment.Kind == ProviderKind.Azure && !ApiVersion().IsMatch(deployment.ApiVersion))
            yield return $"{key}:ApiVersion must be a date such as 2024-10-21, or v1.";
        else if (deployment is { Kind: ProviderKind.Azure, Api: ModelApi.Responses } && !deployment.HasResponses)
        {
            yield return $"{key}:ApiVersion must be v1, or {DeploymentOptions.FirstWithResponses}-preview or later, "
                + "where Api is responses.";
        }
        for (var i = 0; i < deployment.LeaveOut.Count; i++)
        {
            if (!Member.All.Contains(deployment.LeaveOut[i]))
                yield return $"{key}:LeaveOut:{i}: '{deployment.LeaveOut[i]}' is none of {string.Join(", ", Member.All)}.";
        }
        foreach (var fault in EntraSignIn.FaultsOf(deployment, Environment.GetEnvironmentVariable))
            yield return $"{key}:{fault}";
    }

    [GeneratedRegex(@"^(\d{4}-\d{2}-\d{2}(-preview)?|v1)\z")]
    private static partial Regex ApiVersion();

    [GeneratedRegex(@"^[a-z]{1,32}\z")]
    private static partial Regex Effort();
}

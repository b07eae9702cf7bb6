using System.Text.RegularExpressions;
using ChatStream.Web.Providers.Deployments;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Providers;

/// <summary>Finds every fault in the settings of the models. Each fault is a sentence that begins with its key.</summary>
internal sealed partial class ProviderCheck : IValidateOptions<ProviderOptions>
{
    /// <summary>Tokens. Less than that leaves no room for a conversation.</summary>
    private const int LeastContext = 1_024;

    public ValidateOptionsResult Validate(string? name, ProviderOptions options)
    {
        List<string> faults = [];
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        if (options.AzureOpenAI.ToDeployment() is { } single)
        {
            faults.AddRange(Faults(single, AzureOpenAIOptions.Section, options.AzureOpenAI.Endpoint));
            faults.AddRange(Faults(options.AzureOpenAI.Price, $"{AzureOpenAIOptions.Section}:Price"));
            names.Add(single.Deployment);
        }
        else if (options.AzureOpenAI.Price is not null)
            faults.Add($"{AzureOpenAIOptions.Section}:Price has no use without {AzureOpenAIOptions.Section}:Endpoint.");
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
        if (model.ContextTokens is < LeastContext)
            yield return $"{key}:ContextTokens must be {LeastContext} or more.";
        for (var i = 0; i < model.Efforts.Count; i++)
        {
            if (!Effort().IsMatch(model.Efforts[i]))
                yield return $"{key}:Efforts:{i} must be a word of a-z, such as low.";
            else if (model.Efforts.Take(i).Contains(model.Efforts[i]))
                yield return $"{key}:Efforts:{i}: '{model.Efforts[i]}' is in the list already.";
        }
        for (var i = 0; i < model.Groups.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(model.Groups[i]))
                yield return $"{key}:Groups:{i} is empty.";
        }
        foreach (var fault in Faults(model.Price, $"{key}:Price"))
            yield return fault;
        if (model.Deployments.Count == 0)
            yield return $"{key}:Deployments is empty.";
        foreach (var fault in model.Deployments.SelectMany((deployment, j) =>
            Faults(deployment.Resolve(), $"{key}:Deployments:{j}", deployment.Endpoint)))
            yield return fault;
    }

    private static IEnumerable<string> Faults(PriceOptions? price, string key)
    {
        if (price is null)
            yield break;
        if (!Currency().IsMatch(price.Currency))
            yield return $"{key}:Currency must be three letters of A-Z, such as USD.";
        if (price.Input is null)
            yield return $"{key}:Input is missing.";
        if (price.Output is null)
            yield return $"{key}:Output is missing.";
        (string Name, decimal? Value)[] prices =
            [("Input", price.Input), ("CachedInput", price.CachedInput), ("Output", price.Output)];
        foreach (var (name, value) in prices)
        {
            if (value is < 0 or > PriceOptions.Most)
                yield return $"{key}:{name} must be from 0 to {PriceOptions.Most}, for a million tokens.";
        }
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
        if (deployment.Background && deployment.Api != ModelApi.Responses)
            yield return $"{key}:Background needs Api to be responses.";
        else if (deployment.Background && deployment.LeaveOut.FirstOrDefault(IsNeededInBackground) is { } needed)
            yield return $"{key}:Background needs {needed}, which LeaveOut leaves out.";
        for (var i = 0; i < deployment.LeaveOut.Count; i++)
        {
            if (!Member.All.Contains(deployment.LeaveOut[i]))
                yield return $"{key}:LeaveOut:{i}: '{deployment.LeaveOut[i]}' is none of {string.Join(", ", Member.All)}.";
        }
        foreach (var fault in EntraSignIn.FaultsOf(deployment, Environment.GetEnvironmentVariable))
            yield return $"{key}:{fault}";
    }

    private static bool IsNeededInBackground(string member) => member is Member.Background or Member.Store;

    [GeneratedRegex(@"^(\d{4}-\d{2}-\d{2}(-preview)?|v1)\z")]
    private static partial Regex ApiVersion();

    [GeneratedRegex(@"^[A-Z]{3}\z")]
    private static partial Regex Currency();

    [GeneratedRegex(@"^[a-z]{1,32}\z")]
    private static partial Regex Effort();
}

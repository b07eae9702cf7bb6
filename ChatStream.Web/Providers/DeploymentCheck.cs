using System.Text.RegularExpressions;

namespace ChatStream.Web.Providers;

internal static partial class DeploymentCheck
{
    /// <summary>What is wrong with a deployment's settings, a sentence each that names the key.</summary>
    public static IEnumerable<string> Faults(DeploymentOptions deployment, string key)
    {
        if (!Uri.TryCreate(deployment.Endpoint, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
            yield return $"{key}:Endpoint must be an http or https address such as https://my-resource.openai.azure.com/.";
        else if (deployment is { Kind: ProviderKind.Azure, ApiKey: "" } && endpoint.Scheme == "http" && !endpoint.IsLoopback)
            yield return $"{key}:Endpoint must be https where no ApiKey is set: the SDK would send an Entra ID token in the clear.";
        if (deployment.Deployment.Length == 0)
            yield return $"{key}:Deployment is missing.";
        if (deployment.Kind == ProviderKind.Azure && !ApiVersion().IsMatch(deployment.ApiVersion))
            yield return $"{key}:ApiVersion must be a date such as {DeploymentOptions.DefaultApiVersion}, or v1.";
    }

    [GeneratedRegex(@"^(\d{4}-\d{2}-\d{2}(-preview)?|v1)\z")]
    private static partial Regex ApiVersion();
}

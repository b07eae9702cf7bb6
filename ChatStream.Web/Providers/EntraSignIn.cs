using Azure.Core;
using Azure.Identity;

namespace ChatStream.Web.Providers;

/// <summary>Signing in with Entra ID to one deployment: the scope to ask for, and who gives the token.</summary>
internal static class EntraSignIn
{
    private const string AllOfIt = "/.default";

    // Identity providers and scopes of other clouds. Public hosts, and hosts of gateways, belong to the public one.
    private static readonly (string Ending, string Scope, Uri Authority)[] OtherClouds =
    [
        (".azure.us", "https://cognitiveservices.azure.us/.default", AzureAuthorityHosts.AzureGovernment),
        (".azure.cn", "https://cognitiveservices.azure.cn/.default", AzureAuthorityHosts.AzureChina),
    ];

    /// <summary>The scope of the token, such as <c>https://ai.azure.com/.default</c>.</summary>
    /// <param name="deployment">Its endpoint is an absolute address.</param>
    public static string ScopeOf(DeploymentOptions deployment)
    {
        if (deployment.Audience.Length > 0)
        {
            var audience = deployment.Audience.TrimEnd('/');
            return audience.EndsWith(AllOfIt, StringComparison.Ordinal) ? audience : audience + AllOfIt;
        }
        return CloudOf(deployment)?.Scope
            ?? (deployment.ApiVersion == DeploymentOptions.V1
                ? "https://ai.azure.com/.default"
                : "https://cognitiveservices.azure.com/.default");
    }

    /// <summary>
    /// The kind of credential, without trying any. <see cref="CredentialKind.Auto"/> is decided by the variables that Azure and
    /// Kubernetes set for a process: a token file means a workload identity, a secret or certificate means the environment, an
    /// identity endpoint means a managed identity. A client id without them means a managed identity too, as on a virtual
    /// machine. Otherwise the Azure CLI is asked, as on a developer's machine.
    /// </summary>
    /// <param name="deployment">Its settings.</param>
    /// <param name="variable">Gives an environment variable.</param>
    public static CredentialKind KindOf(DeploymentOptions deployment, Func<string, string?> variable)
    {
        if (deployment.Credential != CredentialKind.Auto)
            return deployment.Credential;
        if (IsSet("AZURE_FEDERATED_TOKEN_FILE"))
            return CredentialKind.WorkloadIdentity;
        if (IsSet("AZURE_CLIENT_SECRET") || IsSet("AZURE_CLIENT_CERTIFICATE_PATH"))
            return CredentialKind.Environment;
        return IsSet("IDENTITY_ENDPOINT") || IsSet("MSI_ENDPOINT") || deployment.ClientId.Length > 0
            ? CredentialKind.ManagedIdentity
            : CredentialKind.AzureCli;

        bool IsSet(string name) => !string.IsNullOrEmpty(variable(name));
    }

    /// <summary>Creates the credential. Nothing is asked before the first token is needed.</summary>
    public static TokenCredential Create(DeploymentOptions deployment)
    {
        var clientId = deployment.ClientId.Length > 0 ? deployment.ClientId : null;
        return KindOf(deployment, Environment.GetEnvironmentVariable) switch
        {
            CredentialKind.WorkloadIdentity => new WorkloadIdentityCredential(
                InCloud(WithClient(new WorkloadIdentityCredentialOptions(), clientId), deployment)),
            CredentialKind.Environment => new EnvironmentCredential(InCloud(new TokenCredentialOptions(), deployment)),
            CredentialKind.ManagedIdentity => new ManagedIdentityCredential(clientId is null
                ? ManagedIdentityId.SystemAssigned
                : ManagedIdentityId.FromUserAssignedClientId(clientId)),
            _ => new AzureCliCredential(),
        };
    }

    /// <summary>What makes a deployment's settings of the sign-in unusable: sentences that begin with a key.</summary>
    /// <param name="deployment">Its settings.</param>
    /// <param name="variable">Gives an environment variable.</param>
    public static IEnumerable<string> FaultsOf(DeploymentOptions deployment, Func<string, string?> variable)
    {
        if (deployment.Kind != ProviderKind.Azure)
            return KeysOf(deployment).Select(key => $"{key} is for the kind azure only.");
        if (deployment.ApiKey.Length > 0)
            return KeysOf(deployment).Select(key => $"{key} cannot be set beside ApiKey: a key needs no sign-in.");
        var kind = KindOf(deployment, variable);
        List<string> faults = [];
        if (deployment.Audience.Length > 0 && !Uri.TryCreate(deployment.Audience, UriKind.Absolute, out _))
            faults.Add("Audience must be an address such as https://ai.azure.com.");
        if (deployment.ClientId.Length > 0 && kind is CredentialKind.AzureCli or CredentialKind.Environment)
            faults.Add($"ClientId has no use with the credential {kind}.");
        if (VariablesFor(kind, deployment).FirstOrDefault(name => string.IsNullOrEmpty(variable(name))) is { } missing)
            faults.Add($"Credential: {kind} needs the environment variable {missing}.");
        return faults;
    }

    private static string[] VariablesFor(CredentialKind kind, DeploymentOptions deployment) => kind switch
    {
        CredentialKind.WorkloadIdentity when deployment.ClientId.Length > 0 => ["AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE"],
        CredentialKind.WorkloadIdentity => ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"],
        CredentialKind.Environment => ["AZURE_TENANT_ID", "AZURE_CLIENT_ID"],
        _ => [],
    };

    private static IEnumerable<string> KeysOf(DeploymentOptions deployment)
    {
        if (deployment.Credential != CredentialKind.Auto)
            yield return nameof(deployment.Credential);
        if (deployment.ClientId.Length > 0)
            yield return nameof(deployment.ClientId);
        if (deployment.Audience.Length > 0)
            yield return nameof(deployment.Audience);
    }

    private static (string Ending, string Scope, Uri Authority)? CloudOf(DeploymentOptions deployment)
    {
        var host = new Uri(deployment.Endpoint).IdnHost.TrimEnd('.');
        foreach (var cloud in OtherClouds)
        {
            if (host.EndsWith(cloud.Ending, StringComparison.OrdinalIgnoreCase))
                return cloud;
        }
        return null;
    }

    // Azure.Identity takes AZURE_AUTHORITY_HOST by itself, and otherwise the public cloud.
    private static T InCloud<T>(T options, DeploymentOptions deployment) where T : TokenCredentialOptions
    {
        if (CloudOf(deployment) is { } cloud && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("AZURE_AUTHORITY_HOST")))
            options.AuthorityHost = cloud.Authority;
        return options;
    }

    // The options take AZURE_CLIENT_ID by themselves.
    private static WorkloadIdentityCredentialOptions WithClient(WorkloadIdentityCredentialOptions options, string? clientId)
    {
        options.ClientId = clientId ?? options.ClientId;
        return options;
    }
}

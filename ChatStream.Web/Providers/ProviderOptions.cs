namespace ChatStream.Web.Providers;

/// <summary>The models that are configured: <c>AzureOpenAI</c> and <c>Models</c>, at the root of the settings.</summary>
public sealed class ProviderOptions
{
    public AzureOpenAIOptions AzureOpenAI { get; init; } = new();

    public IReadOnlyList<ModelOptions> Models { get; init; } = [];
}

/// <summary>Section <c>AzureOpenAI</c>: the short form, one deployment.</summary>
public sealed class AzureOpenAIOptions
{
    public const string Section = "AzureOpenAI";

    public string Endpoint { get; init; } = "";
    public string Deployment { get; init; } = "";

    /// <summary>Empty: Entra ID.</summary>
    public string ApiKey { get; init; } = "";

    /// <summary>A dated api-version, or <c>v1</c>.</summary>
    public string ApiVersion { get; init; } = DeploymentOptions.DefaultApiVersion;

    /// <summary>Null where nothing of it is set.</summary>
    public DeploymentOptions? ToDeployment() => Endpoint.Length + Deployment.Length + ApiKey.Length == 0 ? null : new DeploymentOptions
    {
        Endpoint = Endpoint,
        Deployment = Deployment,
        ApiKey = ApiKey,
        ApiVersion = ApiVersion,
    };
}

/// <summary>An entry of the list <c>Models</c>.</summary>
public sealed class ModelOptions
{
    /// <summary>By which requests name it.</summary>
    public string Name { get; init; } = "";

    /// <summary>What the page shows; empty: the name.</summary>
    public string Label { get; init; } = "";

    /// <summary>In order of preference.</summary>
    public IReadOnlyList<DeploymentOptions> Deployments { get; init; } = [];
}

public enum ProviderKind
{
    /// <summary>An Azure OpenAI deployment.</summary>
    Azure,

    /// <summary>Any endpoint that speaks OpenAI's chat completions; its address ends where <c>/chat/completions</c> follows.</summary>
    OpenAI,
}

public sealed class DeploymentOptions
{
    /// <summary>The newest dated version that is generally available.</summary>
    public const string DefaultApiVersion = "2024-10-21";

    public ProviderKind Kind { get; init; }
    public string Endpoint { get; init; } = "";

    /// <summary>The deployment's name; with kind <c>openai</c>, the model's.</summary>
    public string Deployment { get; init; } = "";

    /// <summary>Empty: Entra ID; with kind <c>openai</c>, none.</summary>
    public string ApiKey { get; init; } = "";

    /// <summary>A dated api-version, or <c>v1</c>. Azure only.</summary>
    public string ApiVersion { get; init; } = DefaultApiVersion;

    /// <summary>Sends the output limit as <c>max_tokens</c>: for servers and api-versions that do not know <c>max_completion_tokens</c>.</summary>
    public bool UseMaxTokens { get; init; }

    /// <summary>
    /// The resource's address, and the api-version. Azure's portal shows the v1 surface as <c>…/openai/v1/</c>; pasted as it is,
    /// that says both.
    /// </summary>
    public (Uri Address, string ApiVersion) Root()
    {
        const string v1 = "/openai/v1";
        var address = new Uri(Endpoint);
        var path = address.AbsolutePath.TrimEnd('/');
        return Kind == ProviderKind.Azure && path.EndsWith(v1, StringComparison.OrdinalIgnoreCase)
            ? (new UriBuilder(address) { Path = path[..^v1.Length] }.Uri, "v1")
            : (address, ApiVersion);
    }
}

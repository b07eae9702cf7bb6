namespace ChatStream.Web.Providers;

public enum ProviderKind
{
    /// <summary>An Azure OpenAI deployment.</summary>
    Azure,

    /// <summary>Any server with OpenAI's chat completions. <c>/chat/completions</c> is appended to its address.</summary>
    OpenAI,
}

/// <summary>One deployment of a model: an entry of the list <c>Deployments</c>.</summary>
public sealed class DeploymentOptions
{
    /// <summary>The newest dated api-version that is generally available.</summary>
    public const string DefaultApiVersion = "2024-10-21";

    /// <summary>What the log and the page call it. If empty, they use <see cref="Deployment"/>.</summary>
    public string Name { get; init; } = "";

    public ProviderKind Kind { get; init; }

    /// <summary>The service's address, or the whole target URI that a portal shows.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>The deployment's name. With kind <c>openai</c>, the model's name.</summary>
    public string Deployment { get; init; } = "";

    /// <summary>If empty, Entra ID is used. With kind <c>openai</c>, the server needs no key then.</summary>
    public string ApiKey { get; init; } = "";

    /// <summary>A dated api-version, or <c>v1</c>. Azure only.</summary>
    public string ApiVersion { get; init; } = DefaultApiVersion;

    /// <summary>
    /// Sends the output limit as <c>max_tokens</c>, for servers and api-versions that do not know <c>max_completion_tokens</c>.
    /// </summary>
    public bool UseMaxTokens { get; init; }

    internal string DisplayName => Name.Length > 0 ? Name : Deployment;

    /// <summary>
    /// The same with an endpoint to which requests can be appended. A deployment and an api-version that the endpoint's address
    /// names are taken from it, unless they are set. An endpoint that cannot be read is left as it is.
    /// </summary>
    internal DeploymentOptions Resolve()
    {
        if (!Uri.TryCreate(Endpoint, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
            return this;
        var target = TargetUri.Of(endpoint, Kind);
        var isVersionSet = ApiVersion != DefaultApiVersion && target.ApiVersion != "v1";
        return new DeploymentOptions
        {
            Name = Name,
            Kind = Kind,
            Endpoint = target.Address.AbsoluteUri,
            Deployment = Deployment.Length > 0 ? Deployment : target.Deployment ?? "",
            ApiKey = ApiKey,
            ApiVersion = isVersionSet ? ApiVersion : target.ApiVersion ?? ApiVersion,
            UseMaxTokens = UseMaxTokens,
        };
    }
}

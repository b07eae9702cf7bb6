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

    public ProviderKind Kind { get; init; }
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

    /// <summary>
    /// The resource's address and the api-version. Azure's portal shows the address of the v1 API as <c>…/openai/v1/</c>. An
    /// endpoint with that ending sets both.
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

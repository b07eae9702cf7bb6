using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ChatStream.Web.Providers;

public enum ProviderKind
{
    /// <summary>An Azure OpenAI deployment.</summary>
    Azure,

    /// <summary>Any server with an interface of OpenAI's. <c>/chat/completions</c> is appended to its address.</summary>
    OpenAI,
}

/// <summary>Where a service puts a model's reasoning.</summary>
public enum ReasoningForm
{
    /// <summary>In a field of its own, or between <c>&lt;think&gt;</c> tags with which the answer begins.</summary>
    Auto,

    /// <summary>Before a tag <c>&lt;/think&gt;</c>: the answer begins with reasoning, although no opening tag may come.</summary>
    Tags,
}

/// <summary>One deployment of a model: an entry of the list <c>Deployments</c>.</summary>
public sealed class DeploymentOptions
{
    /// <summary>The api-version that stands for <c>/openai/v1</c>, which has no dates.</summary>
    public const string V1 = "v1";

    public const string DefaultApiVersion = V1;

    /// <summary>The date from which on api-versions have the Responses API.</summary>
    internal const string FirstWithResponses = "2025-03-01";

    /// <summary>What the log and the page call it. If empty, they use <see cref="Deployment"/>.</summary>
    public string Name { get; init; } = "";

    public ProviderKind Kind { get; init; }

    /// <summary>The service's address, or the whole target URI that a portal shows.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>The deployment's name. With kind <c>openai</c>, the model's name.</summary>
    public string Deployment { get; init; } = "";

    /// <summary>If empty, Entra ID is used. With kind <c>openai</c>, the server needs no key then.</summary>
    public string ApiKey { get; init; } = "";

    /// <summary>The interface to ask. Null: the one that the endpoint's address names, or else chat completions.</summary>
    public ModelApi? Api { get; init; }

    /// <summary>How to sign in with Entra ID. Azure without a key only.</summary>
    public CredentialKind Credential { get; init; }

    /// <summary>The client id of a user-assigned identity. If empty, the system-assigned one is used.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>The audience of the token of Entra ID. If empty, it follows from the endpoint's host.</summary>
    public string Audience { get; init; } = "";

    /// <summary><c>v1</c>, or a dated api-version. Azure only.</summary>
    public string ApiVersion { get; init; } = DefaultApiVersion;

    /// <summary>
    /// Sends the output limit as <c>max_tokens</c>, for servers and api-versions that do not know <c>max_completion_tokens</c>.
    /// </summary>
    public bool UseMaxTokens { get; init; }

    /// <summary>Where the reasoning stands in what the service sends.</summary>
    public ReasoningForm Reasoning { get; init; }

    /// <summary>Members of a request that the deployment does not take, such as <c>temperature</c>. They are not sent.</summary>
    public IReadOnlyList<string> LeaveOut { get; init; } = [];

    /// <summary>The <c>service_tier</c> of each request, such as <c>priority</c>. If empty, none is sent.</summary>
    public string ServiceTier { get; init; } = "";

    /// <summary>Sends a <c>prompt_cache_key</c>, the same for each request of a conversation.</summary>
    public bool PromptCacheKey { get; init; }

    /// <summary>
    /// Has the service make answers in the background and keep them meanwhile, so that they go on when this app is gone.
    /// Responses only.
    /// </summary>
    public bool Background { get; init; }

    /// <summary>Whether answers are kept with their encrypted reasoning, because the service keeps nothing.</summary>
    internal bool CarriesReasoning => Api == ModelApi.Responses && !Background;

    /// <summary>
    /// 16 characters that tell it from other deployments, also those of its name at other endpoints, and hold no secret. What a
    /// service keeps is kept under this.
    /// </summary>
    internal string Key =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"{Endpoint}\n{Deployment}")).AsSpan(0, 12));

    /// <summary>Whether the api-version has the Responses API.</summary>
    internal bool HasResponses => ApiVersion == V1 || string.CompareOrdinal(ApiVersion, FirstWithResponses) >= 0;

    internal string DisplayName => Name.Length > 0 ? Name : Deployment;

    /// <summary>
    /// The same with an endpoint to which requests can be appended. The deployment, the api-version and the interface that the
    /// endpoint's address names are taken from it, unless they are set. An endpoint that cannot be read is left as it is.
    /// </summary>
    internal DeploymentOptions Resolve()
    {
        if (!Uri.TryCreate(Endpoint, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
            return this;
        var target = TargetUri.Of(endpoint, Kind);
        var isVersionSet = ApiVersion != DefaultApiVersion && target.ApiVersion != V1;
        return new DeploymentOptions
        {
            Name = Name,
            Kind = Kind,
            Endpoint = target.Address.AbsoluteUri,
            Deployment = Deployment.Length > 0 ? Deployment : target.Deployment ?? "",
            ApiKey = ApiKey,
            Api = Api ?? target.Api,
            Credential = Credential,
            ClientId = ClientId,
            Audience = Audience,
            ApiVersion = isVersionSet ? ApiVersion : target.ApiVersion ?? ApiVersion,
            UseMaxTokens = UseMaxTokens,
            Reasoning = Reasoning,
            LeaveOut = LeaveOut,
            ServiceTier = ServiceTier,
            PromptCacheKey = PromptCacheKey,
            Background = Background,
        };
    }
}

namespace ChatStream.Web.Providers;

/// <summary>The configured models: sections <c>AzureOpenAI</c> and <c>Models</c>, at the root of the settings.</summary>
public sealed class ProviderOptions
{
    public AzureOpenAIOptions AzureOpenAI { get; init; } = new();

    public IReadOnlyList<ModelOptions> Models { get; init; } = [];
}

/// <summary>Section <c>AzureOpenAI</c>: the short form for a single deployment.</summary>
public sealed class AzureOpenAIOptions
{
    public const string Section = "AzureOpenAI";

    public string Endpoint { get; init; } = "";
    public string Deployment { get; init; } = "";

    /// <summary>If empty, ChatStream signs in with Entra ID.</summary>
    public string ApiKey { get; init; } = "";

    /// <summary>The interface to ask. Null: the one that the endpoint's address names, or else chat completions.</summary>
    public ModelApi? Api { get; init; }

    /// <summary>How to sign in with Entra ID.</summary>
    public CredentialKind Credential { get; init; }

    /// <summary>The client id of a user-assigned identity.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>The audience of the token of Entra ID. If empty, it follows from the endpoint's host.</summary>
    public string Audience { get; init; } = "";

    /// <summary><c>v1</c>, or a dated api-version.</summary>
    public string ApiVersion { get; init; } = DeploymentOptions.DefaultApiVersion;

    /// <summary>
    /// Has the service make answers in the background, so that they go on when this app is gone. Responses only.
    /// </summary>
    public bool Background { get; init; }

    /// <summary>Whether the model takes tools.</summary>
    public bool Tools { get; init; }

    /// <summary>Whether it sees images. Null: as the name of the deployment says.</summary>
    public bool? Images { get; init; }

    /// <summary>What it costs; null: not known.</summary>
    public PriceOptions? Price { get; init; }

    /// <summary>Null if neither endpoint, deployment nor key is set.</summary>
    public DeploymentOptions? ToDeployment() => Endpoint.Length + Deployment.Length + ApiKey.Length == 0
        ? null
        : new DeploymentOptions
        {
            Endpoint = Endpoint,
            Deployment = Deployment,
            ApiKey = ApiKey,
            Api = Api,
            Credential = Credential,
            ClientId = ClientId,
            Audience = Audience,
            ApiVersion = ApiVersion,
            Background = Background,
        }.Resolve();
}

/// <summary>An entry of the list <c>Models</c>.</summary>
public sealed class ModelOptions
{
    /// <summary>Requests choose the model by this name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The page shows this. If empty, it shows the name.</summary>
    public string Label { get; init; } = "";

    /// <summary>What the model is good for, in a sentence that the page shows beside the picker.</summary>
    public string Description { get; init; } = "";

    /// <summary>How many tokens the model can read and write in all; null: not told.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>Whether it sees images. Null: as the names of its deployments say.</summary>
    public bool? Images { get; init; }

    /// <summary>Whether it takes tools.</summary>
    public bool Tools { get; init; }

    /// <summary>The values of <c>effort</c> that it takes, weakest first. They differ from model to model.</summary>
    public IReadOnlyList<string> Efforts { get; init; } = [];

    /// <summary>Whether it takes <c>verbosity</c>.</summary>
    public bool Verbosity { get; init; }

    /// <summary>The groups that may use it. Others do not see it. Empty: everybody may.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>What it costs, whichever deployment answers; null: not known.</summary>
    public PriceOptions? Price { get; init; }

    /// <summary>In order of preference.</summary>
    public IReadOnlyList<DeploymentOptions> Deployments { get; init; } = [];
}

using ChatStream.Web.Contract;
using ChatStream.Web.Settings;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Providers;

/// <summary>A model that users can choose, and its deployments, best first. The demo model has no deployment.</summary>
public sealed record Model(string Name, string Label, IReadOnlyList<DeploymentOptions> Deployments)
{
    /// <summary>What it is good for; empty if nobody said.</summary>
    public string Description { get; init; } = "";

    /// <summary>How many tokens it can read and write in all; null if nobody said.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>Whether it sees images.</summary>
    public bool Images { get; init; }

    /// <summary>Whether it takes tools.</summary>
    public bool Tools { get; init; }

    /// <summary>The values of <c>effort</c> that it takes, weakest first.</summary>
    public IReadOnlyList<string> Efforts { get; init; } = [];

    /// <summary>Whether it takes <c>verbosity</c>.</summary>
    public bool Verbosity { get; init; }

    /// <summary>What it costs; null if nobody said.</summary>
    public Price? Price { get; init; }

    /// <summary>The groups that may use it. Empty: everybody may.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Tokens of an image, as the model's service counts them.</summary>
    internal int TokensOfImage(int width, int height) => _images.TokensOf(width, height);

    private readonly ImageFamily _images =
        ImageFamily.Of(Deployments is [{ Deployment.Length: > 0 } first, ..] ? first.Deployment : Name);

    internal bool IsBackground { get; } = Deployments.Any(deployment => deployment.Background);

    internal bool CarriesReasoning { get; } = Deployments.Any(deployment => deployment.CarriesReasoning);
}

/// <summary>The configured models, the default one first. Without any, the demo model.</summary>
public sealed class ModelCatalog : INamesGroups
{
    private readonly Dictionary<string, Model> _byName;

    public ModelCatalog(IOptions<ProviderOptions> options)
    {
        List<Model> models = [];
        if (options.Value.AzureOpenAI.ToDeployment() is { } single)
        {
            models.Add(new Model(single.Deployment, single.Deployment, [single])
            {
                Tools = options.Value.AzureOpenAI.Tools,
                Images = options.Value.AzureOpenAI.Images ?? SeesImages([single]),
                Price = Price.Of(options.Value.AzureOpenAI.Price),
            });
        }
        models.AddRange(options.Value.Models.Select(Of));
        IsDemo = models.Count == 0;
        if (IsDemo)
            models.Add(new Model("demo", "Demo model", []) { Images = true, Tools = true });
        Models = models;
        _byName = models.ToDictionary(model => model.Name, StringComparer.OrdinalIgnoreCase);
    }

    public IReadOnlyList<Model> Models { get; }

    /// <summary>True if no model is configured.</summary>
    public bool IsDemo { get; }

    public Model Default => Models[0];

    IEnumerable<string> INamesGroups.Groups => Models.SelectMany(model => model.Groups);

    public Model? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Whether the settings leave some models to some groups.</summary>
    public bool HasGroups => Models.Any(model => model.Groups.Count > 0);

    /// <summary>The models that a user may use, that user's default one first. May be empty.</summary>
    public IEnumerable<Model> For(Rights rights) => Models.Where(model => rights.MayUse(model.Groups));

    /// <summary>A model that the user may use; null: there is no such model, or it is for others.</summary>
    public Model? Find(string name, Rights rights) => Find(name) is { } model && rights.MayUse(model.Groups) ? model : null;

    /// <summary>Whether a deployment of the model gets a <c>prompt_cache_key</c>.</summary>
    public bool SendsCacheKey(string name) => Find(name)?.Deployments.Any(deployment => deployment.PromptCacheKey) == true;

    /// <summary>Whether a deployment of the model makes answers in the background.</summary>
    public bool IsBackground(string name) => Find(name)?.IsBackground == true;

    /// <summary>Whether a deployment of the model gets the encrypted reasoning of earlier answers.</summary>
    public bool CarriesReasoning(string name) => Find(name)?.CarriesReasoning == true;

    /// <summary>Whether a deployment of any model makes answers in the background.</summary>
    public bool HasBackground => Models.Any(model => model.IsBackground);

    /// <summary>What users call a model. One that is not configured any more keeps its name.</summary>
    public string LabelOf(string name) => Find(name)?.Label ?? name;

    /// <summary>
    /// What the figures of an answer add to the name of its model: the model that the service says answered, where that is
    /// another one, and the deployment, where the model has several. Null: nothing.
    /// </summary>
    /// <param name="name">The model's name, as the answer has it.</param>
    /// <param name="deployment">The deployment's name; null: not known.</param>
    /// <param name="answeredModel">The name that the service gave; null: none.</param>
    public string? AnsweredBy(string? name, string? deployment, string? answeredModel)
    {
        var deployments = name is null ? [] : Find(name)?.Deployments ?? [];
        var isAnother = answeredModel is not null
            && !deployments.Select(known => known.Deployment).Append(name).Any(known => IsVersionOf(known, answeredModel));
        string?[] parts = [isAnother ? answeredModel : null, deployments.Count > 1 ? deployment : null];
        return string.Join(", ", parts.Where(part => part is { Length: > 0 })) is { Length: > 0 } text ? text : null;
    }

    /// <summary>Whether a service's name for a model is a known name, alone or with a version.</summary>
    private static bool IsVersionOf(string? name, string answered) =>
        name is { Length: > 0 } && answered.StartsWith(name, StringComparison.OrdinalIgnoreCase)
        && answered[name.Length..] is "" or [':' or '@', ..] or ['-', >= '0' and <= '9', ..];

    // Where the settings do not say it, the names of the deployments do.
    private static bool SeesImages(IReadOnlyList<DeploymentOptions> deployments) =>
        deployments.Count > 0 && deployments.All(deployment => ImageFamily.Of(deployment.Deployment).SeesImages);

    private static Model Of(ModelOptions model) => Of(
        model, [.. model.Deployments.Select(deployment => deployment.Resolve())]);

    private static Model Of(ModelOptions model, IReadOnlyList<DeploymentOptions> deployments) => new(
        model.Name, model.Label.Length > 0 ? model.Label : model.Name, deployments)
    {
        Description = model.Description,
        ContextTokens = model.ContextTokens,
        Images = model.Images ?? SeesImages(deployments),
        Tools = model.Tools,
        Efforts = model.Efforts,
        Verbosity = model.Verbosity,
        Price = Price.Of(model.Price),
        Groups = model.Groups,
    };
}

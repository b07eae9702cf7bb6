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
}

/// <summary>The configured models, the default one first. Without any, the demo model.</summary>
public sealed class ModelCatalog
{
    private readonly Dictionary<string, Model> _byName;

    public ModelCatalog(IOptions<ProviderOptions> options)
    {
        List<Model> models = [];
        if (options.Value.AzureOpenAI.ToDeployment() is { } single)
            models.Add(new Model(single.Deployment, single.Deployment, [single]));
        models.AddRange(options.Value.Models.Select(Of));
        IsDemo = models.Count == 0;
        if (IsDemo)
            models.Add(new Model("demo", "Demo model", []));
        Models = models;
        _byName = models.ToDictionary(model => model.Name, StringComparer.OrdinalIgnoreCase);
    }

    public IReadOnlyList<Model> Models { get; }

    /// <summary>True if no model is configured.</summary>
    public bool IsDemo { get; }

    public Model Default => Models[0];

    public Model? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Whether a deployment of the model gets a <c>prompt_cache_key</c>.</summary>
    public bool SendsCacheKey(string name) => Find(name)?.Deployments.Any(deployment => deployment.PromptCacheKey) == true;

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

    private static Model Of(ModelOptions model) => new(
        model.Name, model.Label.Length > 0 ? model.Label : model.Name,
        [.. model.Deployments.Select(deployment => deployment.Resolve())])
    {
        Description = model.Description,
        ContextTokens = model.ContextTokens,
        Images = model.Images,
        Tools = model.Tools,
        Efforts = model.Efforts,
        Verbosity = model.Verbosity,
    };
}

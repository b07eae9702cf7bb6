using Microsoft.Extensions.Options;

namespace ChatStream.Web.Providers;

/// <summary>A model that users can choose, and its deployments, best first. The demo model has no deployment.</summary>
public sealed record Model(string Name, string Label, IReadOnlyList<DeploymentOptions> Deployments);

/// <summary>The configured models, the default one first. Without any, the demo model.</summary>
public sealed class ModelCatalog
{
    private readonly Dictionary<string, Model> _byName;

    public ModelCatalog(IOptions<ProviderOptions> options)
    {
        List<Model> models = [];
        if (options.Value.AzureOpenAI.ToDeployment() is { } single)
            models.Add(new Model(single.Deployment, single.Deployment, [single]));
        models.AddRange(options.Value.Models.Select(model =>
            new Model(
                model.Name, model.Label.Length > 0 ? model.Label : model.Name,
                [.. model.Deployments.Select(deployment => deployment.Resolve())])));
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

    /// <summary>What users call a model. One that is not configured any more keeps its name.</summary>
    public string LabelOf(string name) => Find(name)?.Label ?? name;
}

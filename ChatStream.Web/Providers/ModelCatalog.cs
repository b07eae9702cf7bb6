namespace ChatStream.Web.Providers;

/// <summary>A model as users choose it, and the deployments that serve it, best first. None: the demo model.</summary>
internal sealed record Model(string Name, string Label, IReadOnlyList<DeploymentOptions> Deployments);

/// <summary>The models that are configured, the default one first; the demo model where none is.</summary>
internal sealed class ModelCatalog
{
    public const string DemoName = "demo";

    private readonly Dictionary<string, Model> _byName;

    private ModelCatalog(IReadOnlyList<Model> models, bool isDemo)
    {
        (Models, IsDemo) = (models, isDemo);
        _byName = models.ToDictionary(model => model.Name, StringComparer.OrdinalIgnoreCase);
    }

    public IReadOnlyList<Model> Models { get; }

    /// <summary>Nothing is configured.</summary>
    public bool IsDemo { get; }

    public Model Default => Models[0];

    public Model? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Reads <c>AzureOpenAI</c> and <c>Models</c>.</summary>
    /// <exception cref="InvalidOperationException">They are wrong: one line for each fault, naming its key.</exception>
    public static ModelCatalog From(IConfiguration configuration)
    {
        var models = new List<Model>();
        var faults = new List<string>();

        var single = configuration.GetSection(AzureOpenAIOptions.Section).Get<AzureOpenAIOptions>() ?? new();
        if (single.Endpoint.Length + single.Deployment.Length + single.ApiKey.Length > 0)
        {
            var deployment = new DeploymentOptions
            {
                Endpoint = single.Endpoint,
                Deployment = single.Deployment,
                ApiKey = single.ApiKey,
                ApiVersion = single.ApiVersion,
            };
            faults.AddRange(DeploymentCheck.Faults(deployment, AzureOpenAIOptions.Section));
            models.Add(new Model(single.Deployment, single.Deployment, [deployment]));
        }

        var list = configuration.GetSection("Models").Get<List<ModelOptions>>() ?? [];
        for (var i = 0; i < list.Count; i++)
        {
            var (model, key) = (list[i], $"Models:{i}");
            if (model.Name.Length == 0)
                faults.Add($"{key}:Name is missing.");
            else if (models.Any(other => other.Name.Equals(model.Name, StringComparison.OrdinalIgnoreCase)))
                faults.Add($"{key}:Name: '{model.Name}' names another model already.");
            if (model.Deployments.Count == 0)
                faults.Add($"{key}:Deployments is empty.");
            for (var j = 0; j < model.Deployments.Count; j++)
                faults.AddRange(DeploymentCheck.Faults(model.Deployments[j], $"{key}:Deployments:{j}"));
            models.Add(new Model(model.Name, model.Label.Length > 0 ? model.Label : model.Name, model.Deployments));
        }

        if (faults.Count > 0)
            throw new InvalidOperationException(string.Join(Environment.NewLine, faults));
        return models.Count > 0
            ? new ModelCatalog(models, isDemo: false)
            : new ModelCatalog([new Model(DemoName, "Demo model", [])], isDemo: true);
    }
}

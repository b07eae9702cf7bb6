using ChatStream.Web.Providers.Background;
using ChatStream.Web.Providers.Deployments;
using ChatStream.Web.Providers.Demo;
using ChatStream.Web.Providers.Failover;
using ChatStream.Web.Settings;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Providers;

internal static partial class ProviderSetup
{
    /// <summary>Adds the <see cref="ModelCatalog"/>, and one <see cref="IChatClient"/> for all its models.</summary>
    public static IServiceCollection AddModels(this IServiceCollection services)
    {
        services.AddCheckedOptions<ModelTimeouts>(ModelTimeouts.Section);
        services.AddCheckedOptions<FailoverOptions>(FailoverOptions.Section);
        services.AddKnownSection<AzureOpenAIOptions>(AzureOpenAIOptions.Section);
        services.AddKnownSection<IReadOnlyList<ModelOptions>>("Models");
        services.AddOptions<ProviderOptions>()
            .BindConfiguration("").Configure<IConfiguration>(ReadEachEntry).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ProviderOptions>, ProviderCheck>();
        services.AddSingleton<CoolDowns>();
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<INamesGroups>(provider => provider.GetRequiredService<ModelCatalog>());
        services.AddSingleton<IChatClient>(provider => provider.GetRequiredService<ModelCatalog>() is { IsDemo: false } catalog
            ? Router(catalog, provider)
            : new DemoChatClient(provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    // The binder silently skips an entry of a list that it cannot read. Reading each entry by itself throws, and names its key.
    private static void ReadEachEntry(ProviderOptions _, IConfiguration settings)
    {
        foreach (var model in settings.GetSection("Models").GetChildren())
        {
            model.Get<ModelOptions>();
            foreach (var deployment in model.GetSection("Deployments").GetChildren())
                deployment.Get<DeploymentOptions>();
        }
    }

    private static ModelRouter Router(ModelCatalog catalog, IServiceProvider provider)
    {
        var timeouts = provider.GetRequiredService<IOptions<ModelTimeouts>>().Value;
        var handler = new SocketsHttpHandler
        {
            // A response that is dropped closes its connection at once. By default it would be read, and paid for, for 2 s more.
            ResponseDrainTimeout = TimeSpan.Zero,
            // Connections are renewed so that a new address of the service is seen. This never cuts a running answer.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = timeouts.Connect,
            // A redirect would send the key to another host.
            AllowAutoRedirect = false,
            UseCookies = false,
        };
        var time = provider.GetRequiredService<TimeProvider>();
        var failover = provider.GetRequiredService<IOptions<FailoverOptions>>().Value;
        // A deployment that two models have has one rate limit.
        var coolDowns = new Dictionary<(string, string, string), CoolDown>();
        var background = new Dictionary<string, DeploymentClient>();
        var clients = catalog.Models.ToDictionary(
            model => model.Name,
            IChatClient (model) => new FailoverClient(
                model.Name, [.. model.Deployments.Select((deployment, i) => Deployment(model, deployment, i))], timeouts.Total,
                time,
                provider.GetRequiredService<ILogger<FailoverClient>>()),
            StringComparer.OrdinalIgnoreCase);
        return new ModelRouter(clients, background);

        ModelDeployment Deployment(Model model, DeploymentOptions options, int number)
        {
            var key = (options.Endpoint, options.Deployment, options.ApiKey);
            if (!coolDowns.TryGetValue(key, out var coolDown))
                coolDowns.Add(key, coolDown = new CoolDown(failover, time));
            provider.GetRequiredService<CoolDowns>().Add(model.Name, number, coolDown);
            var client = ClientOf(options, model.Efforts, handler, timeouts, provider);
            if (options.Background)
                background.TryAdd(options.Key, client);
            return new ModelDeployment(options.DisplayName, options.Background ? InBackground(client) : client, coolDown)
            {
                Key = options.Key,
                Provider = options.Kind == ProviderKind.Azure ? "azure.ai.openai" : "openai",
            };
        }

        IChatClient InBackground(DeploymentClient client) =>
            new BackgroundClient(client, timeouts, time, provider.GetRequiredService<ILogger<BackgroundClient>>());
    }

    private static DeploymentClient ClientOf(
        DeploymentOptions deployment, IReadOnlyList<string> efforts, HttpMessageHandler handler, ModelTimeouts timeouts,
        IServiceProvider provider)
    {
        var logger = provider.GetRequiredService<ILogger<DeploymentClient>>();
        if (deployment is { Kind: ProviderKind.Azure, ApiKey: "" })
        {
            var kind = EntraSignIn.KindOf(deployment, Environment.GetEnvironmentVariable);
            var scope = EntraSignIn.ScopeOf(deployment);
            Log.SignsIn(logger, deployment.Deployment, kind, scope);
        }
        return new(
            new DeploymentEndpoint(deployment, handler, efforts: efforts), timeouts,
            provider.GetRequiredService<TimeProvider>(), logger);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 4, Level = LogLevel.Information,
            Message = "The deployment {Deployment} is asked with a token of Entra ID from {Credential}, for {Scope}.")]
        public static partial void SignsIn(ILogger logger, string deployment, CredentialKind credential, string scope);
    }
}

using ChatStream.Web.Providers.ChatCompletions;
using ChatStream.Web.Providers.Demo;
using ChatStream.Web.Settings;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Providers;

internal static class ProviderSetup
{
    /// <summary>The catalogue and one <see cref="IChatClient"/> for all of it.</summary>
    public static IServiceCollection AddModels(this IServiceCollection services)
    {
        services.AddCheckedOptions<ModelTimeouts>(ModelTimeouts.Section);
        services.AddOptions<ProviderOptions>().BindConfiguration("").Configure<IConfiguration>(ReadEachDeployment).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ProviderOptions>, ProviderCheck>();
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<IChatClient>(provider => provider.GetRequiredService<ModelCatalog>() is { IsDemo: false } catalog
            ? new ModelRouter(Clients(catalog, provider))
            : new DemoChatClient(provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    // An entry of a list that cannot be read is left out by the binder without a word; read by itself, it names its key.
    private static void ReadEachDeployment(ProviderOptions _, IConfiguration settings)
    {
        foreach (var deployment in settings.GetSection("Models").GetChildren().SelectMany(model => model.GetSection("Deployments").GetChildren()))
            deployment.Get<DeploymentOptions>();
    }

    private static Dictionary<string, IChatClient> Clients(ModelCatalog catalog, IServiceProvider provider)
    {
        var timeouts = provider.GetRequiredService<IOptions<ModelTimeouts>>().Value;
        var handler = new SocketsHttpHandler
        {
            // Dropping a response closes its connection at once; by default it is drained for 2 s, and paid for.
            ResponseDrainTimeout = TimeSpan.Zero,
            // A running answer is never cut by this; a new address of the service is seen.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = timeouts.Connect,
            // A redirect would carry the key elsewhere.
            AllowAutoRedirect = false,
            UseCookies = false,
        };
        return catalog.Models.ToDictionary(
            model => model.Name,
            IChatClient (model) => new ChatCompletionsClient(
                new CompletionsEndpoint(model.Deployments[0], handler), timeouts,
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ChatCompletionsClient>>()),
            StringComparer.OrdinalIgnoreCase);
    }
}

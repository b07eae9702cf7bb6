using Microsoft.AspNetCore.Connections;
using ChatStream.Web.Contract;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ChatStream.Web.Generations;

internal static class GenerationSetup
{
    public static IServiceCollection AddGenerations(this IServiceCollection services)
    {
        services.AddCheckedOptions<GenerationOptions>(GenerationOptions.Section);
        services.AddCheckedOptions<LimitOptions>(LimitOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        // The web server's pool: pinned blocks, given back to the system when they have been idle.
        services.TryAddSingleton(provider => provider.GetRequiredService<IMemoryPoolFactory<byte>>().Create());
        services.AddSingleton<StartCheck>();
        services.AddSingleton<StartLimiter>();
        services.AddSingleton<GenerationRegistry>();
        services.AddSingleton<Checkpoints>();
        services.AddSingleton<ModelTitles>();
        services.AddSingleton<GenerationRunner>();
        services.AddHostedService(provider => provider.GetRequiredService<GenerationRunner>());
        services.AddHostedService(provider => provider.GetRequiredService<Checkpoints>());
        services.AddSingleton<GenerationService>();
        services.AddScoped<ModelRun>();
        return services;
    }
}

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
        services.AddSingleton<StartCheck>();
        services.AddSingleton<StartLimiter>();
        services.AddSingleton<GenerationRegistry>();
        services.AddSingleton<GenerationRunner>();
        services.AddHostedService(provider => provider.GetRequiredService<GenerationRunner>());
        services.AddSingleton<GenerationService>();
        services.AddScoped<ModelRun>();
        return services;
    }
}

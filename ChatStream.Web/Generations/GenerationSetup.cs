using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ChatStream.Web.Generations;

internal static class GenerationSetup
{
    public static IServiceCollection AddGenerations(this IServiceCollection services)
    {
        services.AddOptions<GenerationOptions>().BindConfiguration(GenerationOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<LimitOptions>().BindConfiguration(LimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
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

using ChatStream.Web.Settings;

namespace ChatStream.Web.Hosting.Observing;

internal static class ObservingSetup
{
    /// <summary>Adds what exports traces and metrics.</summary>
    public static IServiceCollection AddObserving(this IServiceCollection services)
    {
        services.AddCheckedOptions<ObservingOptions>(ObservingOptions.Section);
        services.AddSingleton<MetricsListener>();
        services.AddHostedService<Observer>();
        return services;
    }
}

using ChatStream.Web.Settings;

namespace ChatStream.Web.Limits;

internal static class LimitSetup
{
    public static IServiceCollection AddLimits(this IServiceCollection services)
    {
        services.AddCheckedOptions<LimitOptions>(LimitOptions.Section);
        services.AddSingleton<SharedPlaces>();
        services.AddHostedService(provider => provider.GetRequiredService<SharedPlaces>());
        services.AddSingleton<StartLimits>();
        services.AddSingleton<ImportLimits>();
        services.AddSingleton<ExportLimits>();
        services.AddSingleton<UploadLimits>();
        services.AddSingleton<IdentityLimits>();
        return services;
    }
}

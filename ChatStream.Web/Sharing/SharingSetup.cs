using ChatStream.Web.Settings;

namespace ChatStream.Web.Sharing;

internal static class SharingSetup
{
    /// <summary>Adds what shares conversations, and what removes shares that have expired.</summary>
    public static IServiceCollection AddSharing(this IServiceCollection services)
    {
        services.AddCheckedOptions<SharingOptions>(SharingOptions.Section);
        services.AddSingleton<ISharing, Shares>();
        services.AddHostedService<ExpiredShares>();
        return services;
    }
}

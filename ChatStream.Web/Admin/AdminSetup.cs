using ChatStream.Web.Settings;

namespace ChatStream.Web.Admin;

internal static class AdminSetup
{
    /// <summary>Adds what administrators see and do, and the audit log.</summary>
    public static IServiceCollection AddAdmin(this IServiceCollection services)
    {
        services.AddCheckedOptions<AuditOptions>(AuditOptions.Section);
        services.AddSingleton<AuditLog>();
        services.AddSingleton<IAuditLog>(provider => provider.GetRequiredService<AuditLog>());
        services.AddHostedService(provider => provider.GetRequiredService<AuditLog>());
        services.AddSingleton<SettingsInForce>();
        services.AddSingleton<AdminQueries>();
        services.AddSingleton<IAdminDesk, AdminDesk>();
        return services;
    }
}

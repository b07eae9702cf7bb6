using ChatStream.Web.Providers;
using ChatStream.Web.Settings;
using ChatStream.Web.Tools.Mcp;
using ChatStream.Web.Tools.Permissions;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Tools;

internal static class ToolSetup
{
    public static IServiceCollection AddTools(this IServiceCollection services)
    {
        services.AddCheckedOptions<ToolOptions>(ToolOptions.Section);
        services.AddSingleton<IValidateOptions<ToolOptions>>(
            provider => new ToolCheck(provider.GetRequiredService<ModelCatalog>));
        services.AddSingleton<McpServers>();
        services.AddHostedService(provider => provider.GetRequiredService<McpServers>());
        services.AddSingleton<McpUserServers>();
        services.AddPermissions();
        services.AddSingleton<ToolCatalog>();
        services.AddSingleton<INamesGroups>(provider => provider.GetRequiredService<ToolCatalog>());
        services.AddSingleton<ToolCaller>();
        return services;
    }

    private static void AddPermissions(this IServiceCollection services)
    {
        services.AddSingleton<OAuthHttp>();
        services.AddSingleton<Discovery>();
        services.AddSingleton<TokenEndpoint>();
        services.AddSingleton<Sealed>();
        services.AddSingleton<GrantStore>();
        services.AddSingleton<PermissionBook>();
        services.AddSingleton<IPermissions>(provider => provider.GetRequiredService<PermissionBook>());
    }
}

using System.Net;
using ChatStream.Web.Hosting.SignIn;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

/// <summary>
/// Takes the address and the scheme of the browser from <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c>, if the request came
/// from a proxy that the setting <c>Proxies</c> names. Limits count by that address, so no other sender may choose it.
/// </summary>
internal static partial class Forwarding
{
    public static IServiceCollection AddForwarding(this IServiceCollection services)
    {
        services.AddOptions<ForwardedHeadersOptions>()
            .PostConfigure<IOptions<SiteOptions>>((forwarded, site) => Trust(forwarded, site.Value.Proxies));
        // Before the middleware that ASP.NET Core itself adds, which is one of these.
        services.Insert(0, ServiceDescriptor.Transient<IStartupFilter, PeerFilter>());
        return services;
    }

    /// <summary>
    /// Runs first. ASP.NET Core adds its own middleware where <c>ASPNETCORE_FORWARDEDHEADERS_ENABLED</c> is set. It must not run
    /// twice, because each run may take one more address from the header.
    /// </summary>
    public static void UseForwarding(this WebApplication app)
    {
        var isEnabled = "true".Equals(app.Configuration["FORWARDEDHEADERS_ENABLED"], StringComparison.OrdinalIgnoreCase);
        if (app.Configuration.GetSection(nameof(SiteOptions.Proxies)).GetChildren().Any() && !isEnabled)
            app.UseForwardedHeaders();
        var (site, forwarded) = (
            app.Services.GetRequiredService<IOptions<SiteOptions>>(),
            app.Services.GetRequiredService<IOptions<ForwardedHeadersOptions>>());
        if (isEnabled && !app.Configuration.GetSection(nameof(SiteOptions.Proxies)).GetChildren().Any())
            Log.NotEnough(app.Logger);
        var isWarned = 0;
        app.Use((http, next) =>
        {
            if (IsLeftOver(http.Request)
                && !(site.Value.Proxies.Count > 0 && IsNamed(forwarded.Value, http.Connection.RemoteIpAddress))
                && Interlocked.Exchange(ref isWarned, 1) == 0)
                Log.UnknownProxy(app.Logger, http.Connection.RemoteIpAddress);
            return next(http);
        });
    }

    /// <summary>
    /// Where proxies are named, they are trusted, as far back as they form a chain. Where none is, nobody is, whatever the switch
    /// of ASP.NET Core says: it would trust every sender.
    /// </summary>
    private static void Trust(ForwardedHeadersOptions forwarded, IReadOnlyList<string> proxies)
    {
        if (proxies.Count == 0)
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.None;
            return;
        }
        forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        forwarded.ForwardLimit = null;
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            if (System.Net.IPNetwork.TryParse(proxy, out var network))
                forwarded.KnownIPNetworks.Add(network);
            else
                forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
        }
    }

    /// <summary>
    /// The middleware has not taken the header: its sender is not named, or what a named one has passed on is no address.
    /// </summary>
    private static bool IsLeftOver(HttpRequest request) =>
        request.Headers.ContainsKey("X-Forwarded-For") && !request.Headers.ContainsKey("X-Original-For");

    private static bool IsNamed(ForwardedHeadersOptions forwarded, IPAddress? address)
    {
        if (address is null)
            return false;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return forwarded.KnownProxies.Contains(address) || forwarded.KnownIPNetworks.Any(network => network.Contains(address));
    }

    /// <summary>Remembers who sent a request, before the browser's address takes the place of the sender's.</summary>
    private sealed class PeerFilter(IOptions<SignInOptions> signIn) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            if (signIn.Value.Kind == SignInKind.Header)
            {
                app.Use((http, go) =>
                {
                    HeaderSignIn.Remember(http);
                    return go(http);
                });
            }
            next(app);
        };
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message =
            "ASPNETCORE_FORWARDEDHEADERS_ENABLED has no effect without Proxies. Name there the proxies in front: until then "
            + "nobody is believed that a browser came over TLS: cookies are not marked Secure, and addresses that the app writes "
            + "begin with http, unless PublicOrigin is set.")]
        public static partial void NotEnough(ILogger logger);

        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message =
            "X-Forwarded-For came from {Address}, which Proxies does not name. All users behind that address share its limits.")]
        public static partial void UnknownProxy(ILogger logger, IPAddress? address);
    }
}

using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Contract;
using ChatStream.Web.Controllers;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

/// <summary>
/// Refuses requests for a host name that is not known here. Another site can let a name of its own point at this server. To a
/// browser its page would then be one of this server, and could use it. Loopback and addresses cannot be owned by another site.
/// In Development every well-formed host is answered.
/// </summary>
internal static class HostGuard
{
    private const string Malformed = "The Host header is empty, or is not a host.";

    private const string Unknown =
        "ChatStream does not know this host name. Name it in the setting AllowedHosts, or as PublicOrigin.";

    /// <summary>ASP.NET Core has a guard of its own for <c>AllowedHosts</c>. It would refuse addresses too.</summary>
    public static void AddTo(IServiceCollection services) =>
        services.Configure<HostFilteringOptions>(hosts => hosts.AllowedHosts = ["*"]);

    public static IApplicationBuilder UseHostGuard(this IApplicationBuilder app)
    {
        var site = app.ApplicationServices.GetRequiredService<IOptions<SiteOptions>>();
        var isProduction = !app.ApplicationServices.GetRequiredService<IHostEnvironment>().IsDevelopment();
        // Instances name each other by any address. A ticket that is not right is refused after this.
        return app.Use((http, next) => ForwardedTicket.Of(http.Request) is null
            && Fault(http.Request, isProduction ? site.Value : null) is { } fault
                ? RefuseAsync(http, fault)
                : next(http));
    }

    private static string? Fault(HttpRequest request, SiteOptions? site)
    {
        var host = request.Host;
        // HTTP/1.0 needs no Host, and no browser leaves it out.
        if (!host.HasValue && HttpProtocol.IsHttp10(request.Protocol))
            return null;
        if (!HostNames.IsWellFormed(host))
            return Malformed;
        return site is null || HostNames.IsLoopback(host) || HostNames.IsAddress(host) || site.Names(host) ? null : Unknown;
    }

    private static Task RefuseAsync(HttpContext http, string fault) => ProblemResult.IsPageWanted(http)
        ? PlainRefusal.WriteAsync(http, StatusCodes.Status400BadRequest, fault)
        : ProblemResult.Of(new Refusal(400, "Host", fault)).WriteAsync(http);
}

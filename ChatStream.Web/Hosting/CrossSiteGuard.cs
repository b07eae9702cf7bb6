using ChatStream.Web.Contract;
using ChatStream.Web.Controllers;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace ChatStream.Web.Hosting;

/// <summary>
/// Refuses requests that another site makes a browser send, if they change something: unsafe methods, and the GET that starts a
/// generation. Requests with an API key or a token pass, because no site can make a browser send one. So do those that another
/// instance has forwarded, which has asked already.
/// </summary>
internal static class CrossSiteGuard
{
    public static IApplicationBuilder UseCrossSiteGuard(this IApplicationBuilder app)
    {
        var site = app.ApplicationServices.GetRequiredService<IOptions<SiteOptions>>();
        return app.Use((http, next) => Fault(http, site.Value.PublicOrigin) is { } fault
            ? ProblemResult.Of(new Refusal(403, fault.Header, fault.Detail)).WriteAsync(http)
            : next(http));
    }

    /// <summary>The header by which the request is refused, and why. Null: it may pass.</summary>
    private static (string Header, string Detail)? Fault(HttpContext http, string publicOrigin)
    {
        var request = http.Request;
        var startsByGet = HttpMethods.IsGet(request.Method)
            && http.GetEndpoint()?.Metadata.GetMetadata<StartsGenerationAttribute>() is not null;
        var isUnsafe = !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)
            || HttpMethods.IsOptions(request.Method) || HttpMethods.IsTrace(request.Method));
        if (!(startsByGet || isUnsafe)
            || BrowserIdentity.IsOfProgram(http) || http.User.Identity?.AuthenticationType == BrowserIdentity.Forwarded)
            return null;

        if (request.Headers["Sec-Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase))
            return ("Sec-Purpose", "A generation is not started ahead of time.");

        // A link or a typed address, and no EventSource or fetch. A link may stand in an answer, or in a mail.
        if (startsByGet && request.Headers["Sec-Fetch-Mode"] == "navigate")
            return ("Sec-Fetch-Mode", "Following a link starts no generation.");

        // Browsers send this header to https and to loopback. No script can set it.
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
            return site is "same-origin" or "none" ? null : ("Sec-Fetch-Site", "Requests from another site are refused.");

        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && !IsOurs(origin, request.Host, publicOrigin))
            return ("Origin", "Requests from another origin are refused.");

        // To a host name over plain http, browsers send neither header with an image or a link. But those cannot ask for this
        // type. EventSource and fetch can, and from another origin they send Origin, which is checked above.
        if (startsByGet && !HostNames.IsLoopback(request.Host) && !request.GetTypedHeaders().Accept.Any(IsEventStream))
            return ("Accept", "Starting with a GET needs Accept: text/event-stream here.");
        return null;
    }

    /// <summary>The scheme is not compared, because a proxy that ends TLS hides it.</summary>
    private static bool IsOurs(string origin, HostString host, string publicOrigin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && (origin.Equals(publicOrigin.TrimEnd('/'), StringComparison.OrdinalIgnoreCase)
            || HostNames.IsOrigin(host, uri));

    private static bool IsEventStream(MediaTypeHeaderValue type) =>
        type.MediaType.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase);
}

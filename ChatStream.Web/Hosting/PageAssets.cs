using System.Text.RegularExpressions;

namespace ChatStream.Web.Hosting;

internal static partial class PageAssets
{
    /// <summary>
    /// Serves the page's assets. Those that views name have a fingerprint, and browsers keep them for a year. The files that the
    /// script loads, chunks and fonts, have the bundler's hash in their names. ASP.NET Core does not know it, so they get the
    /// same header here.
    /// </summary>
    public static void MapPageAssets(this IEndpointRouteBuilder endpoints) => endpoints.MapStaticAssets().Add(endpoint =>
    {
        if (endpoint is not RouteEndpointBuilder { RequestDelegate: { } serve } route
            || !Hashed().IsMatch(route.RoutePattern.RawText ?? ""))
            return;
        endpoint.RequestDelegate = http =>
        {
            http.Response.OnStarting(() =>
            {
                if (http.Response.StatusCode < StatusCodes.Status400BadRequest)
                    http.Response.Headers.CacheControl = "max-age=31536000, immutable";
                return Task.CompletedTask;
            });
            return serve(http);
        };
    });

    [GeneratedRegex(@"^/?dist/(?:[\w-]+/)*[\w-]+-[A-Z0-9]{8}\.(?:js|woff2)$")]
    private static partial Regex Hashed();
}

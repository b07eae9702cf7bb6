using System.Text.RegularExpressions;

namespace ChatStream.Web.Hosting;

internal static partial class PageAssets
{
    /// <summary>
    /// What views name has a fingerprint, and is kept for good. What the script itself loads, chunks and fonts, has the bundler's
    /// hash in its name instead, of which ASP.NET Core knows nothing: it would have the browser ask each time.
    /// </summary>
    public static void MapPageAssets(this IEndpointRouteBuilder endpoints) => endpoints.MapStaticAssets().Add(endpoint =>
    {
        if (endpoint is not RouteEndpointBuilder { RequestDelegate: { } serve } route || !Hashed().IsMatch(route.RoutePattern.RawText ?? ""))
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

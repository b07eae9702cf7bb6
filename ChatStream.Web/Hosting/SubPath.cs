using Microsoft.Extensions.Options;

namespace ChatStream.Web.Hosting;

/// <summary>Serves the site below the path that the setting <c>PathBase</c> names.</summary>
internal static class SubPath
{
    /// <summary>
    /// Takes the path away from the beginning of requests. Some proxies have taken it away themselves, so requests without it are
    /// answered too; and so are probes, which know no path. Where the web server has set the path, as IIS does, it is left as it
    /// is.
    /// </summary>
    public static IApplicationBuilder UseSubPath(this IApplicationBuilder app)
    {
        var site = app.ApplicationServices.GetRequiredService<IOptions<SiteOptions>>();
        return app.Use((http, next) =>
        {
            var (request, prefix) = (http.Request, new PathString(site.Value.PathBase));
            if (!prefix.HasValue)
                return next(http);
            if (request.Path.StartsWithSegments(prefix, out var written, out var rest))
                (request.PathBase, request.Path) = (request.PathBase.Add(written), rest);
            else if (!request.PathBase.HasValue)
                request.PathBase = prefix;
            return next(http);
        });
    }
}

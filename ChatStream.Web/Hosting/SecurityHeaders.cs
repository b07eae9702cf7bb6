using ChatStream.Web.Views;

namespace ChatStream.Web.Hosting;

internal static class SecurityHeaders
{
    /// <summary>
    /// Limits what a page with a model's output can do: it may load script, style, images and fonts from this site only.
    /// </summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        SetOn(http);
        http.Response.OnStarting(SetOnPageAsync, http.Response);
        return next(http);
    });

    /// <summary>Sets the headers. After an exception the framework has cleared them, so problems set them again.</summary>
    public static void SetOn(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy.Strict;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        if (!http.Request.IsHttps)
            return; // browsers ignore the others then, and write a warning to the console
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        // Other programs of a developer's machine may have no TLS.
        if (!HostNames.IsLoopback(http.Request.Host))
            headers.StrictTransportSecurity = "max-age=31536000";
    }

    /// <summary>A page may use no device of its reader. Only when a response begins is it known to be one.</summary>
    private static Task SetOnPageAsync(object state)
    {
        var response = (HttpResponse)state;
        if (response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) is true)
            response.Headers["Permissions-Policy"] = ContentPolicy.Permissions;
        return Task.CompletedTask;
    }
}

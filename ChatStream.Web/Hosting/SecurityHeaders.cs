namespace ChatStream.Web.Hosting;

internal static class SecurityHeaders
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        + "trusted-types highlighter";

    /// <summary>
    /// Limits what a page with a model's output can do: it may load script, style, images and fonts from this site only.
    /// The one policy of Trusted Types names the script of the highlighter's worker.
    /// </summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        SetOn(http);
        return next(http);
    });

    /// <summary>Sets the headers. After an exception the framework has cleared them, so problems set them again.</summary>
    public static void SetOn(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        // Over plain http, browsers ignore this header and write a warning to the console.
        if (http.Request.IsHttps)
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }
}

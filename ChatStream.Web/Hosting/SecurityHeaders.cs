namespace ChatStream.Web.Hosting;

internal static class SecurityHeaders
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        + "trusted-types 'none'";

    /// <summary>What keeps a page of model output in its place: its own script and style, and nothing from anywhere else.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        // Over plain http browsers ignore it, and say so in the console.
        if (http.Request.IsHttps)
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
        return next(http);
    });
}

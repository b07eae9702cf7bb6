using System.Text.Encodings.Web;
using ChatStream.Web.Controllers;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace ChatStream.Web.Hosting;

/// <summary>
/// A refusal where no view can be used: none can be rendered, or a browser could not load its style from here. A browser gets a
/// small page, in English, that loads nothing. Programs get a problem.
/// </summary>
internal static class PlainRefusal
{
    public static Task WriteAsync(HttpContext http, int status, string detail)
    {
        var (response, title) = (http.Response, ReasonPhrases.GetReasonPhrase(status));
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        if (!ProblemResult.IsPageWanted(http))
        {
            var problem = new ProblemDetails { Type = "about:blank", Title = title, Status = status, Detail = detail };
            return response.WriteAsJsonAsync(problem, options: null, MediaTypes.Problem, http.RequestAborted);
        }
        response.ContentType = "text/html; charset=utf-8";
        return response.WriteAsync($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{title} – ChatStream</title>
            </head>
            <body>
            <h1>{title}</h1>
            <p>{HtmlEncoder.Default.Encode(detail)}</p>
            </body>
            </html>

            """, http.RequestAborted);
    }
}

using System.Globalization;
using ChatStream.Web.Contract;
using ChatStream.Web.Privacy;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>
/// All that is stored of an owner as a ZIP archive. Its length is not known before, so a fault in between breaks the connection.
/// </summary>
internal sealed class ArchiveResult(IOwnData data, Owner owner, DateTimeOffset now) : IActionResult
{
    public async Task ExecuteResultAsync(ActionContext context)
    {
        var (http, response) = (context.HttpContext, context.HttpContext.Response);
        var day = now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        response.ContentType = "application/zip";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = $"attachment; filename=chatstream-{day}.zip";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await data.ExportAsync(owner, response.Body, http.RequestAborted);
    }
}

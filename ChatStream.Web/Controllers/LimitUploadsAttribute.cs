using ChatStream.Web.Files;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace ChatStream.Web.Controllers;

/// <summary>
/// Takes a place of the uploads before the body is read, and holds it until the file is stored. A refused upload costs nothing
/// but its headers.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LimitUploadsAttribute : Attribute, IAsyncActionFilter
{
    /// <summary>The slowest upload that may hold a place, after ten seconds: 64 kbit/s.</summary>
    private static readonly MinDataRate Slowest = new(bytesPerSecond: 8 * 1024, gracePeriod: TimeSpan.FromSeconds(10));

    public async Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next)
    {
        var http = context.HttpContext;
        var files = http.RequestServices.GetRequiredService<IFileDesk>();
        await using var place = await files.TakePlaceAsync(http.Caller());
        BodyLimitAttribute.LimitBody(http, files.MostBytes + UploadedFile.FormBytes);
        // With HTTP/2 the limit is the connection's.
        if (HttpProtocol.IsHttp11(http.Request.Protocol) && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = Slowest;
        await next();
    }
}

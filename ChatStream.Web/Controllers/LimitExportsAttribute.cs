using ChatStream.Web.Limits;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace ChatStream.Web.Controllers;

/// <summary>
/// Takes a place of the exports before anything is read, and holds it until the response is written: a slow client keeps what is
/// exported in memory.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LimitExportsAttribute : Attribute, IAsyncActionFilter
{
    /// <summary>The slowest download that may hold a place, after ten seconds: 64 kbit/s.</summary>
    private static readonly MinDataRate Slowest = new(bytesPerSecond: 8 * 1024, gracePeriod: TimeSpan.FromSeconds(10));

    public async Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next)
    {
        var http = context.HttpContext;
        var place = await http.RequestServices.GetRequiredService<ExportLimits>().TakeAsync(http.Owner());
        http.Response.RegisterForDisposeAsync(place);
        // With HTTP/2 the limit is the connection's.
        if (HttpProtocol.IsHttp11(http.Request.Protocol) && http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = Slowest;
        await next();
    }
}

using ChatStream.Web.Contract;
using ChatStream.Web.Limits;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace ChatStream.Web.Controllers;

/// <summary>
/// Takes a place of the imports before the body is read, and holds it until the response is written. A refused import costs
/// nothing but its headers.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LimitImportsAttribute : Attribute, IAsyncResourceFilter
{
    /// <summary>
    /// The slowest upload that may hold a place, after ten seconds: 128 kbit/s. The web server's own limit lets one last for a
    /// day.
    /// </summary>
    private static readonly MinDataRate Slowest = new(bytesPerSecond: 16 * 1024, gracePeriod: TimeSpan.FromSeconds(10));

    public async Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        var http = context.HttpContext;
        try
        {
            using var place = http.RequestServices.GetRequiredService<ImportLimits>().Take(http.Caller());
            // With HTTP/2 the limit is the connection's.
            if (HttpProtocol.IsHttp11(http.Request.Protocol)
                && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
                rate.MinDataRate = Slowest;
            await next();
        }
        catch (RefusedException refused)
        {
            context.Result = ProblemResult.Of(refused.Refusal);
        }
    }
}

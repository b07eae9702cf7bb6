using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Limits;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Controllers;

/// <summary>
/// Takes a place of the imports before the body is read, and holds it until the import is stored. A refused import costs nothing
/// but its headers.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LimitImportsAttribute : Attribute, IAsyncActionFilter
{
    /// <summary>
    /// The slowest upload that may hold a place, after ten seconds: 128 kbit/s. The web server's own limit lets one last for a
    /// day.
    /// </summary>
    private static readonly MinDataRate Slowest = new(bytesPerSecond: 16 * 1024, gracePeriod: TimeSpan.FromSeconds(10));

    public async Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next)
    {
        var http = context.HttpContext;
        await using var place = await http.RequestServices.GetRequiredService<ImportLimits>().TakeAsync(http.Caller());
        await RefuseWhenFullAsync(http);
        // With HTTP/2 the limit is the connection's.
        if (HttpProtocol.IsHttp11(http.Request.Protocol) && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = Slowest;
        await next();
    }

    /// <exception cref="RefusedException">413: what the user has imported, with this, takes too much.</exception>
    private static async Task RefuseWhenFullAsync(HttpContext http)
    {
        var services = http.RequestServices;
        var most = services.GetRequiredService<IOptions<LimitOptions>>().Value.ImportedBytesPerUser;
        var library = services.GetRequiredService<IConversationLibrary>();
        var stored = await library.ImportedBytesAsync(http.Owner(), http.RequestAborted);
        // What was deleted takes room as long as it can be restored. An import that needs the room, and gets it, ends that.
        if (stored >= most && stored - await library.ImportedBytesAsync(http.Owner().Deleted, http.RequestAborted) < most)
        {
            await services.GetRequiredService<IWastebasket>().EmptyAsync(http.Owner());
            stored = await library.ImportedBytesAsync(http.Owner(), http.RequestAborted);
        }
        if (stored >= most)
        {
            throw new RefusedException(413, "body",
                $"The imported conversations take {stored} bytes; at most {most} fit. Delete some of them first.",
                "import_quota", stored, most);
        }
    }
}

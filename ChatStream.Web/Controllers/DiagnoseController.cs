using System.ComponentModel.DataAnnotations;
using ChatStream.Web.Contract;
using ChatStream.Web.Diagnosis;
using ChatStream.Web.Streaming;
using ChatStream.Web.Views.Diagnose;
using Microsoft.AspNetCore.Mvc;

namespace ChatStream.Web.Controllers;

/// <summary>
/// A page that measures what the proxies between a browser and this process do to streams, and the streams that it measures by.
/// </summary>
[Route("diagnose")]
[HeadLikeGet]
[RefusalFilter]
public sealed class DiagnoseController(ITrials trials) : Controller
{
    private const string Steady = "steady";
    private const string Silent = "silent";

    /// <summary>The page.</summary>
    [HttpGet("")]
    public IActionResult Show()
    {
        Response.Headers.CacheControl = "no-store";
        return View("Index", new DiagnosePage(trials.Silence));
    }

    /// <summary>Opens a trial stream. An earlier one of the same user ends.</summary>
    /// <param name="kind"><c>steady</c>: an event every 50 ms for two seconds. <c>silent</c>: only comments.</param>
    [HttpPost("stream")]
    [ProducesResponseType(typeof(void), StatusCodes.Status200OK, MediaTypes.EventStream)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status429TooManyRequests, MediaTypes.Problem)]
    public IActionResult Open([FromQuery, AllowedValues(Steady, Silent)] string kind = Steady) =>
        new EventStreamResult(trials.Start(
            HttpContext.Caller(), kind == Silent ? TrialKind.Silent : TrialKind.Steady, Arrived(Request),
            HttpContext.RequestAborted));

    /// <summary>Whether the stream is open, its reader has left, or it has ended.</summary>
    /// <param name="id">The stream's.</param>
    /// <param name="instance">The instance that has it; absent: this one.</param>
    [HttpGet("stream/{id}")]
    [ProducesResponseType<TrialStatePayload>(StatusCodes.Status200OK, MediaTypes.Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    public IActionResult State([FromRoute] string id, [FromQuery] string? instance) =>
        new WireResult(trials.StateOf(HttpContext.Owner(), id, instance));

    /// <summary>Ends the stream.</summary>
    /// <param name="id">The stream's.</param>
    /// <param name="instance">The instance that has it; absent: this one.</param>
    [HttpPost("stream/{id}/stop")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypes.Problem)]
    public IActionResult Stop([FromRoute] string id, [FromQuery] string? instance)
    {
        trials.EndStream(HttpContext.Owner(), id, instance);
        return NoContent();
    }

    // Only what a proxy adds to every request, and no value of it: the page needs the kind of the proxy.
    private static TrialRequestPayload Arrived(HttpRequest request)
    {
        bool Has(params string[] names) => names.Any(request.Headers.ContainsKey);
        var via = request.Headers.Via.ToString();
        var proxies = new List<string>();
        if (Has("X-Forwarded-Server"))
            proxies.Add("apache");
        if (via.Contains("Caddy", StringComparison.OrdinalIgnoreCase))
            proxies.Add("caddy");
        if (Has("X-ARR-LOG-ID", "X-ARR-SSL"))
            proxies.Add("iis");
        if (Has("CF-Ray", "X-Azure-Ref", "X-Azure-FDID", "X-AppGW-Trace-Id", "X-Amz-Cf-Id", "X-Amzn-Trace-Id", "Fastly-Client-IP")
            || via.Contains("akamai", StringComparison.OrdinalIgnoreCase))
            proxies.Add("cdn");
        return new TrialRequestPayload(request.Protocol, proxies);
    }
}

using System.Globalization;
using ChatStream.Web.Contract;
using Microsoft.Net.Http.Headers;

namespace ChatStream.Web.Controllers;

/// <summary>
/// Lets nginx take a start to another instance while this one stops. nginx cannot know by the status that it may: a 503 is also
/// an answer that failed. So <c>deploy/nginx.conf</c> counts the refusals of a request in a header, and the refusal names the
/// location that goes on. Other proxies and clients send no such header, and get the refusal alone.
/// </summary>
internal static class NextInstance
{
    private const string Refusals = "ChatStream-Refusals";

    /// <summary>nginx follows ten of them for a request. The refusal after these goes to the client.</summary>
    private const int MostRefusals = 8;

    /// <summary>A fixed name, so that no client chooses a location of nginx.</summary>
    private const string Location = "@chatstream_next";

    public static void Offer(HttpContext http, Refusal refusal)
    {
        if (!refusal.IsOfThisInstance
            || !int.TryParse(
                http.Request.Headers[Refusals], NumberStyles.None, CultureInfo.InvariantCulture, out var refusals)
            || refusals >= MostRefusals)
            return;
        http.Response.Headers["X-Accel-Redirect"] = Location;
        http.Response.Headers[Refusals] = (refusals + 1).ToString(CultureInfo.InvariantCulture);
        http.Response.OnStarting(RemoveWhatStays, http.Response);
    }

    // nginx adds these to the response of the next instance, which has its own.
    private static Task RemoveWhatStays(object response)
    {
        var headers = ((HttpResponse)response).Headers;
        headers.Remove(HeaderNames.SetCookie);
        headers.Remove(HeaderNames.CacheControl);
        return Task.CompletedTask;
    }
}

using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.AspNetCore.Mvc;
using Yarp.ReverseProxy.Forwarder;

namespace ChatStream.Web.Controllers;

/// <summary>
/// The response of another instance, which runs the answer that is asked for. The request goes there as it came, in the name of
/// its user, and what comes back is passed on byte for byte, as it comes.
/// </summary>
internal sealed class ForwardedResult(InstanceRow instance) : IActionResult
{
    /// <summary>
    /// The longest time without a byte, in which the other instance sends some comments. A start that waits for its whole answer
    /// has none.
    /// </summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(100);

    private static readonly Refusal Elsewhere = new(503, Field: null, "The server that runs this answer cannot be reached.")
    {
        Code = "answer_elsewhere",
        RetryAfter = 1,
    };

    /// <summary>What this instance can respond if the other one does not; null: that the answer is elsewhere.</summary>
    public IActionResult? Otherwise { get; init; }

    /// <summary>Disposed of when the other instance has responded.</summary>
    public IDisposable? Unused { get; init; }

    public async Task ExecuteResultAsync(ActionContext context)
    {
        var http = context.HttpContext;
        // One hop: whoever forwarded it is told that the answer is elsewhere, and the client asks again.
        if (http.ForwardedCaller() is null && await TryForwardAsync(http))
            Unused?.Dispose();
        else
            await (Otherwise ?? ProblemResult.Of(Elsewhere)).ExecuteResultAsync(context);
    }

    /// <returns>False: the other instance did not respond, and nothing was sent to the client.</returns>
    private async Task<bool> TryForwardAsync(HttpContext http)
    {
        var services = http.RequestServices;
        var target = $"{http.Request.PathBase}{http.Request.Path}{http.Request.QueryString}";
        var ticket = services.GetRequiredService<ForwardedTicket>()
            .Write(http.Caller(), instance.Id, http.Request.Method, target);
        if (http.Request.Body.CanSeek)
            http.Request.Body.Position = 0; // an action has read it
        // A stopping instance lets go of readers whose answers go on elsewhere. They come back, to another one.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(services.GetRequiredService<GenerationDrain>().Drained);
        var patience = PatienceFor(http.Request);
        limit.CancelAfter(patience);
        var error = await services.GetRequiredService<IHttpForwarder>().SendAsync(
            http, instance.Address, services.GetRequiredService<Neighbours>().Http,
            new ForwarderRequestConfig
            {
                Version = System.Net.HttpVersion.Version11,
                ActivityTimeout = patience == Timeout.InfiniteTimeSpan ? patience : Silence,
            },
            new AsItIs(ticket, limit), limit.Token);
        if (error == ForwarderError.None || http.Response.HasStarted || http.RequestAborted.IsCancellationRequested)
            return true;
        http.Response.Clear();
        return false;
    }

    /// <summary>
    /// How long the response may take to begin. A stop waits for the database, and a start may wait for its answer.
    /// </summary>
    private static TimeSpan PatienceFor(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) && request.Path != "/chat/stream")
            return Neighbours.Patience;
        if (request.Path.Value!.EndsWith("/stop", StringComparison.Ordinal))
            return BoundedDatabase.Patience;
        return request.Path == "/chat/stream" && AnswerPreference.ShapeOf(request) == AnswerShape.EventStream
            ? Neighbours.Patience
            : Timeout.InfiniteTimeSpan;
    }

    /// <summary>Passes on all but what is between the client and this instance.</summary>
    private sealed class AsItIs(string ticket, CancellationTokenSource limit) : HttpTransformer
    {
        private static readonly string[] Ours = ["Cookie", "Authorization", "X-Forwarded-For", "X-Forwarded-Proto"];

        public override async ValueTask TransformRequestAsync(
            HttpContext http, HttpRequestMessage request, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(http, request, destinationPrefix, cancellationToken);
            request.RequestUri = new Uri(
                $"{destinationPrefix}{http.Request.PathBase.ToUriComponent()}{http.Request.Path.ToUriComponent()}"
                + http.Request.QueryString.ToUriComponent());
            foreach (var header in Ours)
                request.Headers.Remove(header);
            request.Headers.Add(ForwardedTicket.Header, ticket);
        }

        public override async ValueTask<bool> TransformResponseAsync(
            HttpContext http, HttpResponseMessage? response, CancellationToken cancellationToken)
        {
            if (response is null)
                return false; // told as answer_elsewhere
            limit.CancelAfter(Timeout.InfiniteTimeSpan);
            // What this instance has set, the other one has set too, but for a new user's cookie.
            foreach (var header in http.Response.Headers.Keys.Where(key => key != "Set-Cookie").ToList())
                http.Response.Headers.Remove(header);
            return await base.TransformResponseAsync(http, response, cancellationToken);
        }
    }
}

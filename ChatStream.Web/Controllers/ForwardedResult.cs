using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Storage;
using ChatStream.Web.Streaming;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Forwarder;

namespace ChatStream.Web.Controllers;

/// <summary>
/// The response of another instance, which runs the answer that is asked for. The request goes there as it came, in the name of
/// its user, and what comes back is passed on byte for byte, as it comes.
/// </summary>
internal sealed class ForwardedResult(InstanceRow instance) : IActionResult
{
    /// <summary>Added to the time in which the other instance sends two comments.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    /// <summary>What this instance can respond if the other one does not; null: that the answer is elsewhere.</summary>
    public IActionResult? Otherwise { get; init; }

    /// <summary>Disposed of in the end.</summary>
    public IDisposable? Unused { get; init; }

    public async Task ExecuteResultAsync(ActionContext context)
    {
        var http = context.HttpContext;
        using var unused = Unused;
        // One hop: the instance that forwarded it is told that the answer is elsewhere, and the client asks again.
        if (http.ForwardedCaller() is not null || instance.Address.Length == 0 || !await TryForwardAsync(http))
            await (Otherwise ?? ProblemResult.Of(RunsElsewhereException.Unreached)).ExecuteResultAsync(context);
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
        var neighbours = services.GetRequiredService<Neighbours>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(
            services.GetRequiredService<GenerationDrain>().Drained, neighbours.GoneToken(instance.Id));
        var patience = PatienceFor(http.Request);
        limit.CancelAfter(patience);
        var own = http.Response.Headers.ToList();
        var transformer = new AsItIs(ticket, limit);
        var silence = (2 * services.GetRequiredService<IOptions<StreamingOptions>>().Value.KeepAlive) + Slack;
        var error = await services.GetRequiredService<IHttpForwarder>().SendAsync(
            http, instance.Address, neighbours.Http,
            new ForwarderRequestConfig
            {
                Version = System.Net.HttpVersion.Version11,
                ActivityTimeout = patience == Timeout.InfiniteTimeSpan ? patience : silence,
            },
            transformer, limit.Token);
        if ((error == ForwarderError.None && !transformer.IsMisdirected) || http.Response.HasStarted
            || http.RequestAborted.IsCancellationRequested)
            return true;
        http.Response.Clear();
        own.ForEach(header => http.Response.Headers[header.Key] = header.Value);
        return false;
    }

    /// <summary>
    /// How long the response may take to begin. A stop and a decision wait for the database, and a start may wait for its answer.
    /// </summary>
    private static TimeSpan PatienceFor(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) && request.Path != "/chat/stream")
            return Neighbours.Patience;
        if (request.Path.Value!.EndsWith("/stop", StringComparison.Ordinal)
            || request.Path.Value.Contains("/tools/", StringComparison.Ordinal))
            return BoundedDatabase.Patience;
        if (request.Headers["Prefer"].ToString().Contains("respond-async", StringComparison.OrdinalIgnoreCase))
            return Neighbours.Patience;
        return request.Path == "/chat/stream" && AnswerPreference.ShapeOf(request) == AnswerShape.EventStream
            ? Neighbours.Patience
            : Timeout.InfiniteTimeSpan;
    }

    /// <summary>Passes on all but what is between the client and this instance.</summary>
    private sealed class AsItIs(string ticket, CancellationTokenSource limit) : HttpTransformer
    {
        private static readonly string[] Ours = ["Cookie", "Authorization", "X-Forwarded-For", "X-Forwarded-Proto"];

        // What this instance alone knows: the new user's cookie, and that the client came over TLS.
        private static readonly string[] Kept = ["Set-Cookie", "Cross-Origin-Opener-Policy"];

        // Escapes stay as the client wrote them: the ticket is for that very address.
        private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

        /// <summary>Another instance is at that address now.</summary>
        public bool IsMisdirected { get; private set; }

        public override async ValueTask TransformRequestAsync(
            HttpContext http, HttpRequestMessage request, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(http, request, destinationPrefix, cancellationToken);
            var target = $"{destinationPrefix}{http.Request.PathBase.ToUriComponent()}{http.Request.Path.ToUriComponent()}"
                + http.Request.QueryString.ToUriComponent();
            request.RequestUri = new Uri(target, AsWritten);
            request.Headers.Host = null; // a certificate is for the instance's own address
            foreach (var header in Ours)
                request.Headers.Remove(header);
            request.Headers.Add(ForwardedTicket.Header, ticket);
        }

        public override async ValueTask<bool> TransformResponseAsync(
            HttpContext http, HttpResponseMessage? response, CancellationToken cancellationToken)
        {
            IsMisdirected = response?.StatusCode == System.Net.HttpStatusCode.MisdirectedRequest;
            if (response is null || IsMisdirected)
                return false; // told as answer_elsewhere
            limit.CancelAfter(Timeout.InfiniteTimeSpan);
            // What this instance has set, the other one has set too.
            foreach (var header in http.Response.Headers.Keys.Except(Kept, StringComparer.OrdinalIgnoreCase).ToList())
                http.Response.Headers.Remove(header);
            return await base.TransformResponseAsync(http, response, cancellationToken);
        }
    }
}

using System.Net;
using System.Net.Mime;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace ChatStream.Web.Tools.Mcp;

/// <summary>Makes what a server that is an address is asked with.</summary>
internal static class McpHttp
{
    /// <param name="options">The server's.</param>
    /// <param name="bearer">Gives each request a user's token; null: all users are one to the server.</param>
    /// <param name="allowance">For all responses together.</param>
    /// <param name="time">The clock.</param>
    public static HttpClient ClientFor(
        McpServerOptions options, DelegatingHandler? bearer, ByteAllowance allowance, TimeProvider time)
    {
        HttpMessageHandler handler = new OlderServers(new BoundedResponses(allowance, new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // it would send the token to another host
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ResponseDrainTimeout = TimeSpan.Zero,
        }));
        if (bearer is not null)
        {
            bearer.InnerHandler = handler;
            handler = bearer;
        }
        var client = new HttpClient(new Replies(handler, time))
        {
            Timeout = Timeout.InfiniteTimeSpan, // each call has its own limit
        };
        if (options.Bearer.Length > 0)
            client.DefaultRequestHeaders.Authorization = new("Bearer", options.Bearer);
        return client;
    }

    public static HttpClientTransport TransportOver(HttpClient client, McpServerOptions options) => new(
        new HttpClientTransportOptions
        {
            Endpoint = new Uri(options.Url),
            TransportMode = HttpTransportMode.StreamableHttp,
            EnableStandaloneGetStream = false, // nothing is wanted that was not asked for
        },
        client, loggerFactory: null, ownsHttpClient: false);

    /// <summary>
    /// The library first asks <c>server/discover</c>, which servers of earlier revisions do not know. Some answer any method that
    /// they do not know with an empty result, on which the library gives up. After a 404 it begins as those servers expect.
    /// </summary>
    private sealed class OlderServers(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (!request.Headers.TryGetValues("Mcp-Method", out var method) || method.Single() != RequestMethods.ServerDiscover
                || !response.IsSuccessStatusCode
                || response.Content.Headers.ContentType?.MediaType != MediaTypeNames.Application.Json)
                return response;
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            if (!IsUnderstood(body))
                response.StatusCode = HttpStatusCode.NotFound;
            return response;
        }

        // What is no JSON is for the library to refuse.
        private static bool IsUnderstood(byte[] body)
        {
            try
            {
                using var json = JsonDocument.Parse(body);
                return json.RootElement.ValueKind != JsonValueKind.Object
                    || !json.RootElement.TryGetProperty("result", out var result) || result.ValueKind != JsonValueKind.Object
                    || result.TryGetProperty("supportedVersions", out _);
            }
            catch (JsonException)
            {
                return true;
            }
        }
    }

    /// <summary>
    /// Tells what came of a request before the library does. That ends the connection, and all calls that are under way, where
    /// one request is told that the session is gone. It also does not tell a reply that it cannot read from one that broke off.
    /// </summary>
    private sealed class Replies(HttpMessageHandler inner, TimeProvider time) : DelegatingHandler(inner)
    {
        private const int LongestWords = 1_000;

        /// <summary>How long the words of a refusal are waited for.</summary>
        private static readonly TimeSpan UntilWords = TimeSpan.FromSeconds(2);

        /// <exception cref="McpRefusedException">The status is no success.</exception>
        /// <exception cref="InvalidDataException">What has come is no reply.</exception>
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            // How a server refuses these two tells the library what it speaks.
            if (!request.Headers.TryGetValues("Mcp-Method", out var methods) || methods.Single() is var method
                && method is RequestMethods.ServerDiscover or RequestMethods.Initialize)
                return response;
            try
            {
                if (!response.IsSuccessStatusCode)
                {
                    throw new McpRefusedException(
                        response.StatusCode, request.Headers.Contains("Mcp-Session-Id"), await WordsAsync(response));
                }
                if (method == RequestMethods.ToolsCall
                    && response.Content.Headers.ContentType?.MediaType != MediaTypeNames.Text.EventStream)
                {
                    await response.Content.LoadIntoBufferAsync(cancellationToken);
                    if (!IsReply(await response.Content.ReadAsByteArrayAsync(cancellationToken)))
                        throw new InvalidDataException("The response is no reply.");
                }
                return response;
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }

        private static bool IsReply(byte[] body)
        {
            try
            {
                return JsonSerializer.Deserialize<JsonRpcMessage>(body, McpJsonUtilities.DefaultOptions)
                    is JsonRpcResponse or JsonRpcError;
            }
            catch (Exception fault) when (fault is JsonException or InvalidOperationException)
            {
                return false;
            }
        }

        private async Task<string?> WordsAsync(HttpResponseMessage response)
        {
            if (response.Content.Headers.ContentType?.MediaType != MediaTypeNames.Application.Json)
                return null;
            using var late = new CancellationTokenSource(UntilWords, time);
            try
            {
                using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(late.Token));
                return json.RootElement.GetProperty("error").GetProperty("message").GetString() is { Length: > 0 } words
                    ? words[..Math.Min(words.Length, LongestWords)] : null;
            }
            catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException
                or HttpRequestException or IOException or OperationCanceledException)
            {
                return null;
            }
        }
    }

    private sealed class BoundedResponses(ByteAllowance allowance, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            var content = response.Content;
            response.Content = new StreamContent(new WholePairs(
                new BoundedStream(await content.ReadAsStreamAsync(cancellationToken), isLines: false, allowance)));
            foreach (var header in content.Headers)
                response.Content.Headers.TryAddWithoutValidation(header.Key, header.Value);
            return response;
        }
    }
}

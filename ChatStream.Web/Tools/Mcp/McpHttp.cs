using System.Net;
using System.Net.Mime;
using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace ChatStream.Web.Tools.Mcp;

/// <summary>Makes what a server that is an address is asked with.</summary>
internal static class McpHttp
{
    /// <param name="options">The server's.</param>
    /// <param name="bearer">Gives each request a user's token; null: all users are one to the server.</param>
    /// <param name="allowance">For all responses together.</param>
    public static HttpClient ClientFor(McpServerOptions options, DelegatingHandler? bearer, ByteAllowance allowance)
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
        var client = new HttpClient(handler)
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

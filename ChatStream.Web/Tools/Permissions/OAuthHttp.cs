using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ChatStream.Web.Tools.Permissions;

/// <summary>
/// Asks authorization servers. An address is asked only if the settings name its origin: what a server says of other hosts would
/// otherwise let it send requests from here to wherever it likes.
/// </summary>
internal sealed class OAuthHttp : IDisposable
{
    private const int LargestResponse = 256 * 1024;

    private const string Ping = """{"jsonrpc":"2.0","id":1,"method":"ping"}""";

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = TimeSpan.FromSeconds(10),
        MaxResponseContentBufferSize = LargestResponse,
    };

    /// <summary>The origins of a server that may be asked.</summary>
    public static HashSet<string> OriginsOf(McpServerOptions server) =>
    [
        OriginOf(new Uri(server.OAuth.Issuer.Length > 0 ? server.OAuth.Issuer : server.Url)),
        .. server.OAuth.Origins.Select(origin => OriginOf(new Uri(origin))),
    ];

    public static string OriginOf(Uri address) => address.GetLeftPart(UriPartial.Authority);

    /// <returns>A document; null: there is none, or it is no JSON object.</returns>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public async Task<JsonElement?> FindAsync(Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "Accept", "application/json" } } };
        using var response = await _client.SendAsync(request, cancellationToken);
        return response.IsSuccessStatusCode ? await ReadAsync(response, cancellationToken) : null;
    }

    /// <summary>What a tool server says when it is asked without a token (RFC 9728 5.1); empty: nothing.</summary>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public async Task<string> ChallengeAsync(Uri server, CancellationToken cancellationToken)
    {
        // A server need not take a GET.
        using var request = new HttpRequestMessage(HttpMethod.Post, server)
        {
            Headers = { { "Accept", "application/json, text/event-stream" } },
            Content = new StringContent(Ping, Encoding.UTF8, "application/json"),
        };
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return string.Join(' ', response.Headers.WwwAuthenticate
            .Where(one => one.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)).Select(one => one.Parameter));
    }

    /// <summary>Sends a form as this client.</summary>
    /// <returns>Its status, and the JSON object of its body, if it has one.</returns>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public async Task<(int Status, JsonElement? Body)> SendAsync(
        Uri address, OAuthOptions client, bool takesBasic, Dictionary<string, string> form, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Headers = { { "Accept", "application/json" } } };
        if (client.ClientSecret.Length > 0 && takesBasic)
        {
            var pair = $"{Uri.EscapeDataString(client.ClientId)}:{Uri.EscapeDataString(client.ClientSecret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
        }
        else
        {
            form["client_id"] = client.ClientId;
            if (client.ClientSecret.Length > 0)
                form["client_secret"] = client.ClientSecret;
        }
        request.Content = new FormUrlEncodedContent(form);
        using var response = await _client.SendAsync(request, cancellationToken);
        return ((int)response.StatusCode, await ReadAsync(response, cancellationToken));
    }

    public void Dispose() => _client.Dispose();

    private static async Task<JsonElement?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        // What the server says of its coding is not looked at: JSON is UTF-8 (RFC 8259 8.1).
        ReadOnlySpan<byte> body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        try
        {
            var json = JsonElement.Parse(body.StartsWith(Encoding.UTF8.Preamble) ? body[Encoding.UTF8.Preamble.Length..] : body);
            return json.ValueKind == JsonValueKind.Object && WellFormedJson.Is(json) ? json : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

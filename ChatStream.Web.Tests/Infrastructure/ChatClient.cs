using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>The HTTP side of a browser: a cookie jar and the calls of the contract.</summary>
internal sealed class ChatClient : IDisposable
{
    /// <param name="address">Where the app is.</param>
    /// <param name="cookies">The jar of the same browser before; null: another browser.</param>
    public ChatClient(Uri address, CookieContainer? cookies = null)
    {
        Cookies = cookies ?? new CookieContainer();
        var handler = new SocketsHttpHandler
        {
            CookieContainer = Cookies,
            AllowAutoRedirect = false,
            // A disposed response closes its connection at once.
            ResponseDrainTimeout = TimeSpan.Zero,
        };
        Http = new HttpClient(PrismJudge.IsOn ? new PrismJudge(handler) : handler)
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    public CookieContainer Cookies { get; }

    public HttpClient Http { get; }

    /// <summary>Gets the identity cookie, so that requests at the same time are one user's.</summary>
    public async Task IdentifyAsync() => (await Http.GetAsync(new Uri("/models", UriKind.Relative))).Dispose();

    /// <summary>Starts with a POST and reads the stream as it comes.</summary>
    public Task<EventStream> StartAsync(string message, CancellationToken cancellationToken = default) =>
        StreamAsync(Post(new { message }), cancellationToken);

    public Task<EventStream> AttachAsync(
        string generationId, string? lastEventId = null, CancellationToken cancellationToken = default)
    {
        var request =
            new HttpRequestMessage(HttpMethod.Get, $"/chat/stream/{generationId}")
            {
                Headers = { { "Accept", "text/event-stream" } },
            };
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        return StreamAsync(request, cancellationToken);
    }

    public async Task<EventStream> StreamAsync(HttpRequestMessage request, CancellationToken cancellationToken = default)
    {
        var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new InvalidOperationException(
                $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
        return await EventStream.OpenAsync(response);
    }

    /// <summary>Sends, and reads the whole answer.</summary>
    public async Task<(HttpResponseMessage Response, JsonElement Body)> JsonAsync(HttpRequestMessage request)
    {
        if (request.Headers.Accept.Count == 0)
            request.Headers.Add("Accept", "application/json");
        var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    /// <summary>The whole answer to a message, as JSON.</summary>
    public async Task<JsonElement> AskAsync(string message, string? conversationId = null) =>
        (await JsonAsync(Post(new { message, conversationId }, accept: "application/json"))).Body;

    public async Task<JsonElement> FindAsync(string generationId) =>
        (await JsonAsync(new HttpRequestMessage(HttpMethod.Get, $"/chat/stream/{generationId}"))).Body;

    public Task<HttpResponseMessage> StopAsync(string generationId) =>
        Http.PostAsync($"/chat/stream/{generationId}/stop", content: null);

    public static HttpRequestMessage Post(object body, string accept = "text/event-stream", string? idempotencyKey = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/chat/stream")
        {
            Content = JsonContent.Create(body, options: new JsonSerializerOptions(JsonSerializerDefaults.Web)
            {
                DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
            }),
            Headers = { { "Accept", accept } },
        };
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        return request;
    }

    public static HttpRequestMessage PostRaw(string body, string contentType = "application/json") =>
        new(HttpMethod.Post, "/chat/stream") { Content = new StringContent(body, Encoding.UTF8, contentType) };

    public void Dispose() => Http.Dispose();
}

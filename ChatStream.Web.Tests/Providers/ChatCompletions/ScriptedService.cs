using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>A request as the service received it.</summary>
internal sealed record SentRequest(string Method, Uri Address, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>A model service behind the real SDK, without a socket. The body of its answer can be any stream.</summary>
internal sealed class ScriptedService(Func<HttpResponseMessage> answer) : HttpMessageHandler
{
    public List<SentRequest> Requests { get; } = [];

    public static ScriptedService Streaming(Stream body) => Streaming(() => body);

    public static ScriptedService Streaming(Func<Stream> body) => new(() => Response(200, "text/event-stream", body()));

    public static ScriptedService Streaming(string body) => new(() => Response(200, "text/event-stream", Utf8(body)));

    public static ScriptedService Answering(int status, string contentType, Stream body) =>
        new(() => Response(status, contentType, body));

    public static ScriptedService Answering(
        int status, string contentType, string body, params (string Name, string Value)[] headers) =>
        new(() =>
        {
            var response = Response(status, contentType, Utf8(body));
            foreach (var (name, value) in headers)
                response.Headers.TryAddWithoutValidation(name, value);
            return response;
        });

    /// <summary>Each request gets the next answer, and the last answer from then on.</summary>
    public static ScriptedService InTurn(params (int Status, string ContentType, string Body)[] answers)
    {
        var next = 0;
        return new(() =>
        {
            var (status, contentType, body) = answers[Math.Min(next++, answers.Length - 1)];
            return Response(status, contentType, Utf8(body));
        });
    }

    public static ScriptedService Breaking(Exception fault) => new(() => throw fault);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var headers = request.Headers.Concat(request.Content is { } content ? content.Headers : [])
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value));
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Add(new SentRequest(request.Method.Method, request.RequestUri!, headers, body));
        return answer();
    }

    private static HttpResponseMessage Response(int status, string contentType, Stream body)
    {
        var content = new StreamContent(body);
        if (contentType.Length > 0)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return new HttpResponseMessage((HttpStatusCode)status) { Content = content };
    }

    private static MemoryStream Utf8(string text) => new(Encoding.UTF8.GetBytes(text));
}

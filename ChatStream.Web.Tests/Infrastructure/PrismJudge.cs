using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>
/// With <c>CHATSTREAM_TESTS_PRISM=1</c> every JSON exchange of every integration test passes Prism, the requests that are wrong
/// on purpose excepted. The test gets its response straight from the app. The same request goes through the proxy to a server
/// that answers with that response, so a proxy that holds bytes back changes no test.
/// </summary>
internal sealed class PrismJudge : DelegatingHandler
{
    /// <summary>Names the response that the server behind the proxy answers with.</summary>
    private const string ExchangeHeader = "ChatStream-Exchange";

    private const int LongestPath = 4 * 1024;
    private const int LongestBody = 1024 * 1024;

    private static readonly ConcurrentDictionary<string, (HttpResponseMessage Response, byte[] Body)> Exchanges = new();
    private static readonly Lazy<Task<(SmallServer Server, Prism Prism, HttpClient Http)>> Parts = new(StartAsync);
    private static readonly Lazy<IReadOnlyList<(string Method, Regex Path)>> Operations = new(ReadOperations);
    private static long _count;
    private static long _judged;

    private readonly CookieContainer _cookies;

    public PrismJudge(SocketsHttpHandler inner)
    {
        InnerHandler = inner;
        _cookies = inner.CookieContainer;
    }

    public static bool IsOn => Environment.GetEnvironmentVariable("CHATSTREAM_TESTS_PRISM") == "1";

    /// <summary>Ends what it started, and says how many exchanges were judged.</summary>
    public static async Task StopAsync()
    {
        if (!Parts.IsValueCreated)
            return;
        var (server, prism, http) = await Parts.Value;
        http.Dispose();
        await prism.DisposeAsync();
        await server.DisposeAsync();
        TestContext.Progress.WriteLine($"prism: {_judged} exchanges were compared with the document");
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var sent = request.Content is null ? null : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var cookies = _cookies.GetCookieHeader(request.RequestUri!);
        var response = await base.SendAsync(request, cancellationToken);
        if (!IsMeant(request, response) || !IsReadable(request, sent))
            return response;
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        await JudgeAsync(request, sent, cookies, response);
        return response;
    }

    /// <summary>
    /// Streams, pages, forms of several parts, what the document does not name, and redirects, which Prism follows, are left out.
    /// </summary>
    private static bool IsMeant(HttpRequestMessage request, HttpResponseMessage response) =>
        Operations.Value.Any(operation =>
            operation.Method == request.Method.Method && operation.Path.IsMatch(request.RequestUri!.AbsolutePath))
        && request.Content?.Headers.ContentType?.MediaType is null or "application/json" or "application/x-www-form-urlencoded"
        && response.Content.Headers.ContentType?.MediaType is null or "application/json" or "application/problem+json"
        && response.Content.Headers.ContentEncoding.Count == 0 && (int)response.StatusCode is < 300 or >= 400;

    // Prism breaks down at a body that is no object, and has limits of its own for what is long.
    private static bool IsReadable(HttpRequestMessage request, byte[]? sent)
    {
        if (request.RequestUri!.PathAndQuery.Length > LongestPath || sent?.Length > LongestBody)
            return false;
        if (sent is null || request.Content?.Headers.ContentType?.MediaType != "application/json")
            return true;
        try
        {
            using var body = JsonDocument.Parse(sent);
            return body.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static async Task JudgeAsync(
        HttpRequestMessage request, byte[]? sent, string cookies, HttpResponseMessage response)
    {
        var (_, _, http) = await Parts.Value;
        var exchange = Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture);
        Exchanges[exchange] = (response, await response.Content.ReadAsByteArrayAsync());
        using var copy = new HttpRequestMessage(request.Method, request.RequestUri!.PathAndQuery);
        foreach (var header in request.Headers.NonValidated.Where(header => header.Key is not ("Host" or "Connection")))
            copy.Headers.TryAddWithoutValidation(header.Key, header.Value);
        copy.Headers.Add(ExchangeHeader, exchange);
        if (cookies.Length > 0)
            copy.Headers.Add("Cookie", cookies);
        if (sent is not null)
        {
            copy.Content = new ByteArrayContent(sent);
            foreach (var header in request.Content!.Headers.NonValidated.Where(header => header.Key != "Content-Length"))
                copy.Content.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }
        using var judged = await http.SendAsync(copy);
        var wasAsked = !Exchanges.TryRemove(exchange, out _);
        var what = $"{request.Method} {request.RequestUri} ({(int)response.StatusCode}): "
            + await judged.Content.ReadAsStringAsync();
        Assert.That(wasAsked, Is.True, $"Prism sent it on: {what}");
        Assert.That(Prism.ViolationsOf(judged, "response"), Is.Empty, what);
        if ((int)response.StatusCode < 400)
            Assert.That(Prism.ViolationsOf(judged, "request"), Is.Empty, what);
        Interlocked.Increment(ref _judged);
    }

    private static async Task<(SmallServer Server, Prism Prism, HttpClient Http)> StartAsync()
    {
        var server = await SmallServer.StartAsync(AnswerAsync);
        var prism = await Prism.StartAsync(server.Address);
        return (server, prism, new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = prism.Address,
        });
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        if (!Exchanges.TryRemove(context.Request.Headers[ExchangeHeader].ToString(), out var exchange))
            throw new InvalidOperationException("The request names no exchange.");
        var (response, body) = exchange;
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var header in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .Where(header => header.Key is not ("Transfer-Encoding" or "Connection" or "Date" or "Keep-Alive")))
            context.Response.Headers[header.Key] = header.Value.ToArray();
        if (body.Length > 0)
            await context.Response.Body.WriteAsync(body);
    }

    private static List<(string Method, Regex Path)> ReadOperations()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Prism.Document));
        return
        [
            .. from path in document.RootElement.GetProperty("paths").EnumerateObject()
               from member in path.Value.EnumerateObject()
               where member.Value.ValueKind == JsonValueKind.Object && member.Value.TryGetProperty("responses", out _)
               select (member.Name.ToUpperInvariant(), new Regex($"^{Regex.Replace(path.Name, @"\{\w+\}", "[^/]+")}$")),
        ];
    }
}

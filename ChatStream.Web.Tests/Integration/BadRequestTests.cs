using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>A request that is broken is the sender's fault: a 4xx with a problem, and no line in the log.</summary>
[NonParallelizable] // NLog has one configuration per process, and these tests replace it.
internal sealed class BadRequestTests : AppTest
{
    private CapturedLog _log;

    [SetUp]
    public void Listen() => _log = new CapturedLog();

    [TearDown]
    public void StopListening() => _log.Dispose();

    private static IEnumerable<TestCaseData> Bodies()
    {
        static TestCaseData Case(string name, int status, string request, string headers, string body) =>
            new TestCaseData(status, request, headers, body).SetArgDisplayNames(name);

        const string json = "Content-Type: application/json\r\n";
        const string form = "Content-Type: application/x-www-form-urlencoded\r\n";
        const string chunked = "Transfer-Encoding: chunked\r\n";
        foreach (var route in new[] { "POST /chat/stream", "POST /conversations/import", "PATCH /conversations/AAAAAAAAAAAA" })
        {
            yield return Case($"{route}, a bad chunk size", 400, route, json + chunked, "zz\r\n");
            yield return Case($"{route}, a chunk without its end", 400, route, json + chunked, "2\r\n{}XX");
            yield return Case($"{route}, a negative chunk", 400, route, json + chunked, "-1\r\n");
            yield return Case($"{route}, an empty chunked body", 400, route, json + chunked, "0\r\n\r\n");
            yield return Case($"{route}, an empty body", 400, route, json + "Content-Length: 0\r\n", "");
            yield return Case($"{route}, bytes that are no text", 400, route, json + "Content-Length: 4\r\n", "\"\u0000\u0001\"");
        }
        foreach (var route in new[] { "POST /chat", "POST /chat/stop", "POST /chat/decide", "POST /preferences" })
        {
            yield return Case($"{route}, a bad chunk size", 400, route, form + chunked, "zz\r\n");
            yield return Case(
                $"{route}, no boundary", 400, route, "Content-Type: multipart/form-data\r\nContent-Length: 1\r\n", "x");
            const string part = "--x\r\nContent-Disposition: form-data; name=\"message";
            yield return Case(
                $"{route}, a cut part", 400, route,
                $"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {part.Length}\r\n", part);
            yield return Case($"{route}, no form", 415, route, json + "Content-Length: 2\r\n", "{}");
        }
    }

    [TestCaseSource(nameof(Bodies))]
    public async Task A_broken_body_is_refused(int status, string request, string headers, string body)
    {
        var answer = await AnswerAsync(
            $"{request} HTTP/1.1\r\nHost: {App.Address.Authority}\r\nConnection: close\r\n{headers}\r\n{body}");

        Assert.That(answer, Does.StartWith($"HTTP/1.1 {status} "));
        ExpectNoLine();
    }

    [TestCase("POST /chat/stream", "application/json")]
    [TestCase("POST /conversations/import", "application/json")]
    [TestCase("POST /chat", "application/x-www-form-urlencoded")]
    [TestCase("POST /preferences", "multipart/form-data; boundary=x")]
    public async Task A_body_that_is_cut_leaves_no_line(string request, string type)
    {
        for (var i = 0; i < 20; i++)
        {
            using var cut = await RawConnection.OpenAsync(App.Address, receiveBuffer: null, Token);
            await cut.SendAsync(
                $"{request} HTTP/1.1\r\nHost: {App.Address.Authority}\r\nContent-Type: {type}\r\nContent-Length: 999\r\n\r\n"
                + "{\"message\":\"", Token);
        }
        await User.AskAsync("What came before has been handled, or will be soon");

        ExpectNoLine();
    }

    // PostgreSQL takes no NUL, and would say that the database fails.
    [TestCase("/chat/stop", "generationId")]
    [TestCase("/chat/decide", "callId")]
    [TestCase("/shares/make", "conversationId")]
    [TestCase("/shares/revoke", "conversationId")]
    public async Task NUL_is_refused_in_a_form_of_any_coding(string path, string field)
    {
        using var parts = new MultipartFormDataContent { { new StringContent("a\0"), field } };
        using var coded = new StringContent($"{field}=a%00", Encoding.UTF8, "application/x-www-form-urlencoded");
        foreach (var form in new HttpContent[] { parts, coded })
        {
            using var response = await User.Http.PostAsync(new Uri(path, UriKind.Relative), form, Token);
            Assert.That((int)response.StatusCode, Is.EqualTo(400), await response.Content.ReadAsStringAsync(Token));
        }
        ExpectNoLine();
    }

    // The web server waits 5 s for a body, by its own clock.
    [Test]
    public async Task Bodies_that_come_too_slowly_are_refused_without_a_line()
    {
        var slow = new List<RawConnection>();
        for (var i = 0; i < 50; i++)
        {
            slow.Add(await RawConnection.OpenAsync(App.Address, receiveBuffer: null, Token));
            await slow[^1].SendAsync(
                $"POST /chat/stream HTTP/1.1\r\nHost: {App.Address.Authority}\r\nContent-Type: application/json\r\n"
                + "Content-Length: 999\r\n\r\n{\"message\":\"", Token);
        }

        foreach (var connection in slow)
        {
            Assert.That(
                await connection.ReadUntilAsync("]}}", Token),
                Does.StartWith("HTTP/1.1 408 ").And.Contains("The body came too slowly."));
            connection.Dispose();
        }
        ExpectNoLine();
    }

    [TestCase("POST", "/preferences", "[=1", 303)]
    [TestCase("POST", "/preferences", "[[[[=1", 303)]
    [TestCase("POST", "/preferences", "%5B%00=1&theme[=dark", 400)]
    [TestCase("POST", "/preferences", "language=%00", 400)]
    [TestCase("POST", "/chat/stop", "[[[[=1", 404)]
    [TestCase("POST", "/chat/stop", "generationId=", 404)]
    [TestCase("POST", "/chat/stop", "generationId=%00", 400)]
    [TestCase("POST", "/chat/decide", "generationId=&callId=x&decision=allow", 404)]
    [TestCase("POST", "/chat/decide", "callId=%00", 400)]
    [TestCase("POST", "/chat", "[[[[=1", 400)]
    [TestCase("POST", "/chat", "message=Hi&conversationId=%00", 400)]
    [TestCase("POST", "/chat/stream/%20/stop", "generationId=", 404)]
    [TestCase("POST", "/chat/stream/AAAAAAAAAAAAAAAA/stop", "generationId=", 404)]
    [TestCase("POST", "/chat/stream/AAAAAAAAAAAAAAAA/stop", "[=1", 404)]
    [TestCase("GET", "/chat/stream/%20", null, 404)]
    [TestCase("GET", "/chat/stream/%09", null, 404)]
    [TestCase("GET", "/chat/%20", null, 404)]
    [TestCase("GET", "/conversations/%20", null, 404)]
    [TestCase("GET", "/conversations/%20/export", null, 404)]
    [TestCase("DELETE", "/conversations/%20", null, 404)]
    [TestCase("GET", "/conversations?[=1", null, 200)]
    [TestCase("GET", "/conversations?[[[[=1&limit=1", null, 200)]
    [TestCase("GET", "/conversations?q=%00&before=%00", null, 200)]
    [TestCase("GET", "/conversations/AAAAAAAAAAAAAAAA?id=BBBBBBBBBBBBBBBB&[=1", null, 404)]
    public async Task Odd_names_and_values_are_no_fault_of_the_server(string method, string path, string? form, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (form is not null)
            request.Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded");
        using var response = await User.Http.SendAsync(request, Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(status), await response.Content.ReadAsStringAsync(Token));
        ExpectNoLine();
    }

    [TestCase("chatstream.language=c%3D%00%7Cuic%3D%00")]
    [TestCase("chatstream.language=%00")]
    [TestCase("chatstream.language=c%3D%0A%7Cuic%3D%1B%5B31m")]
    [TestCase("chatstream.language=c%3Dx-y-z-0000000000%7Cuic%3D..%2F..")]
    [TestCase("chatstream.language=|||=;c=")]
    [TestCase("chatstream.zone=%00; chatstream.theme=%00")]
    [TestCase("chatstream.zone=..%2F..%2Fetc%2Fpasswd")]
    [TestCase("chatstream=%00; =; a")]
    public async Task An_odd_cookie_is_ignored(string cookie)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = App.Address };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Cookie", cookie);
        client.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Language", "%00, \u0001, -, *;q=9, zz-ZZ-99");

        using var response = await client.GetAsync(new Uri("/", UriKind.Relative), Token);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        ExpectNoLine();
    }

    [Test]
    public async Task The_language_of_the_cookie_is_shown()
    {
        using var chosen = await User.Http.PostAsync("/preferences", new FormUrlEncodedContent([new("language", "zh")]), Token);

        Assert.That(await User.Http.GetStringAsync("/", Token), Does.Contain("<html lang=\"zh-Hans\""));
    }

    [Test]
    public async Task A_problem_of_the_web_has_a_title_and_the_pages_headers()
    {
        foreach (var accept in new[] { "text/event-stream", "application/json", "text/html" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/nowhere")
            {
                Headers = { Accept = { MediaTypeWithQualityHeaderValue.Parse(accept) } },
            };
            using var response = await User.Http.SendAsync(request, Token);

            Assert.That(response.Headers.GetValues("Content-Security-Policy"), Has.Exactly(1).Items, accept);
            Assert.That(response.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
        }
    }

    [Test]
    public async Task An_export_is_not_stored_by_caches([Values("md", "json")] string format)
    {
        var id = (await User.AskAsync("Hi")).GetProperty("conversationId").GetString();

        using var response = await User.Http.GetAsync($"/conversations/{id}/export?format={format}", Token);

        Assert.That(response.Headers.CacheControl!.NoStore);
    }

    private async Task<string> AnswerAsync(string request)
    {
        using var connection = await RawConnection.OpenAsync(App.Address, receiveBuffer: null, Token);
        await connection.SendAsync(request, Token);
        return await connection.ReadUntilAsync("\r\n\r\n", Token);
    }

    private void ExpectNoLine() => Assert.That(
        // Kestrel warns when the machine stands still.
        _log.Lines.Where(line => !line.Contains(" INFO ", StringComparison.Ordinal)
            && !line.Contains("the heartbeat has been running", StringComparison.Ordinal)), Is.Empty, string.Create(
            CultureInfo.InvariantCulture, $"{_log.Lines.Count} lines"));
}

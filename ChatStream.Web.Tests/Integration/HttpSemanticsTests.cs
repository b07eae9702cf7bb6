using System.Net;
using System.Text;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>Requests and responses are as RFC 9110 has them.</summary>
internal sealed class HttpSemanticsTests : AppTest
{
    [TestCase("POST", "/chat/stream")]
    [TestCase("PATCH", "/conversations/aaaaaaaaaaaaaaaa")]
    [TestCase("POST", "/conversations/delete")]
    [TestCase("POST", "/conversations/restore")]
    [TestCase("POST", "/conversations/move")]
    [TestCase("PUT", "/conversations/aaaaaaaaaaaaaaaa/feedback/aaaaaaaaaaaaaaaa")]
    [TestCase("POST", "/conversations/aaaaaaaaaaaaaaaa/share")]
    [TestCase("POST", "/conversations/aaaaaaaaaaaaaaaa/summaries")]
    [TestCase("PUT", "/conversations/aaaaaaaaaaaaaaaa/summaries/aaaaaaaaaaaaaaaa")]
    [TestCase("POST", "/folders")]
    [TestCase("PATCH", "/folders/aaaaaaaaaaaaaaaa")]
    [TestCase("POST", "/prompts")]
    [TestCase("PATCH", "/prompts/aaaaaaaaaaaaaaaa")]
    public async Task A_body_that_is_too_large_is_told_so_on_every_route(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = new StringContent($$"""{"text":"{{new string('x', 1_100_000)}}"}""", null, "application/json"),
        };

        using var response = await User.Http.SendAsync(request, Token);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        Assert.That(await response.Content.ReadAsStringAsync(Token), Does.Contain("\"code\":\"message_too_large\""));
        Assert.That(response.Headers.ConnectionClose, Is.Not.True);
    }

    [TestCase("/shares/make")]
    [TestCase("/shares/revoke")]
    [TestCase("/preferences")]
    public async Task A_form_that_is_too_large_is_told_so(string path)
    {
        using var form = new FormUrlEncodedContent([new("text", new string('x', 10_000))]);

        using var response = await User.Http.PostAsync(new Uri(path, UriKind.Relative), form, Token);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        Assert.That(response.Headers.ConnectionClose, Is.Not.True);
    }

    [TestCase("GET /{16k} HTTP/1.1\r\nHost: localhost\r\n\r\n", 414)]
    [TestCase("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {16k}{16k}\r\n\r\n", 431)]
    [TestCase("GET / HTTP/1.1\r\nHost: localhost\r\n{many}\r\n", 431)]
    [TestCase("GET /\r\n\r\n", 400)]
    [TestCase("nothing\r\n\r\n", 400)]
    [TestCase("GET / HTTP/1.1\r\n\r\n", 400)]
    [TestCase("GET / HTTP/1.1\r\nHost: localhost\r\nno header\r\n\r\n", 400)]
    [TestCase("nothing that is HTTP\r\n\r\n", 505)]
    [TestCase("GET / HTTP/3.7\r\nHost: localhost\r\n\r\n", 505)]
    public async Task What_the_web_server_cannot_read_it_refuses_itself_without_a_body(string request, int expected)
    {
        var many = string.Concat(Enumerable.Range(0, 101).Select(i => $"X-{i}: 1\r\n"));
        using var connection = await RawConnection.OpenAsync(App.Address, receiveBuffer: null, Token);
        await connection.SendAsync(
            request.Replace("{16k}", new string('a', 16 * 1024), StringComparison.Ordinal)
                .Replace("{many}", many, StringComparison.Ordinal), Token);

        var answer = await connection.ReadUntilAsync("\0", Token); // to where it ends

        Assert.That(answer, Does.StartWith($"HTTP/1.1 {expected} ").And.EndsWith("\r\n\r\n"));
        Assert.That(answer, Does.Contain("Content-Length: 0").And.Contain("Connection: close").And.Not.Contain("Server:"));
        using var still = await SendAsync(HttpMethod.Get, "/health/live");
        Assert.That(still.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Head_says_what_get_says_without_a_body()
    {
        var id = (await User.AskAsync("Hi")).GetProperty("conversationId").GetString();
        string[] paths =
        [
            "/", $"/chat/{id}", "/models", "/conversations", $"/conversations/{id}", $"/conversations/{id}/export",
            $"/conversations/{id}/export?format=json", "/health/live", "/health/ready", "/health/startup", "/diagnose",
            "/diagram",
            "/chat/AAAAAAAAAAAAAAAA",
        ];
        using var scope = Assert.EnterMultipleScope();
        foreach (var path in paths)
        {
            using var get = await SendAsync(HttpMethod.Get, path);
            using var head = await SendAsync(HttpMethod.Head, path);

            Assert.That(head.StatusCode, Is.EqualTo(get.StatusCode), path);
            Assert.That(head.Content.Headers.ContentType, Is.EqualTo(get.Content.Headers.ContentType), path);
            Assert.That(head.Content.Headers.ContentDisposition, Is.EqualTo(get.Content.Headers.ContentDisposition), path);
            Assert.That(head.Headers.CacheControl, Is.EqualTo(get.Headers.CacheControl), path);
            Assert.That(await head.Content.ReadAsByteArrayAsync(Token), Is.Empty, path);
        }
    }

    [TestCase("/chat/stream?message=Hi")]
    [TestCase("/chat/stream/AAAAAAAAAAAAAAAA")]
    public async Task Head_is_refused_where_get_gives_no_page(string path)
    {
        using var head = await SendAsync(HttpMethod.Head, path);

        Assert.That((int)head.StatusCode, Is.EqualTo(405));
        Assert.That(head.Content.Headers.Allow, Does.Not.Contain("HEAD"));
        Assert.That(Asked, Is.Zero);
    }

    [TestCase("/health/live")]
    [TestCase("/health/startup")]
    [TestCase("/health/ready")]
    public async Task Health_is_only_read(string path)
    {
        using var post = await SendAsync(HttpMethod.Post, path);

        Assert.That((int)post.StatusCode, Is.EqualTo(405));
        Assert.That(post.Content.Headers.Allow, Is.EqualTo((string[])["GET", "HEAD"]));
    }

    [TestCase("zh", "zh-Hans")]
    [TestCase("de;q=0.9, zh;q=0", "de")]
    [TestCase("fr;q=0.9, zh;q=0", "en")]
    [TestCase("zh;q=0, *", "en")]
    [TestCase("en;q=0.5, zh-TW;q=0.6", "zh-Hans")]
    [TestCase("fr, zh;q=0.2, en;q=0.1", "zh-Hans")]
    [TestCase("den, de-CH;q=0.2, en;q=0.1", "de")]
    [TestCase("zhx, en", "en")]
    [TestCase("zh;q=0.000", "en")]
    [TestCase("", "en")]
    public async Task The_language_is_the_one_of_the_most_weight(string accepted, string language)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation("Accept-Language", accepted);
        using var response = await User.Http.SendAsync(request, Token);

        Assert.That(await response.Content.ReadAsStringAsync(Token), Does.Contain($"<html lang=\"{language}\""));
    }

    [TestCase("/chat/stream", "application/json", """{"message":"Hi"}""")]
    [TestCase("/conversations/import", "application/json", "{}")]
    [TestCase("/chat", "application/x-www-form-urlencoded", "message=Hi")]
    [TestCase("/preferences", "application/x-www-form-urlencoded", "theme=dark")]
    public async Task A_content_coding_is_refused_with_what_is_taken(string path, string type, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, type);
        content.Headers.ContentEncoding.Add("gzip");
        using var response = await User.Http.PostAsync(path, content, Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(415));
        Assert.That(response.Headers.GetValues("Accept-Encoding"), Is.EqualTo((string[])["identity"]));
        Assert.That(Asked, Is.Zero);
    }

    [TestCase("/chat/stream?message=a&message=b", "message")]
    [TestCase("/chat/stream?message=a&idempotencyKey=a&idempotencyKey=b", "idempotencyKey")]
    [TestCase("/conversations?q=a&q=b", "q")]
    [TestCase("/conversations?limit=1&limit=2", "limit")]
    public async Task A_parameter_that_is_given_twice_is_refused(string path, string name)
    {
        using var response = await SendAsync(HttpMethod.Get, path);

        Assert.That((int)response.StatusCode, Is.EqualTo(400));
        Assert.That(await response.Content.ReadAsStringAsync(Token), Does.Contain(
            $$"""
            "errors":{"{{name}}":["{{name}} is given 2 times. It may be given once."]}
            """));
        Assert.That(Asked, Is.Zero);
    }

    [Test]
    public async Task An_import_is_found_at_its_location()
    {
        var id = (await User.AskAsync("Hi")).GetProperty("conversationId").GetString();
        var exported = await User.Http.GetStringAsync($"/conversations/{id}/export?format=json", Token);
        using var content = new StringContent(exported, Encoding.UTF8, "application/json");
        using var imported = await User.Http.PostAsync("/conversations/import", content, Token);

        Assert.That(imported.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(imported.Headers.Location!.OriginalString, Does.Match("^/conversations/[A-Za-z0-9_-]{16}$"));
        using var found = await SendAsync(HttpMethod.Get, imported.Headers.Location.OriginalString);
        Assert.That(await found.Content.ReadAsStringAsync(Token), Is.EqualTo(await imported.Content.ReadAsStringAsync(Token)));
    }

    [TestCase("/")]
    [TestCase("/nowhere")]
    public async Task A_page_may_not_use_devices(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/html" } } };
        using var response = await User.Http.SendAsync(request, Token);

        Assert.That(response.Headers.GetValues("Permissions-Policy").Single(), Does.Contain("microphone=()"));
    }

    [Test]
    public async Task Every_response_says_what_a_browser_may_do_with_it()
    {
        using var scope = Assert.EnterMultipleScope();
        foreach (var path in (string[])["/", "/models", "/nowhere", "/health/live", "/chat/stream/AAAAAAAAAAAAAAAA"])
        {
            using var response = await SendAsync(HttpMethod.Get, path);
            Assert.That(response.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo((string[])["nosniff"]), path);
            Assert.That(response.Headers.GetValues("Referrer-Policy"), Is.EqualTo((string[])["same-origin"]), path);
            Assert.That(response.Headers.Contains("Content-Security-Policy"), path);
            Assert.That(response.Headers.Contains("Strict-Transport-Security"), Is.False, $"{path}: there is no TLS");
            Assert.That(response.Headers.Contains("Server"), Is.False, path);
        }
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path) =>
        User.Http.SendAsync(new HttpRequestMessage(method, path), Token);
}

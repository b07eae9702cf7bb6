using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>
/// Requests that another site makes a browser send are refused. Those of the page, of a typed address and of programs pass.
/// </summary>
internal sealed class CrossSiteTests : AppTest
{
    private const string Key = "a key of sixteen and more";

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["PublicOrigin"] = "https://chat.example.org";
        setup.Settings["AllowedHosts"] = "chat.lan;*.evil.example"; // other hosts are refused before
        setup.Settings["Api:Keys:0:Name"] = "robot";
        setup.Settings["Api:Keys:0:Key"] = Key;
    }

    // A request that passes the guard fails after it, with another problem: the stop because its generation is unknown, the
    // start because it has no message.
    [TestCase("Sec-Fetch-Site: same-origin", null)]
    [TestCase("Sec-Fetch-Site: none", null)]
    [TestCase("Sec-Fetch-Site: same-site", "Sec-Fetch-Site")]
    [TestCase("Sec-Fetch-Site: cross-site", "Sec-Fetch-Site")]
    [TestCase("Sec-Fetch-Site: nonsense", "Sec-Fetch-Site")]
    [TestCase("Sec-Fetch-Site: same-origin|Origin: https://evil.example", null)]
    [TestCase("Sec-Fetch-Site: cross-site|Origin: https://chat.example.org", "Sec-Fetch-Site")]
    [TestCase("", null)]
    [TestCase("Origin: {self}", null)]
    [TestCase("Origin: https://chat.example.org", null)]
    [TestCase("Origin: HTTPS://CHAT.example.org", null)]
    [TestCase("Origin: http://chat.example.org", "Origin")]
    [TestCase("Origin: https://chat.example.org:444", "Origin")]
    [TestCase("Origin: https://evil.example", "Origin")]
    [TestCase("Origin: null", "Origin")]
    [TestCase("Origin: http://127.0.0.1:1", "Origin")]
    [TestCase("Host: chat.lan|Origin: http://chat.lan", null)]
    [TestCase("Host: chat.lan|Origin: https://chat.lan", null)]
    [TestCase("Host: chat.lan:8080|Origin: http://chat.lan:8080", null)]
    [TestCase("Host: chat.lan:8080|Origin: http://chat.lan", "Origin")]
    [TestCase("Host: chat.lan|Origin: http://evil.chat.lan", "Origin")]
    [TestCase("Host: [::1]:5080|Origin: http://[::1]:5080", null)]
    [TestCase("Sec-Purpose: prefetch", "Sec-Purpose")]
    [TestCase("Sec-Purpose: prefetch;prerender|Sec-Fetch-Site: none", "Sec-Purpose")]
    [TestCase("Sec-Fetch-Site: cross-site|Authorization: Bearer " + Key, null)]
    [TestCase("Origin: https://evil.example|Authorization: Bearer " + Key, null)]
    public async Task Unsafe_methods_and_the_starting_get_are_guarded_alike(string headers, string? refusedFor)
    {
        var asEventSource = headers + "|Accept: text/event-stream";
        await ExpectAsync(HttpMethod.Post, "/chat/stream/AAAAAAAAAAAAAAAA/stop", headers, refusedFor, otherwise: 404);
        await ExpectAsync(HttpMethod.Get, "/chat/stream", asEventSource, refusedFor, otherwise: 400);
        await ExpectAsync(HttpMethod.Get, "/chat/stream/AAAAAAAAAAAAAAAA", headers, refusedFor: null, otherwise: 404);
        await ExpectAsync(HttpMethod.Get, "/models", headers, refusedFor: null, otherwise: 200);
    }

    [TestCase("Host: chat.lan", "Accept")]
    [TestCase("Host: chat.lan|Accept: */*", "Accept")]
    [TestCase("Host: chat.lan|Accept: image/avif,image/webp,*/*;q=0.8", "Accept")]
    [TestCase("Host: chat.lan|Accept: text/event-stream", null)]
    [TestCase("Host: chat.lan|Accept: application/json, text/event-stream", null)]
    [TestCase("Host: 192.168.1.7:5080", "Accept")]
    [TestCase("Host: chat.lan|Sec-Fetch-Site: same-origin", null)]
    [TestCase("Host: chat.lan|Authorization: Bearer " + Key, null)]
    [TestCase("Host: localhost", null)]
    [TestCase("Host: chat.localhost:5080", null)]
    [TestCase("Host: 127.0.0.1", null)]
    [TestCase("Host: [::1]:5080", null)]
    [TestCase("Host: localhost.evil.example", "Accept")]
    [TestCase("Host: 127.0.0.1.evil.example", "Accept")]
    public Task Off_loopback_a_starting_get_needs_to_ask_for_an_event_stream(string headers, string? refusedFor) =>
        ExpectAsync(HttpMethod.Get, "/chat/stream", headers, refusedFor, otherwise: 400);

    [TestCase("Sec-Fetch-Mode: navigate|Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode")]
    [TestCase("Sec-Fetch-Mode: navigate|Sec-Fetch-Site: none", "Sec-Fetch-Mode")]
    [TestCase("Sec-Fetch-Mode: navigate|Sec-Fetch-Site: same-origin|Accept: text/event-stream", "Sec-Fetch-Mode")]
    [TestCase("Sec-Fetch-Mode: navigate", "Sec-Fetch-Mode")]
    [TestCase("Sec-Fetch-Mode: navigate|Authorization: Bearer " + Key, null)]
    [TestCase("Sec-Fetch-Mode: cors|Sec-Fetch-Site: same-origin", null)]
    [TestCase("Sec-Fetch-Mode: same-origin|Sec-Fetch-Site: same-origin", null)]
    public async Task A_link_starts_nothing(string headers, string? refusedFor)
    {
        await ExpectAsync(HttpMethod.Get, "/chat/stream", headers, refusedFor, otherwise: 400);
        await ExpectAsync(HttpMethod.Get, "/chat/stream/AAAAAAAAAAAAAAAA", headers, refusedFor: null, otherwise: 404);
        await ExpectAsync(HttpMethod.Post, "/chat/stream/AAAAAAAAAAAAAAAA/stop", headers, refusedFor: null, otherwise: 404);
    }

    [Test]
    public async Task A_form_from_another_site_is_refused()
    {
        using var form = new HttpRequestMessage(HttpMethod.Post, "/chat")
        {
            Content = new FormUrlEncodedContent([new("message", "Hi")]),
            Headers = { { "Sec-Fetch-Site", "cross-site" } },
        };

        using var response = await User.Http.SendAsync(form, Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(403));
        Assert.That(Asked, Is.Zero);
    }

    /// <summary>There is no session to end. The page says that there is none left.</summary>
    [Test]
    public async Task A_key_is_not_signed_out()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-out");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer wrong");

        using var response = await User.Http.SendAsync(request, Token);

        Assert.That((int)response.StatusCode, Is.EqualTo(200));
    }

    [TestCase("Bearer wrong", "application/json")]
    [TestCase("Bearer wrong", "text/event-stream")]
    [TestCase("Bearer ", "*/*")]
    public async Task An_unknown_key_is_refused_and_never_treated_as_a_browser(string authorization, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/models") { Headers = { { "Accept", accept } } };
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        var (response, problem) = await User.JsonAsync(request);

        Assert.That((int)response.StatusCode, Is.EqualTo(401));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
        Assert.That(response.Headers.WwwAuthenticate.ToString(), Is.EqualTo("Bearer"));
        Assert.That(
            problem.GetProperty("errors").GetProperty("Authorization")[0].GetString(), Is.EqualTo("The key is not known."));
        Assert.That(response.Headers.Contains("Set-Cookie"), Is.False);
    }

    [Test]
    public async Task A_program_with_a_key_gets_no_cookie_and_finds_its_answers_again()
    {
        var (response, answer) =
            await User.JsonAsync(WithKey(ChatClient.Post(new { message = "Hello" }, accept: "application/json")));
        using var another = App.NewUser();

        var (_, found) = await another.JsonAsync(
            WithKey(new(HttpMethod.Get, $"/chat/stream/{answer.GetProperty("generationId").GetString()}")));

        Assert.That(response.Headers.Contains("Set-Cookie"), Is.False);
        Assert.That(found.GetProperty("text").GetString(), Is.EqualTo("Hello"));
    }

    private static HttpRequestMessage WithKey(HttpRequestMessage request)
    {
        request.Headers.Add("Authorization", $"Bearer {Key}");
        return request;
    }

    private async Task ExpectAsync(HttpMethod method, string path, string headers, string? refusedFor, int otherwise)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var header in headers.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = (
                header[..header.IndexOf(':', StringComparison.Ordinal)],
                header[(header.IndexOf(':', StringComparison.Ordinal) + 2)..]);
            request.Headers.TryAddWithoutValidation(
                name, value.Replace("{self}", $"http://{App.Address.Authority}", StringComparison.Ordinal));
        }

        var (response, problem) = await User.JsonAsync(request);

        Assert.That((int)response.StatusCode, Is.EqualTo(refusedFor is null ? otherwise : 403), $"{method} {path}: {problem}");
        if (refusedFor is not null)
        {
            Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
            Assert.That(problem.GetProperty("errors").TryGetProperty(refusedFor, out _), $"{problem}");
        }
    }
}

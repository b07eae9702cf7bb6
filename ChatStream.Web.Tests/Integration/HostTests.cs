using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>
/// One table of hosts, origins and routes. Another site can let a name of its own point at this server: requests for a name that
/// no setting names are refused, whatever their origin is.
/// </summary>
internal sealed class HostTests : AppTest
{
    private const string Known = "known";
    private const string Unknown = "unknown";
    private const string Malformed = "malformed";

    /// <summary>With the status of a request that is let through, and whether other origins are refused.</summary>
    private static readonly (string Target, int Passed, bool IsGuarded)[] Routes =
    [
        ("GET /", 200, false),
        ("GET /models", 200, false),
        ("GET /conversations", 200, false),
        ("GET /health/live", 200, false),
        ("GET /health/ready", 200, false),
        ("GET /favicon.svg", 200, false),
        ("GET /nowhere", 404, false),
        ("GET /chat/stream", 400, true), // it has no message
        ("POST /chat/stream/AAAAAAAAAAAAAAAA/stop", 404, true),
        ("DELETE /conversations/AAAAAAAAAAAAAAAA", 404, true),
    ];

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["PublicOrigin"] = "https://chat.example.org";
        setup.Settings["AllowedHosts"] = "chat.lan; *.example.net ;bücher.example";
    }

    [Test]
    public async Task The_address_of_a_share_is_the_one_that_others_reach()
    {
        var conversation = (await User.AskAsync("Hello")).GetProperty("conversationId").GetString()!;
        using var form = new FormUrlEncodedContent([new("conversationId", conversation), new("days", "7")]);

        using var made = await User.Http.PostAsync(new Uri("/shares/make", UriKind.Relative), form, Token);

        Assert.That(await made.Content.ReadAsStringAsync(Token), Does.Contain("value=\"https://chat.example.org/s/"));
    }

    [TestCase("localhost", Known)]
    [TestCase("localhost:5080", Known)]
    [TestCase("LOCALHOST", Known)]
    [TestCase("localhost.", Known)]
    [TestCase("a.localhost", Known)]
    [TestCase("127.0.0.1", Known)]
    [TestCase("127.0.0.1:65535", Known)]
    [TestCase("127.8.9.1", Known)]
    [TestCase("192.168.1.7:5080", Known)]
    [TestCase("[::1]", Known)]
    [TestCase("[::1]:5080", Known)]
    [TestCase("[2001:db8::1]:8080", Known)]
    [TestCase("chat.lan", Known)]
    [TestCase("CHAT.lan:8080", Known)]
    [TestCase("chat.lan.", Known)]
    [TestCase("chat.example.org", Known)]
    [TestCase("chat.example.org:443", Known)]
    [TestCase("a.example.net", Known)]
    [TestCase("a.b.example.net:80", Known)]
    [TestCase("xn--bcher-kva.example", Known)]
    [TestCase("example.net", Unknown)]
    [TestCase("evil.example", Unknown)]
    [TestCase("evil.example:5080", Unknown)]
    [TestCase("evilchat.lan", Unknown)]
    [TestCase("sub.chat.lan", Unknown)]
    [TestCase("chat.lan.evil.example", Unknown)]
    [TestCase("a.example.net.evil.example", Unknown)]
    [TestCase("localhost.evil.example", Unknown)]
    [TestCase("127.0.0.1.evil.example", Unknown)]
    [TestCase("notlocalhost", Unknown)]
    [TestCase("a_b", Unknown)]
    [TestCase("localhost:99999", Malformed)]
    [TestCase("localhost:9999999999999", Malformed)]
    [TestCase("chat.lan:65536", Malformed)]
    [TestCase("evil.example:99999", Malformed)]
    [TestCase("[::1", Malformed)]
    [TestCase("", Malformed)]
    public async Task A_host_is_answered_if_it_is_known(string host, string kind)
    {
        var (own, ownOverTls) = ($"http://{host}", $"https://{host}");
        foreach (var origin in new[] { null, own, ownOverTls, "https://chat.example.org", "http://evil.example", "null", "%" })
        {
            var isOurs = origin is null || origin == own || origin == ownOverTls || origin == "https://chat.example.org";
            foreach (var (target, passed, isGuarded) in Routes)
            {
                var answer = await AnswerAsync(target, host, origin);

                var expected = kind != Known ? 400 : isGuarded && !isOurs ? 403 : passed;
                Assert.That(answer, Does.StartWith($"HTTP/1.1 {expected} "), $"{target}, Host: {host}, Origin: {origin}");
                if (kind == Unknown)
                    Assert.That(answer, Does.Contain("application/problem+json").And.Contain("AllowedHosts"));
            }
        }
    }

    [TestCase("", 400)]
    [TestCase("not a ticket", 403)]
    public async Task A_header_of_instances_makes_no_host_known(string ticket, int expected)
    {
        foreach (var (target, _, _) in Routes)
        {
            var answer = await AnswerAsync(target, "evil.example", origin: null, more: $"ChatStream-Forwarded: {ticket}\r\n");

            Assert.That(answer, Does.StartWith($"HTTP/1.1 {expected} ").And.Not.Contain("Set-Cookie"), target);
        }
    }

    [Test]
    public async Task A_browser_is_told_which_setting_to_set()
    {
        var answer = await AnswerAsync("GET /", "chat.home", origin: null, accept: "text/html");

        Assert.That(answer, Does.StartWith("HTTP/1.1 400 ").And.Contains("text/html; charset=utf-8")
            .And.Contains("Cache-Control: no-store").And.Contains("X-Content-Type-Options: nosniff")
            .And.Contains("Content-Security-Policy: default-src 'none'"));
        Assert.That(answer, Does.Contain(
            "<p>ChatStream does not know this host name. Name it in the setting AllowedHosts, or as PublicOrigin.</p>"));
        Assert.That(answer, Does.Not.Contain("Set-Cookie").And.Not.Contain("src=").And.Not.Contain("href="));
    }

    [Test]
    public async Task A_health_check_over_http_1_0_needs_no_host()
    {
        using var connection = await RawConnection.OpenAsync(App.Address, receiveBuffer: null, Token);
        await connection.SendAsync("GET /health/ready HTTP/1.0\r\n\r\n", Token);

        Assert.That(await connection.ReadUntilAsync("Healthy", Token), Does.StartWith("HTTP/1.1 200 "));
    }

    [Test]
    public async Task In_development_every_well_formed_host_is_answered()
    {
        await using var app = await ChatApp.StartAsync(setup => setup.Environment = "Development");

        Assert.That(await AnswerAsync("GET /models", "anything.example", null, on: app), Does.StartWith("HTTP/1.1 200 "));
        Assert.That(
            await AnswerAsync("DELETE /conversations/AAAAAAAAAAAAAAAA", "localhost:99999", "http://localhost", on: app),
            Does.StartWith("HTTP/1.1 400 "));
    }

    [Test]
    public async Task By_default_only_loopback_and_addresses_are_answered()
    {
        await using var app = await ChatApp.StartAsync();

        Assert.That(await AnswerAsync("GET /models", "localhost", null, on: app), Does.StartWith("HTTP/1.1 200 "));
        Assert.That(await AnswerAsync("GET /models", "192.168.1.7", null, on: app), Does.StartWith("HTTP/1.1 200 "));
        Assert.That(await AnswerAsync("GET /models", "chat.lan", null, on: app), Does.StartWith("HTTP/1.1 400 "));
    }

    [Test]
    public async Task A_star_lets_every_name_through()
    {
        await using var app = await ChatApp.StartAsync(setup => setup.Settings["AllowedHosts"] = "*");

        Assert.That(await AnswerAsync("GET /models", "chat.lan", null, on: app), Does.StartWith("HTTP/1.1 200 "));
    }

    private async Task<string> AnswerAsync(
        string target, string host, string? origin, string accept = "text/event-stream", ChatApp? on = null, string more = "")
    {
        using var connection = await RawConnection.OpenAsync((on ?? App).Address, receiveBuffer: null, Token);
        await connection.SendAsync(
            $"{target} HTTP/1.1\r\nHost: {host}\r\nAccept: {accept}\r\nConnection: close\r\nContent-Length: 0\r\n"
            + (origin is null ? "" : $"Origin: {origin}\r\n") + more + "\r\n",
            Token);
        return await connection.ReadUntilAsync("\0", Token); // to where it ends
    }
}

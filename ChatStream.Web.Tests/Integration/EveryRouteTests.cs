using System.Net;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>What holds for each route of each controller, whatever it does. A new route is in these tables by itself.</summary>
internal sealed class EveryRouteTests : AppTest
{
    /// <summary>The same for everybody, so anybody may keep it.</summary>
    private static readonly string[] MayBeKept = ["/diagram", "/models", "/openapi.json", "/words"];

    /// <summary>An answer to HEAD would have to begin a stream.</summary>
    private static readonly string[] Streams = ["/chat/stream", "/chat/stream/AAAAAAAAAAAAAAAA"];

    private const string AdminsKey = "a-key-of-an-administrator";
    private const string KnownHost = "chat.example.org";

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["Api:Keys:0:Name"] = "operator";
        setup.Settings["Api:Keys:0:Key"] = AdminsKey;
        setup.Settings["Api:Keys:0:Role"] = "Admin";
        setup.Settings["AllowedHosts"] = KnownHost;
        setup.Settings["Proxies:0"] = "127.0.0.0/8"; // says that a client came over TLS
    }

    [Test]
    public async Task Its_response_says_what_a_browser_may_do_with_it_and_is_kept_nowhere([Values] bool isOverTls)
    {
        using var scope = Assert.EnterMultipleScope();
        var pages = 0;
        foreach (var route in AppRoute.AllOf(App))
        {
            foreach (var accept in new[] { "application/json", "text/html" })
            {
                using var request = route.NewRequest();
                request.Headers.Add("Accept", accept);
                request.Headers.Host = KnownHost; // HSTS is not for this machine
                if (isOverTls)
                    request.Headers.Add("X-Forwarded-Proto", "https");
                using var response = await SendAsync(request);
                var of = $"{route} as {accept}: {(int)response.StatusCode}";
                Assert.That((int)response.StatusCode, Is.LessThan(500), of);
                Assert.That(Header(response, "X-Content-Type-Options"), Is.EqualTo("nosniff"), of);
                Assert.That(Header(response, "Referrer-Policy"), Is.EqualTo("same-origin").Or.EqualTo("no-referrer"), of);
                Assert.That(Header(response, "Content-Security-Policy"), Does.Contain("default-src 'none'"), of);
                Assert.That(Header(response, "Cross-Origin-Opener-Policy"), Is.EqualTo(isOverTls ? "same-origin" : ""), of);
                Assert.That(Header(response, "Strict-Transport-Security"), Is.EqualTo(isOverTls ? "max-age=31536000" : ""), of);
                if (response.Content.Headers.ContentType?.MediaType == "text/html")
                {
                    pages++;
                    Assert.That(Header(response, "Permissions-Policy"), Does.Contain("microphone=()"), of);
                }
                Assert.That(Header(response, "Server"), Is.Empty, of);
                Assert.That(Header(response, "X-Powered-By"), Is.Empty, of);
                if (response.Content.Headers.ContentType is not null && !MayBeKept.Contains(route.Path))
                    Assert.That(Header(response, "Cache-Control"), Does.Contain("no-store"), of);
            }
        }
        Assert.That(pages, Is.GreaterThan(10));
        Assert.That(Asked, Is.Zero);
    }

    [TestCase("Sec-Fetch-Site", "cross-site")]
    [TestCase("Sec-Fetch-Site", "same-site")]
    [TestCase("Origin", "https://evil.example")]
    [TestCase("Origin", "null")]
    public async Task Another_site_changes_nothing(string header, string value)
    {
        var id = (await User.AskAsync("Hello")).GetProperty("conversationId").GetString();
        var asked = Asked;
        using var scope = Assert.EnterMultipleScope();
        foreach (var route in AppRoute.AllOf(App).Where(route => route.Method is not ("GET" or "HEAD")))
        {
            using var request = route.NewRequest(body: """{"message":"Hello"}""");
            request.Headers.Add(header, value);
            using var response = await SendAsync(request);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden), $"{route}");
            Assert.That(await response.Content.ReadAsStringAsync(Token), Does.Contain($"\"{header}\""), $"{route}");
        }
        using var still = await User.Http.GetAsync(new Uri($"/conversations/{id}", UriKind.Relative), Token);
        Assert.That(still.StatusCode, Is.EqualTo(HttpStatusCode.OK), "nothing was erased");
        Assert.That(Asked, Is.EqualTo(asked));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("e30.e30")]
    [TestCase("not a ticket")]
    public async Task A_host_that_is_not_known_reaches_none(string? ticket)
    {
        var isTicket = !string.IsNullOrEmpty(ticket);
        using var scope = Assert.EnterMultipleScope();
        foreach (var route in AppRoute.AllOf(App))
        {
            using var request = route.NewRequest(body: """{"message":"Hello"}""");
            request.Headers.Host = "evil.example";
            if (ticket is not null)
                request.Headers.TryAddWithoutValidation("ChatStream-Forwarded", ticket);
            using var response = await SendAsync(request);
            Assert.That(
                response.StatusCode, Is.EqualTo(isTicket ? HttpStatusCode.Forbidden : HttpStatusCode.BadRequest), $"{route}");
            Assert.That(response.Headers.Contains("Set-Cookie"), Is.False, $"{route}");
            if (route.Method == "HEAD")
                continue;
            Assert.That(
                await response.Content.ReadAsStringAsync(Token), Does.Contain(isTicket ? "No instance" : "AllowedHosts"),
                $"{route}");
        }
        Assert.That(Asked, Is.Zero);
    }

    [Test]
    public async Task Head_is_answered_where_get_is_no_stream()
    {
        var routes = AppRoute.AllOf(App);
        var gets = routes.Where(route => route.Method == "GET").Select(route => route.Path).Distinct().Except(Streams).ToList();
        using var scope = Assert.EnterMultipleScope();
        foreach (var path in gets)
        {
            using var get = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path));
            using var head = await SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
            Assert.That(head.StatusCode, Is.EqualTo(get.StatusCode), path);
            Assert.That(head.Content.Headers.ContentType, Is.EqualTo(get.Content.Headers.ContentType), path);
            Assert.That(head.Headers.CacheControl, Is.EqualTo(get.Headers.CacheControl), path);
            Assert.That(await head.Content.ReadAsByteArrayAsync(Token), Is.Empty, path);
        }
    }

    [Test]
    public async Task A_parameter_that_is_given_twice_is_refused()
    {
        using var scope = Assert.EnterMultipleScope();
        var count = 0;
        foreach (var route in AppRoute.AllOf(App).Where(route => route.Method != "HEAD"))
        {
            var names = route.Action.Parameters.Where(parameter => parameter.BindingInfo?.BindingSource == BindingSource.Query)
                .Select(parameter => parameter.BindingInfo!.BinderModelName ?? parameter.Name);
            foreach (var name in names)
            {
                count++;
                using var request = route.NewRequest($"?{name}=1&{name}=2");
                request.Headers.Add("Authorization", $"Bearer {AdminsKey}");
                using var response = await SendAsync(request);
                Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest), $"{route}: {name}");
                var words = await response.Content.ReadAsStringAsync(Token);
                Assert.That(words, Does.Contain($"{name} is given 2 times."), $"{route}");
            }
        }
        Assert.That(count, Is.GreaterThan(10));
        Assert.That(Asked, Is.Zero);
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) =>
        User.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);

    private static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";
}

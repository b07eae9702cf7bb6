using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>Only proxies that the settings name may say from which address a request came.</summary>
[CancelAfter(60_000)]
internal sealed class ForwardingTests
{
    private readonly LogCapture _log = new();

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    private IEnumerable<string> Warnings => _log.Lines.Where(line => line.Level == LogLevel.Warning)
        .Select(line => line.Text).Where(text => text.Contains("X-Forwarded-For", StringComparison.Ordinal));

    [TestCase("127.0.0.1")]
    [TestCase("127.0.0.0/8")]
    public async Task Behind_a_named_proxy_users_count_by_their_own_address(string proxy)
    {
        await using var app = await StartAsync(("Proxies:0", proxy));
        using var visitor = Visitor.From(app.Address);

        Assert.That(await StartAsync(visitor, "10.0.0.1"), Is.EqualTo(202));
        Assert.That(await StartAsync(visitor, "10.0.0.1"), Is.EqualTo(429));
        Assert.That(await StartAsync(visitor, "10.0.0.2"), Is.EqualTo(202));
        Assert.That(await StartAsync(visitor, "2001:db8::1"), Is.EqualTo(202));
        Assert.That(await StartAsync(visitor, "[2001:db8::2]:4711"), Is.EqualTo(429), "one /64");
        Assert.That(await StartAsync(visitor, "::ffff:10.0.0.2"), Is.EqualTo(429), "the same as IPv4");
        Assert.That(Warnings, Is.Empty);
    }

    [Test]
    public async Task The_last_address_that_no_named_proxy_has_counts()
    {
        await using var app = await StartAsync(("Proxies:0", "127.0.0.1"), ("Proxies:1", "10.9.0.0/16"));
        using var visitor = Visitor.From(app.Address);

        Assert.That(await StartAsync(visitor, "10.0.0.1, 10.9.0.1"), Is.EqualTo(202));
        Assert.That(await StartAsync(visitor, "1.2.3.4, 10.0.0.1, 10.9.0.2"), Is.EqualTo(429), "what the client put before it");
        Assert.That(await StartAsync(visitor, "1.2.3.5, 10.0.0.1"), Is.EqualTo(429));
    }

    [Test]
    public async Task A_named_proxy_that_passes_on_what_is_no_address_is_still_named()
    {
        await using var app = await StartAsync(("Proxies:0", "127.0.0.1"));
        using var visitor = Visitor.From(app.Address);

        Assert.That(await StartAsync(visitor, "10.0.0.1, ["), Is.EqualTo(202));

        Assert.That(Warnings, Is.Empty);
    }

    [TestCase("10.0.0.0/8", null)]
    [TestCase(null, null)]
    [TestCase(null, "true")]
    public async Task Behind_a_proxy_that_is_not_named_all_users_share_its_address_and_the_log_says_so_once(
        string? proxy, string? enabled)
    {
        await using var app = await StartAsync(("Proxies:0", proxy), ("FORWARDEDHEADERS_ENABLED", enabled));
        using var visitor = Visitor.From(app.Address);

        Assert.That(await StartAsync(visitor, "10.0.0.1"), Is.EqualTo(202));
        Assert.That(await StartAsync(visitor, "10.0.0.2"), Is.EqualTo(429));

        Assert.That(Warnings, Is.EqualTo(new[]
        {
            "X-Forwarded-For came from 127.0.0.1, which Proxies does not name. All users behind that address share its limits.",
        }));
    }

    [TestCase("127.0.0.1", null, true)]
    [TestCase(null, "true", false)]
    [TestCase("127.0.0.1", "true", true)]
    [TestCase("10.0.0.1", null, false)]
    [TestCase("10.0.0.1", "true", false)]
    [TestCase(null, null, false)]
    public async Task A_proxy_may_say_that_the_browser_came_over_tls(string? proxy, string? enabled, bool isBelieved)
    {
        await using var app = await StartAsync(("Proxies:0", proxy), ("FORWARDEDHEADERS_ENABLED", enabled));
        using var visitor = Visitor.From(app.Address);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/models") { Headers = { { "X-Forwarded-Proto", "https" } } };

        using var response = await visitor.SendAsync(request, Token);

        Assert.That(
            response.Headers.GetValues("Set-Cookie").Single(),
            isBelieved ? Does.Contain("; secure") : Does.Not.Contain("secure"));
        Assert.That(
            _log.Lines.Count(line => line.Text.StartsWith("ASPNETCORE_FORWARDEDHEADERS_ENABLED", StringComparison.Ordinal)),
            Is.EqualTo(proxy is null && enabled is not null ? 1 : 0), "the log names the setting that is missing");
    }

    private static async Task<int> StartAsync(HttpClient visitor, string forwardedFor) =>
        (await Visitor.StartAsync(visitor, "Hi", Token, ("X-Forwarded-For", forwardedFor))).Status;

    private Task<ChatApp> StartAsync(params (string Key, string? Value)[] settings)
    {
        _log.Clear();
        return ChatApp.StartAsync(setup =>
        {
            setup.Settings["Limits:StartsPerMinute"] = "1";
            foreach (var (key, value) in settings.Where(setting => setting.Value is not null))
                setup.Settings[key] = value!;
            setup.Services = services => services.AddSingleton<ILoggerProvider>(_log);
        });
    }
}

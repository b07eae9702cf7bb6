using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Proxy;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>
/// <c>/diagnose</c> in a real browser behind real proxies: set as the examples say, and with one setting that is wrong. It names
/// the fault, the proxy, and the setting that cures it.
/// </summary>
internal sealed class DiagnoseTests : BrowserTest
{
    private const string Http1 = "http1"; // all of them speak HTTP/1.1 to the browser here, which is a note

    private static IEnumerable<TestCaseData> Proxies()
    {
        yield return Case("no proxy", null);
        yield return NginxCase("nginx", NginxServer.StartWithExampleAsync);
        yield return NginxCase("nginx with nothing set", NginxServer.StartWithDefaultsAsync, "old", "proxy_http_version 1.1;");
        yield return NginxCase("nginx that buffers", Nginx("proxy_ignore_headers X-Accel-Buffering;", isOld: true),
            "held,old", "proxy_buffering off;");
        yield return NginxCase("nginx that compresses", Nginx("gzip on; gzip_min_length 0; gzip_types text/event-stream;"),
            "compressed", "gzip_types text/event-stream;");
        yield return NginxCase(
            "nginx with a short limit", Nginx("proxy_read_timeout 500ms;"), "silence", "proxy_read_timeout 60s;");
        yield return NginxCase("nginx that tells departures only with the next comment", Nginx("proxy_ignore_client_abort on;"));
        yield return Case("HAProxy", app => Other(ProxyServer.HaProxyAsync(app)));
        yield return Case("HAProxy that delays", HaProxy("    option http-no-delay\n", ""), "bursts", "option http-no-delay");
        yield return Case("HAProxy that buffers",
            HaProxy("    option httpchk", "    http-response wait-for-body time 10s\n    option httpchk"), "held",
            "http-response wait-for-body");
        yield return Case("HAProxy told to compress, which obeys no-transform",
            HaProxy("    option httpchk\n",
                "    compression algo gzip\n    compression type text/event-stream\n    option httpchk\n"));
        yield return Case("HAProxy with a short limit", HaProxy("timeout server 60s", "timeout server 500ms"), "silence",
            "timeout server 60s");
        yield return Case("Apache", app => Other(ProxyServer.ApacheAsync(app)));
        yield return Case("Apache told to buffer, which passes flushes on",
            Apache("ProxyPreserveHost On", "ProxyPreserveHost On\nSetOutputFilter BUFFER"));
        yield return Case("Apache that compresses",
            Apache("SetEnvIf Request_URI \"/stream\" no-gzip", "SetOutputFilter DEFLATE\nHeader unset Cache-Control"),
            "compressed", "SetOutputFilter DEFLATE");
        yield return Case("Apache with an old protocol",
            Apache("ProxyPreserveHost On", "ProxyPreserveHost On\nSetEnv force-proxy-request-1.0 1"), "old",
            "SetEnv force-proxy-request-1.0 1");
        yield return Case("Caddy", app => Other(ProxyServer.CaddyAsync(app)));
        yield return Case("Caddy that buffers", Caddy("buffer_responses"), "held", "buffer_responses");
        yield return Case("Caddy told to compress, which passes streams on",
            Caddy("}\nencode {\ngzip\nminimum_length 0\nmatch header Content-Type text/event-stream*"));
        yield return Case(
            "Caddy with a short limit", Caddy("transport http {\nread_timeout 500ms\n}"), "silence", "read_timeout");
    }

    [TestCaseSource(nameof(Proxies))]
    public async Task It_names_the_fault_and_its_cure(
        Func<Uri, Task<(IAsyncDisposable, Uri)>>? start, string faults, string cure, string proxy)
    {
        var (server, address) = start is null ? (null, App.Address) : await start(App.Address);
        await using var _ = server;
        await using var user = await ArriveAsync(address, "/diagnose");

        var found = await MeasureAsync(user);
        // A machine that stands still for a moment looks like a proxy that holds back.
        for (var i = 0; i < 2 && string.Join(',', found.Faults) != faults; i++)
            found = await MeasureAsync(user);

        using var scope = Assert.EnterMultipleScope();
        Assert.That(string.Join(',', found.Faults), Is.EqualTo(faults), found.ToString());
        Assert.That(found.Settings, cure.Length > 0 ? Does.Contain(cure) : Is.Not.Null, "the cure is named");
        if (proxy.Length > 0)
            Assert.That(found.Proxies, Is.SubsetOf(new[] { proxy }), "what other proxies need is not shown");
        if (!faults.Contains("held", StringComparison.Ordinal))
            Assert.That(found["stop"], Does.StartWith("Got through in"));
        Assert.That(user.Errors.Where(error => !error.Contains("Failed to load", StringComparison.Ordinal)), Is.Empty);
        Assert.That(Requests, Is.Empty, "no model was asked");
    }

    /// <summary>Apache's shortest limit is a second, so the comments come every two.</summary>
    [Test]
    public async Task It_names_the_limit_of_an_apache_that_closes_silent_streams()
    {
        await using var app = await ChatApp.StartAsync(setup => setup.Settings["Streaming:KeepAlive"] = "00:00:02");
        await using var apache = await ProxyServer.ApacheAsync(
            app.Address, text => text.Replace("timeout=60", "timeout=1", StringComparison.Ordinal));
        await using var user = await ArriveAsync(apache.Address, "/diagnose");

        var found = await MeasureAsync(user);

        Assert.That(found["silence"], Does.Match(@"^Closed after 1(\.\d)? s$"));
        Assert.That(string.Join(',', found.Faults), Is.EqualTo($"silence,{Http1}"), found.ToString());
        Assert.That(found.Settings, Does.Contain("ProxyTimeout 60"));
        Assert.That(found.Proxies, Is.EqualTo((string[])["apache"]));
    }

    [Test]
    public async Task A_proxy_that_replaces_the_host_is_named_where_the_browser_sends_no_fetch_metadata()
    {
        await using var nginx = await NginxServer.StartPlainAsync(App.Address, "proxy_set_header Host $proxy_host;");
        await using var user = await ArriveAsync(Chromium.OnLan(nginx.Address), "/diagnose");

        var found = await MeasureAsync(user);

        Assert.That(found["arrival"], Is.EqualTo("The request was refused: 403"));
        Assert.That(found.Faults, Is.EqualTo((string[])["refused"]));
        Assert.That(found.Settings, Does.Contain("proxy_set_header Host $http_host;"));
    }

    protected override Task<ChatApp> StartAppAsync(EmulatorServer emulator) => ChatApp.StartAsync(emulator, setup =>
    {
        setup.Settings["Streaming:KeepAlive"] = "00:00:01";
        setup.Settings["AllowedHosts"] = Chromium.LanHost;
    });

    private static async Task<Found> MeasureAsync(BrowserUser user)
    {
        await user.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Measure" }).FocusAsync();
        await user.Page.Keyboard.PressAsync("Enter");
        await Expect(user.Page.Locator(".diagnosis[data-done]")).ToBeAttachedAsync(new() { Timeout = 60_000 });
        return await Found.ReadAsync(user.Page);
    }

    private static TestCaseData Case(
        string name, Func<Uri, Task<(IAsyncDisposable, Uri)>>? start, string faults = "", string cure = "") =>
        new TestCaseData(start, faults.Length == 0 ? Http1 : $"{faults},{Http1}", cure, Traced(name)).SetArgDisplayNames(name);

    private static TestCaseData NginxCase(
        string name, Func<Uri, Task<NginxServer>> start, string faults = "", string cure = "") =>
        Case(name, async app =>
        {
            var nginx = await start(app);
            return (nginx, nginx.Address);
        }, faults, cure);

    // HAProxy leaves no trace but its delay: then the settings of all proxies are shown.
    private static string Traced(string name) => name == "HAProxy that delays" ? "haproxy"
        : name.StartsWith("HAProxy", StringComparison.Ordinal) || name == "no proxy" ? ""
        : name.Split(' ')[0].ToLowerInvariant();

    private static Func<Uri, Task<NginxServer>> Nginx(string lines, bool isOld = false) => app =>
        NginxServer.StartPlainAsync(app,
            $"proxy_set_header Host $http_host; {(isOld ? "" : "proxy_http_version 1.1;")} {lines}");

    private static Func<Uri, Task<(IAsyncDisposable, Uri)>> HaProxy(string old, string changed) => app =>
        Other(ProxyServer.HaProxyAsync(app, text => text.Replace(old, changed, StringComparison.Ordinal)));

    private static Func<Uri, Task<(IAsyncDisposable, Uri)>> Apache(string old, string changed) => app =>
        Other(ProxyServer.ApacheAsync(app, text => text.Replace(old, changed, StringComparison.Ordinal)));

    private static Func<Uri, Task<(IAsyncDisposable, Uri)>> Caddy(string lines) => app =>
        Other(ProxyServer.CaddyAsync(app, text => text.Replace(
            "reverse_proxy chatstream:8080", $"reverse_proxy chatstream:8080 {{\n{lines}\n}}", StringComparison.Ordinal)));

    private static async Task<(IAsyncDisposable, Uri)> Other(Task<ProxyServer> starting)
    {
        var proxy = await starting;
        return (proxy, proxy.Address);
    }
}

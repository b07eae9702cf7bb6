using System.Text.RegularExpressions;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Proxy;

/// <summary>The site below a path, behind the examples: they pass the path on, or take it away.</summary>
internal sealed partial class ProxyPathTests : AppTest
{
    protected override void Configure(ChatApp.Setup setup) => setup.Settings["PathBase"] = "/ask";

    [Test]
    public async Task The_page_its_script_and_an_answer_come_through(
        [Values("nginx", "haproxy", "apache", "caddy")] string name, [Values] bool passedOn)
    {
        await using var nginx = name == "nginx" ? await StartNginxAsync(passedOn) : null;
        await using var other = nginx is null ? await StartAsync(name, passedOn) : null;
        using var user = new ChatClient(nginx?.Address ?? other!.Address);

        var page = await user.Http.GetStringAsync("/ask/", Token);
        var script = Script().Match(page).Groups[1].Value;
        using var loaded = await user.Http.GetAsync(script, Token);
        using var request = ChatClient.Post(new { message = "Hello" });
        request.RequestUri = new Uri("/ask/chat/stream", UriKind.Relative);
        await using var stream = await user.StreamAsync(request, Token);
        await stream.ToEndAsync();
        using var form = new FormUrlEncodedContent([new("theme", "dark")]);
        using var chosen = await user.Http.PostAsync("/ask/preferences", form, Token);

        Assert.That(script, Does.StartWith("/ask/dist/"));
        Assert.That((int)loaded.StatusCode, Is.EqualTo(200));
        Assert.That(stream.Frames[^1].Data, Is.EqualTo("stopped"));
        Assert.That(chosen.Headers.Location?.OriginalString, Is.EqualTo("/ask/"));
    }

    private Task<NginxServer> StartNginxAsync(bool passedOn) => passedOn
        ? NginxServer.StartWithExampleAsync(App.Address)
        : NginxServer.StartBelowPathAsync(App.Address);

    private Task<ProxyServer> StartAsync(string name, bool passedOn) => (name, passedOn) switch
    {
        (_, false) => ProxyServer.BelowPathAsync(name, App.Address),
        ("haproxy", _) => ProxyServer.HaProxyAsync(App.Address),
        ("apache", _) => ProxyServer.ApacheAsync(App.Address),
        _ => ProxyServer.CaddyAsync(App.Address),
    };

    [GeneratedRegex("""<script type="module" src="([^"]+)""")]
    private static partial Regex Script();
}

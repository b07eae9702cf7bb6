using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Proxy;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>The site below a path of a host, with a proxy that passes the path on, and one that takes it away.</summary>
internal sealed partial class SubPathTests : AppTest
{
    protected override void Configure(ChatApp.Setup setup) => setup.Settings["PathBase"] = "/ask";

    [Test]
    public async Task Locations_are_below_the_path([Values] bool passedOn)
    {
        await using var nginx = await StartNginxAsync(passedOn);
        using var user = new ChatClient(nginx.Address);
        using var form = await user.Http.PostAsync("/ask/chat", Form("message", "Hello"), Token);
        using var request = ChatClient.Post(new { message = "Hello" });
        request.RequestUri = new Uri("/ask/chat/stream", UriKind.Relative);
        request.Headers.Add("Prefer", "respond-async");
        var (accepted, answer) = await user.JsonAsync(request);
        var (generationId, id) =
            (answer.GetProperty("generationId").GetString(), answer.GetProperty("conversationId").GetString());
        using var stopped = await user.Http.PostAsync("/ask/chat/stop", Form("generationId", generationId!), Token);
        var exported = await user.Http.GetStringAsync($"/ask/conversations/{id}/export?format=json", Token);
        using var content = new StringContent(exported, Encoding.UTF8, "application/json");
        using var imported = await user.Http.PostAsync("/ask/conversations/import", content, Token);
        using var preference = await user.Http.PostAsync("/ask/preferences", Form("theme", "dark"), Token);

        using var scope = Assert.EnterMultipleScope();
        Assert.That(Location(form), Does.Match("^/ask/chat/[A-Za-z0-9_-]{16}$"));
        Assert.That(Location(accepted), Is.EqualTo($"/ask/chat/stream/{generationId}"));
        Assert.That(Location(stopped), Is.EqualTo($"/ask/chat/{id}"));
        Assert.That(Location(imported), Does.Match("^/ask/conversations/[A-Za-z0-9_-]{16}$"));
        Assert.That(Location(preference), Is.EqualTo("/ask/"));
    }

    [Test]
    public async Task Cookies_are_for_the_path_only()
    {
        using var response = await User.Http.GetAsync(new Uri("/ask/", UriKind.Relative), Token);

        Assert.That(response.Headers.GetValues("Set-Cookie").Single(), Does.Contain("; path=/ask;"));
    }

    [TestCase("/health/live")]
    [TestCase("/ask/health/live")]
    public async Task Probes_need_not_know_the_path(string path)
    {
        using var response = await User.Http.GetAsync(new Uri(path, UriKind.Relative), Token);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task The_page_and_its_files_are_found_behind_nginx([Values] bool passedOn)
    {
        await using var nginx = await StartNginxAsync(passedOn);
        using var user = new ChatClient(nginx.Address);
        var page = await user.Http.GetStringAsync("/ask/", Token);

        var files = PageFiles().Matches(page).Select(match => match.Groups[1].Value).ToList();
        Assert.That(files, Is.Not.Empty.And.All.StartsWith("/ask/"));
        foreach (var file in files)
        {
            using var response = await user.Http.GetAsync(new Uri(file, UriKind.Relative), Token);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), file);
        }
        using var answer = await user.Http.GetAsync(new Uri("/ask/chat/stream?message=Hello", UriKind.Relative), Token);
        Assert.That(await answer.Content.ReadAsStringAsync(Token), Does.Contain("\"text\":\"Hello\""));
    }

    private Task<NginxServer> StartNginxAsync(bool passedOn) => passedOn
        ? NginxServer.StartWithExampleAsync(App.Address)
        : NginxServer.StartBelowPathAsync(App.Address);

    private static string Location(HttpResponseMessage response) => response.Headers.Location!.OriginalString;

    private static FormUrlEncodedContent Form(string name, string value) => new([new(name, value)]);

    [GeneratedRegex("(?:src|href)=\"([^\"#:]+\\.(?:js|css|svg|ico)[^\"]*)\"")]
    private static partial Regex PageFiles();
}

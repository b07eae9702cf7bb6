using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.SignIn;

/// <summary>
/// A provider whose keys change, whose clock is wrong, which leaves groups out, says hostile things, or is gone.
/// </summary>
// It reads the log, of which a process has one.
[NonParallelizable]
internal sealed class ProviderTroubleTests : AppTest
{
    private readonly InProcessProvider _provider = new(FreePort.Find());

    [SetUp]
    public Task StartProviderAsync()
    {
        _provider.User = new Dictionary<string, string> { ["sub"] = "ann", ["name"] = "Ann", ["groups"] = "staff" };
        return _provider.StartAsync();
    }

    [OneTimeTearDown]
    public async Task StopProviderAsync() => await _provider.DisposeAsync();

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["SignIn:Kind"] = "OpenIdConnect";
        setup.Settings["SignIn:Authority"] = _provider.Authority.ToString();
        setup.Settings["SignIn:ClientId"] = "chatstream";
        setup.Settings["SignIn:Groups:0"] = "staff";
    }

    [Test]
    public async Task Keys_that_change_lock_nobody_out()
    {
        Assert.That(await SignInAsync(), Is.EqualTo("/"));
        Assert.That(await AskAsync(), Is.EqualTo(HttpStatusCode.OK));

        await _provider.StartAsync(hasNewKey: true);

        Assert.That(await SignInAsync(), Is.EqualTo("/"));
        Assert.That(await AskAsync(), Is.EqualTo(HttpStatusCode.OK));
    }

    [TestCase(4, true)]
    [TestCase(-4, true)]
    [TestCase(-10, false)]
    public async Task Clocks_may_differ_by_five_minutes(int minutes, bool isTaken)
    {
        await _provider.StartAsync(TimeSpan.FromMinutes(minutes));

        Assert.That(await SignInAsync(), Is.EqualTo(isTaken ? "/" : "/sign-in-failed"));
        Assert.That(await AskAsync(), Is.EqualTo(isTaken ? HttpStatusCode.OK : HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task Groups_that_the_token_leaves_out_admit_nobody_and_the_log_says_why()
    {
        using var log = new CapturedLog();
        _provider.User = new Dictionary<string, string>
        {
            ["sub"] = "bea",
            ["_claim_names"] = """{"groups":"src1"}""",
            ["_claim_sources"] = """{"src1":{"endpoint":"https://graph.invalid/"}}""",
        };

        Assert.That(await SignInAsync(), Is.EqualTo("/not-admitted"));
        Assert.That(await AskAsync(), Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(log.Lines, Has.Some.Contains("the token leaves the groups out because there are too many"));
    }

    [TestCase("<script>alert(1)</script>")]
    [TestCase("Ann\r\nSet-Cookie: a=b\r\n\r\n<h2 id=x>")]
    [TestCase("\u202Eevil\u2066\u0000\u0007\u001b[31m", TestName = "A_hostile_name_of_control_characters")]
    [TestCase("=cmd|' /C calc'!A0\" onmouseover=alert(1) x=\"")]
    public async Task A_hostile_name_is_shown_as_text_and_writes_nothing_else(string name)
    {
        using var log = new CapturedLog();
        _provider.User = new Dictionary<string, string>
        {
            ["sub"] = name,
            ["name"] = name,
            ["preferred_username"] = name,
            ["groups"] = "staff",
        };
        using var browser = OpenIdProvider.NewBrowser(App.Address);
        using var page = await browser.GetAsync(new Uri("/", UriKind.Relative), Token);
        var html = await page.Content.ReadAsStringAsync(Token);

        Assert.That(page.RequestMessage!.RequestUri!.AbsolutePath, Is.EqualTo("/"));
        Assert.That(page.Headers.Select(header => header.Key), Has.None.EqualTo("a"));
        Assert.That(html, Does.Contain("class=\"name\"").And.Not.Contain("<script>alert").And.Not.Contain("<h2 id=x>")
            .And.Not.Contain("\" onmouseover"));
        Assert.That(html.IndexOfAny(['\u202E', '\u001b', '\a']), Is.Negative);
        Assert.That(string.Concat(log.Lines).IndexOfAny(['\u202E', '\u001b', '\a', '\r']), Is.Negative);
    }

    [Test]
    public async Task A_provider_that_cannot_be_asked_is_told_in_words()
    {
        var token = await TokenAsync();
        await using var app = await ChatApp.StartAsync(Emulator, setup =>
        {
            Configure(setup);
            setup.Settings["SignIn:Authority"] = $"http://127.0.0.1:{FreePort.Find()}";
        });
        using var browser = OpenIdProvider.NewBrowser(app.Address);

        using var page = await browser.GetAsync(new Uri("/chat", UriKind.Relative), Token);
        using var response = await SendAsync(app.Address, token);

        Assert.That(page.RequestMessage!.RequestUri!.AbsolutePath, Is.EqualTo("/sign-in-failed"));
        Assert.That(await page.Content.ReadAsStringAsync(Token), Does.Contain("The sign-in did not work"));
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(response.Headers.RetryAfter!.Delta, Is.EqualTo(TimeSpan.FromSeconds(10)));
    }

    /// <summary>Where a browser that opens the page ends.</summary>
    private async Task<string> SignInAsync()
    {
        using var browser = OpenIdProvider.NewBrowser(App.Address);
        using var page = await browser.GetAsync(new Uri("/", UriKind.Relative), Token);
        return page.RequestMessage!.RequestUri!.AbsolutePath;
    }

    /// <summary>What a program gets that asks with a token of the provider.</summary>
    private async Task<HttpStatusCode> AskAsync()
    {
        using var response = await SendAsync(App.Address, await TokenAsync());
        return response.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(Uri app, string token)
    {
        using var http = new HttpClient { BaseAddress = app };
        var request = ChatClient.Post(new { message = "Hello" }, "application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request, Token);
    }

    private async Task<string> TokenAsync()
    {
        using var http = new HttpClient();
        using var form = new FormUrlEncodedContent(
            [new("grant_type", "client_credentials"), new("client_id", "program"), new("client_secret", "any")]);
        using var response = await http.PostAsync(new Uri(_provider.Authority, "token"), form, Token);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("access_token").GetString()!;
    }
}

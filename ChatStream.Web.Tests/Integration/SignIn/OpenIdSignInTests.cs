using System.Net;
using System.Net.Http.Headers;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.SignIn;

/// <summary>Browsers and programs of a real OpenID Connect provider.</summary>
internal sealed class OpenIdSignInTests : OpenIdTest
{
    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["SignIn:Audience"] = "api://chatstream";
        setup.Settings["SignIn:ApiScope"] = "chat";
        setup.Settings["SignIn:Groups:0"] = "staff";
        setup.Settings["SignIn:Users:0"] = "guest";
        setup.Settings["SignIn:Users:1"] = "program";
    }

    [Test]
    public async Task A_browser_signs_in_and_comes_back_to_the_page_that_it_asked_for()
    {
        using var browser = OpenIdProvider.NewBrowser(App.Address);
        using var page = await OpenIdProvider.SignInAsync(browser, "/chat?x=1", "alice@staff");

        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(page.RequestMessage!.RequestUri, Is.EqualTo(new Uri(App.Address, "/chat?x=1")));
        var html = await page.Content.ReadAsStringAsync(Token);
        Assert.That(html, Does.Contain("alice of the tests").And.Contain(">AT</span>").And.Contain("action=\"/sign-out\""));
    }

    [Test]
    public async Task A_user_has_the_same_conversations_in_every_browser_and_another_user_has_not()
    {
        using var first = OpenIdProvider.NewBrowser(App.Address);
        using var second = OpenIdProvider.NewBrowser(App.Address);
        using var other = OpenIdProvider.NewBrowser(App.Address);
        (await OpenIdProvider.SignInAsync(first, "/", "carol@staff")).Dispose();
        (await OpenIdProvider.SignInAsync(second, "/", "carol@staff")).Dispose();
        (await OpenIdProvider.SignInAsync(other, "/", "dave@staff")).Dispose();
        using var asked = await first.SendAsync(ChatClient.Post(new { message = "Hello" }, "application/json"), Token);
        var id = (await asked.Content.ReadAsStringAsync(Token)).Split("\"conversationId\":\"")[1][..16];

        using var seen = await second.GetAsync(new Uri($"/chat/{id}", UriKind.Relative), Token);
        using var hidden = await other.GetAsync(new Uri($"/chat/{id}", UriKind.Relative), Token);

        Assert.That(seen.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(hidden.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [TestCase("eve@other")]
    [TestCase("mallory")]
    public async Task A_user_that_no_list_names_is_told_so(string user)
    {
        using var browser = OpenIdProvider.NewBrowser(App.Address);
        using var page = await OpenIdProvider.SignInAsync(browser, "/", user);

        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(await page.Content.ReadAsStringAsync(Token), Does.Contain("This ChatStream is not open to your account"));
        using var start = await browser.SendAsync(ChatClient.Post(new { message = "Hello" }), Token);
        Assert.That(start.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(Asked, Is.Zero);
    }

    [Test]
    public async Task A_user_is_named_by_a_list()
    {
        using var browser = OpenIdProvider.NewBrowser(App.Address);
        using var page = await OpenIdProvider.SignInAsync(browser, "/", "guest");

        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_request_that_is_no_page_is_told_to_sign_in()
    {
        var (response, body) = await User.JsonAsync(ChatClient.Post(new { message = "Hello" }, "application/json"));
        using var stream = await User.Http.GetAsync(new Uri("/chat/stream?message=Hello", UriKind.Relative), Token);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(response.Headers.WwwAuthenticate.ToString(), Is.EqualTo("Bearer"));
        Assert.That(body.GetProperty("code").GetString(), Is.EqualTo("signed_out"));
        Assert.That(response.Headers.Contains("Set-Cookie"), Is.False);
        Assert.That(stream.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(Asked, Is.Zero);
    }

    [Test]
    public async Task Signing_out_ends_the_session_here_and_at_the_provider()
    {
        using var browser = OpenIdProvider.NewBrowser(App.Address);
        (await OpenIdProvider.SignInAsync(browser, "/", "alice@staff")).Dispose();

        using var leaving = await browser.PostAsync("/sign-out", new FormUrlEncodedContent([]), Token);
        Assert.That(await leaving.Content.ReadAsStringAsync(Token), Does.Contain("content=\"0;url=/sign-out/provider\""));
        using var question = await browser.GetAsync(new Uri("/sign-out/provider", UriKind.Relative), Token);
        using var signedOut = await OpenIdProvider.SendAsync(browser, question, new() { ["logout"] = "yes" });
        Assert.That(signedOut.RequestMessage!.RequestUri!.AbsolutePath, Is.EqualTo("/signed-out"));

        using var again = await browser.GetAsync(new Uri("/", UriKind.Relative), Token);
        Assert.That(again.RequestMessage!.RequestUri!.Authority, Is.EqualTo(Provider.Authority.Authority));
        Assert.That(await again.Content.ReadAsStringAsync(Token), Does.Contain("name=\"login\""), "it asks who it is");
    }

    [Test]
    public async Task A_forged_or_repeated_way_back_signs_nobody_in()
    {
        using var browser = OpenIdProvider.NewBrowser(App.Address);
        using var forged = await browser.GetAsync(new Uri("/signin-oidc?code=x&state=y", UriKind.Relative), Token);

        Assert.That(forged.RequestMessage!.RequestUri!.AbsolutePath, Is.EqualTo("/sign-in-failed"));
        Assert.That(await forged.Content.ReadAsStringAsync(Token), Does.Contain("The sign-in did not work"));
        await AssertNobodyIsSignedInAsync(browser);
        var (cookies, copied) = (new CookieContainer(), new CookieContainer());
        var wayBack = await OpenIdProvider.FindWayBackAsync(App.Address, cookies, "alice@staff");
        copied.Add(cookies.GetAllCookies());
        using var first = OpenIdProvider.NewBrowser(App.Address, cookies);
        using (var page = await first.GetAsync(wayBack, Token))
            Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        using (var start = await first.SendAsync(ChatClient.Post(new { message = "Hello" }, "application/json"), Token))
            Assert.That(start.StatusCode, Is.EqualTo(HttpStatusCode.OK), "the first time it signs in");
        (await first.PostAsync("/sign-out", new FormUrlEncodedContent([]), Token)).Dispose();

        using var second = OpenIdProvider.NewBrowser(App.Address);
        using var copy = OpenIdProvider.NewBrowser(App.Address, copied);
        foreach (var sender in new[] { first, second, copy })
        {
            using var repeated = await sender.GetAsync(wayBack, Token);
            Assert.That(repeated.RequestMessage!.RequestUri!.AbsolutePath, Is.EqualTo("/sign-in-failed"));
            await AssertNobodyIsSignedInAsync(sender);
        }
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task A_program_has_a_token_with_the_scope()
    {
        using var answer = await AskAsync(await Provider.TokenAsync("chat other"));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(answer.Headers.Contains("Set-Cookie"), Is.False);
    }

    [Test]
    public async Task No_site_makes_a_browser_send_a_token_so_the_cross_site_rules_do_not_hold_for_one()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/chat/stream?message=Hello");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await Provider.TokenAsync("chat other"));
        request.Headers.Add("Accept", "application/json");
        request.Headers.Add("Origin", "https://elsewhere.example");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");

        using var answer = await User.Http.SendAsync(request, Token);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_token_without_the_scope_a_broken_one_and_a_foreign_one_are_refused()
    {
        var (token, elsewhere) = (await Provider.TokenAsync("other"), await Provider.TokenAsync("chat", "api://other"));
        var parts = (await Provider.TokenAsync("chat")).Split('.');
        string[] wrong = [token, elsewhere, $"{parts[0]}.{parts[1]}.AAAA", "a.b.c", "nothing", $"{parts[0]}.{parts[1]}."];
        using var scope = Assert.EnterMultipleScope();
        foreach (var given in wrong)
        {
            using var response = await AskAsync(given);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), given);
            Assert.That(response.Headers.WwwAuthenticate.ToString(), Does.StartWith("Bearer"), given);
            Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"), given);
        }
        Assert.That(Asked, Is.Zero);
    }

    [Test]
    public async Task No_route_is_open_to_a_token_of_another_group()
    {
        var (staff, stranger) = (await Provider.TokenAsync("chat staff"), await Provider.TokenAsync("chat stranger"));
        using (var answer = await AskAsync(staff))
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        using var scope = Assert.EnterMultipleScope();
        foreach (var route in AppRoute.Closed(App))
        {
            using var request = route.NewRequest(body: """{"message":"Hello"}""");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", stranger);
            using var response = await User.Http.SendAsync(request, Token);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), $"{route}");
        }
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task Keys_of_programs_are_taken_as_before()
    {
        using var response = await AskAsync("a-key-of-the-tests");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [TestCase("/health/live")]
    [TestCase("/favicon.svg")]
    [TestCase("/signed-out")]
    public async Task What_needs_no_user_is_open(string path)
    {
        using var response = await User.Http.GetAsync(new Uri(path, UriKind.Relative), Token);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    private static async Task AssertNobodyIsSignedInAsync(HttpClient browser)
    {
        using var start = await browser.SendAsync(ChatClient.Post(new { message = "Hello" }, "application/json"), Token);
        Assert.That(start.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    private async Task<HttpResponseMessage> AskAsync(string bearer)
    {
        var request = ChatClient.Post(new { message = "Hello" }, "application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return await User.Http.SendAsync(request, Token);
    }
}

using System.Net;
using ChatStream.Web.Controllers;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.SignIn;

/// <summary>A proxy that signs users in, and names them in a header.</summary>
internal sealed class HeaderSignInTests : AppTest
{
    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["SignIn:Kind"] = "Header";
        setup.Settings["SignIn:Header:From:0"] = "127.0.0.0/8";
        setup.Settings["SignIn:Header:From:1"] = "::1";
        setup.Settings["SignIn:Groups:0"] = "staff";
    }

    [Test]
    public async Task The_header_names_the_user()
    {
        using var page = await GetAsync("/", ("X-Forwarded-User", "u1"), ("X-Forwarded-Preferred-Username", "Zoe Angstrom"),
            ("X-Forwarded-Groups", "other, staff"));

        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(page.Headers.Contains("Set-Cookie"), Is.False);
        Assert.That(await page.Content.ReadAsStringAsync(Token), Does.Contain(">ZA</span>").And.Not.Contain("/sign-out"));
    }

    [Test]
    public async Task Users_do_not_see_each_others_conversations()
    {
        using var asked = await SendAsync(ChatClient.Post(new { message = "Hello" }, "application/json"), "u1", "staff");
        var id = (await asked.Content.ReadAsStringAsync(Token)).Split("\"conversationId\":\"")[1][..16];
        using var own = await SendAsync(new HttpRequestMessage(HttpMethod.Get, $"/conversations/{id}"), "u1", "staff");
        using var other = await SendAsync(new HttpRequestMessage(HttpMethod.Get, $"/conversations/{id}"), "u2", "staff");

        Assert.That(own.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(other.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task A_user_that_no_list_names_is_refused()
    {
        using var response = await SendAsync(ChatClient.Post(new { message = "Hello" }), "u1", "other");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(Asked, Is.Zero);
    }

    [Test]
    public async Task No_route_is_open_to_a_user_that_no_list_names()
    {
        using var scope = Assert.EnterMultipleScope();
        foreach (var route in AppRoute.AllOf(App).Where(route => route.Action.ControllerTypeInfo != typeof(SessionController)))
        {
            using var response = await SendAsync(route.NewRequest(body: """{"message":"Hello"}"""), "u1", "other");
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden), $"{route}");
        }
        Assert.That(Asked, Is.Zero);
    }

    [Test]
    public async Task Without_the_header_nobody_is_known()
    {
        using var response = await GetAsync("/");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task The_header_of_any_other_sender_is_not_believed()
    {
        await using var app = await ChatApp.StartAsync(Emulator, setup =>
        {
            setup.Settings["SignIn:Kind"] = "Header";
            setup.Settings["SignIn:Header:From:0"] = "10.9.9.9";
            // The address of the browser, which a sender chooses, is not that of the proxy.
            setup.Settings["Proxies:0"] = "127.0.0.0/8";
        });
        using var user = app.NewUser();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("X-Forwarded-User", "u1");
        request.Headers.Add("X-Forwarded-For", "10.9.9.9");
        using var response = await user.Http.SendAsync(request, Token);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string user, string groups)
    {
        request.Headers.Add("X-Forwarded-User", user);
        request.Headers.Add("X-Forwarded-Groups", groups);
        return User.Http.SendAsync(request, Token);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await User.Http.SendAsync(request, Token);
    }
}

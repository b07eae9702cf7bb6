using System.Net;
using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.SignIn;

/// <summary>A session ends after its time. What runs goes on, and the next request is told.</summary>
internal sealed class SessionEndTests : OpenIdTest
{
    private readonly WatchedTime _time = new();

    protected override void Configure(ChatApp.Setup setup)
    {
        base.Configure(setup);
        setup.Settings["SignIn:SessionFor"] = "00:01:00";
        setup.Services = services => services.AddSingleton<TimeProvider>(_time);
    }

    [Test]
    public async Task A_session_that_ends_in_mid_answer_leaves_the_stream_and_the_next_request_is_told()
    {
        var gate = new Gate();
        Answers("Hello", Script.Start().Text("Hel").Wait(gate).Text("lo").Finish("stop").Done());
        using var user = await SignedInAsync();
        await using var stream = await user.StartAsync("Hello", Token);
        await stream.UntilTextAsync("Hel");

        _time.Advance(TimeSpan.FromSeconds(61));
        using var refused = await user.Http.SendAsync(ChatClient.Post(new { message = "More" }, "application/json"), Token);
        var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync(Token)).RootElement;
        gate.Open();
        await stream.ToEndAsync();

        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(problem.GetProperty("code").GetString(), Is.EqualTo("signed_out"));
        Assert.That(stream.Text, Is.EqualTo("Hello"));
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task A_session_that_is_used_goes_on()
    {
        using var user = await SignedInAsync();
        for (var i = 0; i < 4; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(45));
            using var models = await user.Http.GetAsync(new Uri("/models", UriKind.Relative), Token);
            Assert.That(models.StatusCode, Is.EqualTo(HttpStatusCode.OK), $"after {45 * (i + 1)} seconds");
        }
    }

    [Test]
    public async Task No_route_is_open_to_a_session_that_has_ended()
    {
        var cookies = new CookieContainer();
        using var user = await SignedInAsync(cookies);
        // Sent by hand: a client forgets a cookie that a response takes back.
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = App.Address };
        http.DefaultRequestHeaders.Add("Cookie", cookies.GetCookieHeader(App.Address));
        using (var before = await http.GetAsync(new Uri("/models", UriKind.Relative), Token))
            Assert.That(before.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        _time.Advance(TimeSpan.FromSeconds(61));

        using var scope = Assert.EnterMultipleScope();
        foreach (var route in AppRoute.Closed(App))
        {
            using var request = route.NewRequest(body: """{"message":"Hello"}""");
            using var response = await http.SendAsync(request, Token);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), $"{route}");
        }
        Assert.That(Asked, Is.Zero);
    }

    private async Task<ChatClient> SignedInAsync(CookieContainer? cookies = null)
    {
        cookies ??= new();
        using var browser = OpenIdProvider.NewBrowser(App.Address, cookies);
        using var page = await OpenIdProvider.SignInAsync(browser, "/", "alice");
        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        return new ChatClient(App.Address, cookies);
    }
}

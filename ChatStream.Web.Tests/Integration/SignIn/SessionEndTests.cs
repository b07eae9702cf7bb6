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

    private async Task<ChatClient> SignedInAsync()
    {
        var cookies = new CookieContainer();
        using var browser = OpenIdProvider.NewBrowser(App.Address, cookies);
        using var page = await OpenIdProvider.SignInAsync(browser, "/", "alice");
        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        return new ChatClient(App.Address, cookies);
    }
}

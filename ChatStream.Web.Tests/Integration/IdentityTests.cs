using System.Net;
using System.Text.Json;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>Who a browser is, also beside another ChatStream on the same host, and how many an address may be.</summary>
[CancelAfter(60_000)]
internal sealed class IdentityTests
{
    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    [TestCase("", "")]
    [TestCase("one", "two")]
    public async Task Two_apps_on_one_host_keep_each_others_identities(string firstName, string secondName)
    {
        await using var first = await ChatApp.StartAsync(setup => setup.Settings["InstanceName"] = firstName);
        await using var second = await ChatApp.StartAsync(setup => setup.Settings["InstanceName"] = secondName);
        // One browser: cookies know no ports.
        using var onFirst = first.NewUser();
        using var onSecond = new ChatClient(second.Address, onFirst.Cookies);

        await onFirst.AskAsync("On the first");
        await onSecond.AskAsync("On the second");

        Assert.That(await TitlesAsync(onFirst), Is.EqualTo(new[] { "On the first" }));
        Assert.That(await TitlesAsync(onSecond), Is.EqualTo(new[] { "On the second" }));
    }

    /// <summary>By this the page finds out that the browser blocks cookies.</summary>
    [Test]
    public async Task The_page_is_told_when_its_request_came_without_a_cookie()
    {
        await using var app = await ChatApp.StartAsync();
        using var user = app.NewUser();
        using var program = app.NewUser();
        user.Http.DefaultRequestHeaders.Add("X-ChatStream-Page", "1");

        Assert.That(await SaidAsync(user, "/conversations/AAAAAAAAAAAAAAAA"), Is.EqualTo("new"), "also where it is refused");
        Assert.That(await SaidAsync(user, "/models"), Is.Null);
        Assert.That(await SaidAsync(program, "/models"), Is.Null, "no program asks");

        static async Task<string?> SaidAsync(ChatClient client, string path)
        {
            using var response = await client.Http.GetAsync(path, Token);
            return response.Headers.TryGetValues("X-ChatStream-Identity", out var values) ? values.Single() : null;
        }
    }

    [Test]
    public async Task The_name_survives_a_restart()
    {
        await using var app = await ChatApp.StartAsync();
        using var user = app.NewUser();
        await user.AskAsync("Before");
        await app.RestartAsync();
        using var again = new ChatClient(app.Address, user.Cookies);

        Assert.That(await TitlesAsync(again), Is.EqualTo(new[] { "Before" }));
    }

    [Test]
    public async Task A_cookie_with_the_old_name_is_exchanged_for_one_with_the_new_name()
    {
        await using var app = await ChatApp.StartAsync(setup => setup.Settings["InstanceName"] = "new");
        using var user = app.NewUser();
        await user.AskAsync("Before the update");
        var value = user.Cookies.GetCookies(app.Address)["chatstream-new"]!.Value;
        using var updated = app.NewUser();
        updated.Cookies.Add(app.Address, new Cookie("chatstream", value, "/"));

        Assert.That(await TitlesAsync(updated), Is.EqualTo(new[] { "Before the update" }));

        Assert.That(
            updated.Cookies.GetCookies(app.Address).Select(cookie => cookie.Name), Is.EqualTo(new[] { "chatstream-new" }));
        Assert.That(await TitlesAsync(updated), Is.EqualTo(new[] { "Before the update" }));
    }

    [Test]
    public async Task The_old_cookie_of_another_app_stays_where_it_is()
    {
        await using var first = await ChatApp.StartAsync(setup => setup.Settings["InstanceName"] = "first");
        await using var second = await ChatApp.StartAsync(setup => setup.Settings["InstanceName"] = "second");
        using var user = first.NewUser();
        await user.IdentifyAsync();
        using var onSecond = second.NewUser();
        onSecond.Cookies.Add(
            second.Address, new Cookie("chatstream", user.Cookies.GetCookies(first.Address)["chatstream-first"]!.Value, "/"));

        await onSecond.IdentifyAsync();

        Assert.That(
            onSecond.Cookies.GetCookies(second.Address).Select(cookie => cookie.Name),
            Is.EquivalentTo(new[] { "chatstream", "chatstream-second" }));
    }

    [Test]
    public async Task An_address_gets_no_more_new_identities_in_a_minute_than_allowed()
    {
        await using var app = await ChatApp.StartAsync(setup => setup.Settings["Limits:IdentitiesPerMinutePerAddress"] = "2");
        using var user = app.NewUser();
        await user.IdentifyAsync();
        using var visitor = Visitor.From(app.Address);
        using var elsewhere = Visitor.From(app.Address, "127.0.0.2");
        (await visitor.GetAsync("/models", Token)).Dispose();

        using var refused = await visitor.GetAsync("/models", Token);

        Assert.That((int)refused.StatusCode, Is.EqualTo(429));
        Assert.That(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, Is.InRange(1, 60));
        Assert.That(refused.Headers.Contains("Set-Cookie"), Is.False);
        using var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync(Token));
        Assert.That(problem.RootElement.GetProperty("code").GetString(), Is.EqualTo("too_many_identities"));
        Assert.That(await Visitor.StartAsync(visitor, "Hi", Token), Is.EqualTo((429, "too_many_identities")));
        Assert.That((await visitor.GetAsync("/health/ready", Token)).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await elsewhere.GetAsync("/models", Token)).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await user.AskAsync("Hi")).GetProperty("state").GetString(), Is.EqualTo("ended"), "one that has a cookie");
    }

    private static async Task<IEnumerable<string?>> TitlesAsync(ChatClient user)
    {
        var (_, list) = await user.JsonAsync(new HttpRequestMessage(HttpMethod.Get, "/conversations"));
        return [.. list.GetProperty("conversations").EnumerateArray().Select(each => each.GetProperty("title").GetString())];
    }
}

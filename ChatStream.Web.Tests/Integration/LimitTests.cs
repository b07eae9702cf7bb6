using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>Limits on running answers and on starts per minute: per user, per address and in all.</summary>
[CancelAfter(60_000)]
internal sealed class LimitTests
{
    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    [Test]
    public async Task A_user_has_no_more_answers_running_than_allowed()
    {
        await using var emulator = await EmulatorServer.StartAsync();
        await using var app = await ChatApp.StartAsync(emulator, setup => setup.Settings["Limits:RunningPerUser"] = "1");
        using var user = app.NewUser();
        emulator.Enqueue(Script.Start().Text("a").Stall());
        await using var running = await user.StartAsync("Hi");
        await running.UntilTextAsync("a");

        await ExpectAsync(user, "Too many answers are running.", retryAfter: 5);
        using var other = app.NewUser();
        await other.IdentifyAsync(); // without a cookie the two would count together
        Assert.That(
            (await other.AskAsync("Hello")).GetProperty("text").GetString(), Is.EqualTo("Hello"),
            "another user's are counted apart");

        await user.StopAsync(running.GenerationId);
        // Once a client has seen the end, the place is free.
        for (var n = 0; n < 30; n++)
            Assert.That((await user.AskAsync($"Hello {n}")).GetProperty("text").GetString(), Is.EqualTo($"Hello {n}"));
    }

    [Test]
    public async Task A_refused_start_uses_no_place()
    {
        await using var emulator = await EmulatorServer.StartAsync();
        await using var app = await ChatApp.StartAsync(emulator, setup => setup.Settings["Limits:RunningPerUser"] = "1");
        using var user = app.NewUser();

        for (var n = 0; n < 3; n++)
        {
            var (refused, _) = await user.JsonAsync(ChatClient.Post(new { message = "Hi", conversationId = "AAAAAAAAAAAAAAAA" }));
            Assert.That((int)refused.StatusCode, Is.EqualTo(404));
        }

        Assert.That((await user.AskAsync("Hello")).GetProperty("text").GetString(), Is.EqualTo("Hello"));
    }

    [Test]
    public async Task All_users_together_have_no_more_answers_running_than_allowed()
    {
        await using var emulator = await EmulatorServer.StartAsync();
        await using var app = await ChatApp.StartAsync(emulator, setup => setup.Settings["Limits:Running"] = "1");
        using var user = app.NewUser();
        using var other = app.NewUser();
        emulator.Enqueue(Script.Start().Text("a").Stall());
        await using var running = await user.StartAsync("Hi");
        await running.UntilTextAsync("a");

        await ExpectAsync(other, "Too many answers are running.", retryAfter: 5);

        await user.StopAsync(running.GenerationId);
        Assert.That((await other.AskAsync("Hello")).GetProperty("text").GetString(), Is.EqualTo("Hello"));
    }

    [Test]
    public async Task A_user_starts_no_more_answers_in_a_minute_than_allowed()
    {
        await using var emulator = await EmulatorServer.StartAsync();
        await using var app = await ChatApp.StartAsync(emulator, setup => setup.Settings["Limits:StartsPerMinute"] = "2");
        using var user = app.NewUser();
        await user.AskAsync("one");
        var second = ChatClient.Post(new { message = "two" }, accept: "application/json", idempotencyKey: "two");
        await user.JsonAsync(second);

        var retryAfter = await ExpectAsync(user, "Too many answers were started in the last minute.");
        Assert.That(retryAfter, Is.InRange(1, 60));
        var (repeat, _) =
            await user.JsonAsync(ChatClient.Post(new { message = "two" }, accept: "application/json", idempotencyKey: "two"));
        Assert.That((int)repeat.StatusCode, Is.EqualTo(200), "a repeat starts nothing");
        using var other = app.NewUser();
        Assert.That((await other.AskAsync("Hello")).GetProperty("text").GetString(), Is.EqualTo("Hello"));
        Assert.That(emulator.Requests, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task Visitors_without_a_cookie_count_as_one_user_by_their_address()
    {
        await using var emulator = await EmulatorServer.StartAsync();
        await using var app = await ChatApp.StartAsync(emulator, WithDefaultLimits);
        using var visitor = Visitor.From(app.Address);
        using var elsewhere = Visitor.From(app.Address, "127.0.0.2");

        var statuses = new List<int>();
        for (var n = 0; n < 31; n++)
        {
            using var response = await visitor.GetAsync($"/chat/stream?message=Hello{n}", Token);
            await response.Content.ReadAsStringAsync(Token);
            statuses.Add((int)response.StatusCode);
        }

        Assert.That(statuses[..30], Is.All.EqualTo(200));
        Assert.That(statuses[30], Is.EqualTo(429));
        Assert.That(
            await Visitor.StartAsync(visitor, "Hello", Token), Is.EqualTo((429, "too_many_starts")), "by any way to start");
        Assert.That((await Visitor.StartAsync(elsewhere, "Hello", Token)).Status, Is.EqualTo(202), "another address");
        using var user = app.NewUser();
        await user.IdentifyAsync();
        Assert.That((await user.AskAsync("Hi")).GetProperty("text").GetString(), Is.EqualTo("Hi"), "a user with a cookie");
    }

    [Test]
    public async Task Starts_in_the_background_without_a_cookie_cannot_take_all_places()
    {
        await using var emulator = await EmulatorServer.StartAsync();
        emulator.On(request => request.LastUserMessage == "Slow" ? Script.Start().Text("a").Stall() : null);
        await using var app = await ChatApp.StartAsync(emulator, setup =>
        {
            WithDefaultLimits(setup);
            setup.Settings["Limits:IdentitiesPerMinutePerAddress"] = "1000";
            setup.Settings["Limits:StartsPerMinute"] = "1000"; // only the places count here
        });
        using var visitor = Visitor.From(app.Address);

        var starts = await Task.WhenAll(Enumerable.Range(0, 205).Select(_ => Visitor.StartAsync(visitor, "Slow", Token)));

        Assert.That(starts.Count(start => start.Status == 202), Is.EqualTo(5));
        Assert.That(starts.Where(start => start.Status != 202), Is.All.EqualTo((429, "too_many_running")));
        using var user = app.NewUser();
        await user.IdentifyAsync();
        Assert.That((await user.AskAsync("Hi")).GetProperty("text").GetString(), Is.EqualTo("Hi"));
    }

    [Test]
    public async Task An_address_with_many_identities_cannot_take_all_places()
    {
        await using var emulator = await EmulatorServer.StartAsync();
        emulator.On(request => request.LastUserMessage == "Slow" ? Script.Start().Text("a").Stall() : null);
        await using var app = await ChatApp.StartAsync(emulator, setup =>
        {
            WithDefaultLimits(setup);
            setup.Settings["Limits:RunningPerAddress"] = "3";
            setup.Settings["Limits:RunningPerUser"] = "2";
        });
        var statuses = new List<(int, string?)>();
        for (var n = 0; n < 3; n++)
        {
            using var user = app.NewUser();
            await user.IdentifyAsync();
            statuses.Add(await Visitor.StartAsync(user.Http, "Slow", Token));
            statuses.Add(await Visitor.StartAsync(user.Http, "Slow", Token));
        }

        Assert.That(statuses[..3].Select(start => start.Item1), Is.All.EqualTo(202));
        Assert.That(statuses[3..], Is.All.EqualTo((429, "too_many_running")));
        using var elsewhere = Visitor.From(app.Address, "127.0.0.2");
        Assert.That((await Visitor.StartAsync(elsewhere, "Hello", Token)).Status, Is.EqualTo(202));
    }

    [Test]
    public async Task After_the_told_time_a_start_is_taken()
    {
        var time = new WatchedTime();
        await using var emulator = await EmulatorServer.StartAsync();
        await using var app = await ChatApp.StartAsync(emulator, setup =>
        {
            setup.Settings["Limits:StartsPerMinute"] = "2";
            setup.Services = services => services.AddSingleton<TimeProvider>(time);
        });
        using var user = app.NewUser();
        await user.IdentifyAsync();
        await user.AskAsync("one");
        time.Advance(TimeSpan.FromSeconds(42));
        await user.AskAsync("two");

        Assert.That(await ExpectAsync(user, "Too many answers were started in the last minute."), Is.EqualTo(18));
        time.Advance(TimeSpan.FromSeconds(18));
        Assert.That((await user.AskAsync("three")).GetProperty("text").GetString(), Is.EqualTo("three"));
        Assert.That(await ExpectAsync(user, "Too many answers were started in the last minute."), Is.EqualTo(42));
    }

    [Test]
    public async Task A_message_that_is_refused_after_counting_costs_a_start_and_no_place()
    {
        await using var emulator = await EmulatorServer.StartAsync();
        await using var app = await ChatApp.StartAsync(emulator, setup =>
        {
            setup.Settings["Limits:StartsPerMinute"] = "3";
            setup.Settings["Limits:RunningPerUser"] = "1";
            setup.Settings["Chat:ContextTokens"] = "256";
        });
        using var user = app.NewUser();
        await user.IdentifyAsync();
        string[] free = ["", "a\0b", new('漢', 2 * 256 * 128 / 3 + 1)];
        string[] counted = [string.Concat(Enumerable.Repeat("word ", 300)), string.Concat(Enumerable.Repeat("word ", 3_000))];
        string[] codes = ["message_too_long", "message_far_too_long"];

        foreach (var message in free)
            Assert.That((await RefusedAsync(user, message)).Status, Is.EqualTo(400));
        for (var n = 0; n < counted.Length; n++)
            Assert.That(await RefusedAsync(user, counted[n]), Is.EqualTo((400, codes[n])));

        Assert.That((await user.AskAsync("Hi")).GetProperty("text").GetString(), Is.EqualTo("Hi"), "the third start");
        Assert.That(await RefusedAsync(user, counted[1]), Is.EqualTo((429, "too_many_starts")), "it is not counted again");
        Assert.That((await RefusedAsync(user, "")).Status, Is.EqualTo(400));
    }

    [Test]
    public async Task A_program_is_not_counted_by_its_address()
    {
        await using var emulator = await EmulatorServer.StartAsync();
        await using var app = await ChatApp.StartAsync(emulator, setup =>
        {
            setup.Settings["Limits:StartsPerMinutePerAddress"] = "1";
            setup.Settings["Api:Keys:0:Name"] = "robot";
            setup.Settings["Api:Keys:0:Key"] = "a key of sixteen and more";
        });
        using var visitor = Visitor.From(app.Address);
        (string, string) key = ("Authorization", "Bearer a key of sixteen and more");

        for (var n = 0; n < 3; n++)
            Assert.That((await Visitor.StartAsync(visitor, "Hi", Token, key)).Status, Is.EqualTo(202));
        Assert.That((await Visitor.StartAsync(visitor, "Hi", Token)).Status, Is.EqualTo(202));
        Assert.That(await Visitor.StartAsync(visitor, "Hi", Token), Is.EqualTo((429, "too_many_starts")));
    }

    private static void WithDefaultLimits(ChatApp.Setup setup)
    {
        foreach (var limit in setup.Settings.Keys.Where(key => key.StartsWith("Limits:", StringComparison.Ordinal)).ToList())
            setup.Settings.Remove(limit);
    }

    private static async Task<(int Status, string? Code)> RefusedAsync(ChatClient user, string message)
    {
        var (response, problem) = await user.JsonAsync(ChatClient.Post(new { message }, accept: "application/json"));
        return ((int)response.StatusCode, problem.GetProperty("code").GetString());
    }

    private static async Task<int> ExpectAsync(ChatClient user, string detail, int? retryAfter = null)
    {
        var (response, problem) = await user.JsonAsync(ChatClient.Post(new { message = "One more" }));
        Assert.That((int)response.StatusCode, Is.EqualTo(429));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
        Assert.That(problem.GetProperty("detail").GetString(), Is.EqualTo(detail));
        var seconds = (int)response.Headers.RetryAfter!.Delta!.Value.TotalSeconds;
        if (retryAfter is not null)
            Assert.That(seconds, Is.EqualTo(retryAfter));
        return seconds;
    }
}

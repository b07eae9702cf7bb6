using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>Limits on running answers and on starts per minute.</summary>
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

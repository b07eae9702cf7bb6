using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>Requests with the same key are one start and are paid for once.</summary>
internal sealed class IdempotencyTests : AppTest
{
    private readonly WatchedTime _time = new();

    protected override void Configure(ChatApp.Setup setup) => setup.Services = services =>
        services.AddSingleton<TimeProvider>(_time);

    [Test]
    public async Task A_repeat_attaches_to_the_running_answer_from_its_first_frame()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("a").Wait(gate).Text("b").Finish("stop").Done());
        await using var first = await User.StreamAsync(Start("one"), Token);
        await first.UntilTextAsync("a");

        await using var second = await User.StreamAsync(Start("one"), Token);
        await second.UntilTextAsync("a");
        gate.Open();
        await Task.WhenAll(first.ToEndAsync(), second.ToEndAsync());

        Assert.That(second.Frames, Is.EqualTo(first.Frames));
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task Twenty_simultaneous_repeats_start_one_answer()
    {
        await User.IdentifyAsync();

        var streams = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(async _ => await (await User.StreamAsync(Start("twenty"), Token)).ToEndAsync()));

        Assert.That(streams.Select(stream => stream.GenerationId).Distinct().Count(), Is.EqualTo(1));
        Assert.That(streams.Select(stream => stream.Text), Is.All.EqualTo("Hi"));
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task Twenty_simultaneous_repeats_of_any_shape_start_one_answer()
    {
        await User.IdentifyAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async n =>
        {
            using var request = Start("any", accept: "application/json");
            if (n % 2 == 0)
                request.Headers.Add("Prefer", "respond-async");
            return await User.JsonAsync(request);
        }));

        Assert.That(
            answers.Select(answer => (int)answer.Response.StatusCode).Order(),
            Is.EqualTo(Enumerable.Repeat(200, 10).Concat(Enumerable.Repeat(202, 10))));
        Assert.That(
            answers.Select(answer => answer.Body.GetProperty("generationId").GetString()).Distinct().Count(), Is.EqualTo(1));
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task The_parameter_is_the_same_key_as_the_header()
    {
        await using var first = await (await User.StreamAsync(Start("by header"[..2]), Token)).ToEndAsync();

        await using var second =
            await (await User.StreamAsync(new(HttpMethod.Get, "/chat/stream?message=Hi&idempotencyKey=by"), Token)).ToEndAsync();

        Assert.That(second.Frames, Is.EqualTo(first.Frames));
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task The_same_key_with_another_body_is_refused([Values("message", "model", "conversationId")] string member)
    {
        var answer = (await User.JsonAsync(Start("other", accept: "application/json"))).Body;
        var other = member switch
        {
            "message" => (object)new { message = "Hi!" },
            "model" => new { message = "Hi", model = "gpt-4o" },
            _ => new { message = "Hi", conversationId = answer.GetProperty("conversationId").GetString() },
        };

        var (response, problem) = await User.JsonAsync(ChatClient.Post(other, idempotencyKey: "other"));

        Assert.That((int)response.StatusCode, Is.EqualTo(422));
        Assert.That(problem.GetProperty("errors").GetProperty("Idempotency-Key")[0].GetString(),
            Is.EqualTo("This key was used before, for a request with another body."));
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task A_refused_request_does_not_use_up_its_key()
    {
        var (refused, _) = await User.JsonAsync(
            ChatClient.Post(new { message = "Hi", conversationId = "AAAAAAAAAAAAAAAA" }, idempotencyKey: "again"));
        Assert.That((int)refused.StatusCode, Is.EqualTo(404));

        var (accepted, _) = await User.JsonAsync(Start("again", accept: "application/json"));

        Assert.That((int)accepted.StatusCode, Is.EqualTo(200));
    }

    [Test]
    public async Task A_key_is_kept_for_a_day()
    {
        var first = await IdAsync();
        _time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.That(await IdAsync(), Is.EqualTo(first));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.That(await IdAsync(), Is.Not.EqualTo(first));
        Assert.That(Asked, Is.EqualTo(2));

        async Task<string?> IdAsync() =>
            (await User.JsonAsync(Start("day", accept: "application/json"))).Body.GetProperty("generationId").GetString();
    }

    [Test]
    public async Task After_a_restart_a_repeat_gets_the_stored_answer_as_four_frames()
    {
        Answers("Hi", Script.Start().Reasoning("Hm").Texts("Hel", "lo — 是").Finish("stop").Done());
        await using var first = await (await User.StreamAsync(Start("life"), Token)).ToEndAsync();
        await RestartAsync();

        using var response = await User.Http.SendAsync(Start("life"), Token);

        var body = await response.Content.ReadAsStringAsync(Token);
        Assert.That(body, Does.Contain($"data: {first.Frames[0].Data}\n"), "the same start");
        Assert.That(WireText.WithoutIds(body), Is.EqualTo("""
            event: start
            retry: 1000
            data: {"generationId":"G","conversationId":"C","messageId":"G","parentId":"P","model":"gpt-4o","title":"Hi"}
            id: G.s0

            event: snapshot
            data: {"text":"Hello — 是","reasoning":"Hm"}
            id: G.s1

            event: finish
            data: {"reason":"completed"}
            id: G.s2

            event: stop
            data: stopped
            id: G.s3


            """));
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task After_a_restart_the_state_of_an_answer_is_what_it_was()
    {
        Answers("Hi", Script.Start().Reasoning("Hm").Text("Hello").Finish("stop").Usage(12, 7, reasoning: 4).Done());
        Answers("Fail", Script.Start().Text("So far").ErrorEvent("429", "no"));
        var answer = (await User.JsonAsync(Start("state", accept: "application/json"))).Body;
        var failed = await User.AskAsync("Fail");

        await RestartAsync();

        Assert.That((await StateAsync(answer)).GetRawText(), Is.EqualTo(answer.GetRawText()));
        foreach (var member in (await StateAsync(failed)).EnumerateObject())
            Assert.That(member.Value.GetRawText(), Is.EqualTo(failed.GetProperty(member.Name).GetRawText()), member.Name);

        Task<JsonElement> StateAsync(JsonElement of) => User.FindAsync(of.GetProperty("generationId").GetString()!);
    }

    [Test]
    public async Task A_failure_without_a_word_frees_its_key()
    {
        Answers("Hi", AzureErrors.RateLimited(TimeSpan.FromSeconds(20)));
        var (failed, problem) = await User.JsonAsync(Start("retry", accept: "application/json"));
        Assert.That(((int)failed.StatusCode, failed.Headers.RetryAfter!.ToString()), Is.EqualTo((429, "20")));
        Answers("Hi", Script.Answer("Now"));

        var (response, body) = await User.JsonAsync(Start("retry", accept: "application/json"));
        var again = (await User.JsonAsync(Start("retry", accept: "application/json"))).Body;

        Assert.That(((int)response.StatusCode, body.GetProperty("text").GetString()), Is.EqualTo((200, "Now")));
        Assert.That(
            body.GetProperty("generationId").GetString(), Is.Not.EqualTo(problem.GetProperty("generationId").GetString()));
        Assert.That(again.GetRawText(), Is.EqualTo(body.GetRawText()), "the key is used up again");
        Assert.That(Asked, Is.EqualTo(2));
    }

    [Test]
    public async Task A_failure_after_the_first_word_keeps_its_key()
    {
        Answers("Hi", Script.Start().Text("So far").ErrorEvent("429", "no"));

        var first = (await User.JsonAsync(Start("word", accept: "application/json"))).Body;
        var (response, again) = await User.JsonAsync(Start("word", accept: "application/json"));

        Assert.That(again.GetRawText(), Is.EqualTo(first.GetRawText()));
        Assert.That((int)response.StatusCode, Is.EqualTo(again.GetProperty("status").GetInt32()));
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task A_repeat_after_its_conversation_was_deleted_is_gone_and_starts_nothing([Values] bool restarted)
    {
        var answer = (await User.JsonAsync(Start("deleted", accept: "application/json"))).Body;
        using var deleted =
            await User.Http.DeleteAsync($"/conversations/{answer.GetProperty("conversationId").GetString()}", Token);
        if (restarted)
            await RestartAsync();

        var (response, problem) = await User.JsonAsync(Start("deleted"));
        var (other, _) = await User.JsonAsync(ChatClient.Post(new { message = "Other" }, idempotencyKey: "deleted"));

        Assert.That((int)response.StatusCode, Is.EqualTo(410));
        Assert.That(problem.GetProperty("code").GetString(), Is.EqualTo("gone"));
        Assert.That((int)other.StatusCode, Is.EqualTo(422));
        Assert.That(Asked, Is.EqualTo(1));
    }

    private static HttpRequestMessage Start(string key, string accept = "text/event-stream") =>
        ChatClient.Post(new { message = "Hi" }, accept, idempotencyKey: key);
}

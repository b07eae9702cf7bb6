using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>The model gets the path from the root to the answered message.</summary>
internal sealed class ConversationTests : AppTest
{
    private const string System = "system: Be brief.";

    protected override void Configure(ChatApp.Setup setup) => setup.Settings["Chat:SystemPrompt"] = "Be brief.";

    [Test]
    public async Task A_message_follows_the_path_last_shown()
    {
        var first = await AskAsync(new { message = "one" });
        var second = await AskAsync(new { message = "two", conversationId = Conversation(first) });
        await AskAsync(new { message = "three", conversationId = Conversation(first) });

        Assert.That(Conversation(second), Is.EqualTo(Conversation(first)));
        Assert.That(await SentAsync(0), Is.EqualTo(new[] { System, "user: one" }));
        Assert.That(await SentAsync(1), Is.EqualTo(new[] { System, "user: one", "assistant: one", "user: two" }));
        Assert.That(
            await SentAsync(2),
            Is.EqualTo(new[] { System, "user: one", "assistant: one", "user: two", "assistant: two", "user: three" }));
    }

    [Test]
    public async Task A_get_follows_the_conversation_that_it_names()
    {
        var first = await AskAsync(new { message = "one" });

        await User.JsonAsync(new(HttpMethod.Get, $"/chat/stream?message=two&conversationId={Conversation(first)}"));

        Assert.That(await SentAsync(1), Is.EqualTo(new[] { System, "user: one", "assistant: one", "user: two" }));
    }

    [Test]
    public async Task A_parent_is_found_with_and_without_its_conversation([Values] bool named)
    {
        var first = await AskAsync(new { message = "one" });
        await AskAsync(new { message = "two", conversationId = Conversation(first) });

        await AskAsync(new { message = "instead", parentId = Id(first), conversationId = named ? Conversation(first) : null });

        Assert.That(await SentAsync(2), Is.EqualTo(new[] { System, "user: one", "assistant: one", "user: instead" }));
    }

    [Test]
    public async Task The_conversation_itself_is_the_parent_of_its_first_message([Values] bool named)
    {
        var first = await AskAsync(new { message = "one" });

        var edited = await AskAsync(
            new { message = "won", parentId = Conversation(first), conversationId = named ? Conversation(first) : null });

        Assert.That(Conversation(edited), Is.EqualTo(Conversation(first)));
        Assert.That(await SentAsync(1), Is.EqualTo(new[] { System, "user: won" }));
    }

    [Test]
    public async Task An_edit_is_a_sibling_and_becomes_the_path_shown()
    {
        var first = await AskAsync(new { message = "one" });
        var second = await AskAsync(new { message = "two", conversationId = Conversation(first) });
        await AskAsync(new { message = "too", parentId = Id(first) });
        await AskAsync(new { message = "three", conversationId = Conversation(first) });
        await AskAsync(new { message = "four", parentId = Id(second) });

        Assert.That(
            await SentAsync(3),
            Is.EqualTo(new[] { System, "user: one", "assistant: one", "user: too", "assistant: too", "user: three" }));
        Assert.That(
            await SentAsync(4),
            Is.EqualTo(new[] { System, "user: one", "assistant: one", "user: two", "assistant: two", "user: four" }),
            "nothing was overwritten");
    }

    [Test]
    public async Task Regenerate_answers_the_same_message_again_with_any_model()
    {
        await using var first = await (await User.StartAsync("one")).ToEndAsync();
        var asked = first.Frames[0].Json.GetProperty("parentId").GetString();
        Answers("one", Script.Answer("another"));

        await using var again = await (await User.StreamAsync(ChatClient.Post(new { parentId = asked }), Token)).ToEndAsync();

        Assert.That(await SentAsync(1), Is.EqualTo(new[] { System, "user: one" }));
        Assert.That(again.Text, Is.EqualTo("another"));
        Assert.That(again.Frames[0].Json.GetProperty("parentId").GetString(), Is.EqualTo(asked));
        Assert.That(again.ConversationId, Is.EqualTo(first.ConversationId));
        Assert.That(again.Frames[0].Json.GetProperty("title").GetString(), Is.EqualTo("one"));
    }

    [Test]
    public async Task Continue_asks_to_go_on_and_the_two_are_one_answer_from_then_on()
    {
        Answers("one", Script.Start().Text("as fa").Finish("length").Done());
        var first = await AskAsync(new { message = "one" });
        Answers(
            "Go on with your last answer exactly where it ends. Repeat nothing of it, and say nothing about going on.",
            Script.Answer("r as this"));

        var more = await AskAsync(new { parentId = Id(first) });
        await AskAsync(new { message = "two", conversationId = Conversation(first) });

        Assert.That(await SentAsync(1), Is.EqualTo(new[]
        {
            System, "user: one", "assistant: as fa",
            "user: Go on with your last answer exactly where it ends. Repeat nothing of it, and say nothing about going on.",
        }));
        Assert.That(more.GetProperty("text").GetString(), Is.EqualTo("r as this"));
        Assert.That(await SentAsync(2), Is.EqualTo(new[] { System, "user: one", "assistant: as far as this", "user: two" }));
        var found = await User.Http.GetStringAsync("/conversations?q=far", Token);
        Assert.That(found, Does.Contain(Conversation(first)!), "a word of which each part has a half");
    }

    [Test]
    public async Task A_stopped_answer_counts_and_a_failed_one_does_not()
    {
        Answers("one", Script.Start().Text("so far").Stall());
        await using var stream = await User.StartAsync("one");
        await stream.UntilTextAsync("so far");
        using var stopped = await User.StopAsync(stream.GenerationId);
        Answers("two", Script.Start().Text("broken").Cut());
        await AskAsync(new { message = "two", conversationId = stream.ConversationId });
        await AskAsync(new { message = "three", conversationId = stream.ConversationId });

        Assert.That(
            await SentAsync(2), Is.EqualTo(new[] { System, "user: one", "assistant: so far", "user: two\n\nthree" }));
    }

    [Test]
    public async Task The_model_request_has_only_the_necessary_members()
    {
        await AskAsync(new { message = "Grüße 🙂" });

        var request = await AskedAsync();
        Assert.That(request.Path, Is.EqualTo("/openai/v1/chat/completions"));
        Assert.That(request.Query, Is.Empty);
        Assert.That(request.Headers["api-key"], Is.EqualTo("emulator-key"));
        Assert.That(request.Body, Is.EqualTo(
            """{"model":"gpt-4o","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Grüße 🙂"}],"stream":true,"stream_options":{"include_usage":true}}"""
                .Replace("🙂", "\\uD83D\\uDE42", StringComparison.Ordinal)));
    }

    private static string? Conversation(JsonElement answer) => answer.GetProperty("conversationId").GetString();

    private static string? Id(JsonElement answer) => answer.GetProperty("messageId").GetString();

    private async Task<JsonElement> AskAsync(object body) =>
        (await User.JsonAsync(ChatClient.Post(body, accept: "application/json"))).Body;

    private async Task<IEnumerable<string>> SentAsync(int index) =>
        (await AskedAsync(index)).Json.GetProperty("messages").EnumerateArray()
        .Select(message => $"{message.GetProperty("role").GetString()}: {message.GetProperty("content").GetString()}");
}

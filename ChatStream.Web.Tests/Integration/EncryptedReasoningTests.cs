using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>
/// The reasoning of an answer goes back to its service with the next message, encrypted, because the service keeps nothing.
/// </summary>
internal sealed class EncryptedReasoningTests : AppTest
{
    private static readonly Script Reasoned = Script.Start().Reasoning("Hm").Text("Hello").Finish("stop").Done();

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["AzureOpenAI:Deployment"] = "gpt-5-mini";
        setup.Settings["AzureOpenAI:Api"] = "responses";
        var others = new[]
        {
            ("several", 0, "gpt-5-mini"), ("several", 1, "gpt-5.1"), ("fresh", 0, "gpt-5-nano"), ("plain", 0, "gpt-4o"),
        };
        foreach (var (model, number, deployment) in others)
        {
            var at = Array.IndexOf(["several", "fresh", "plain"], model);
            setup.Settings[$"Models:{at}:Name"] = model;
            setup.Settings[$"Models:{at}:Deployments:{number}:Endpoint"] = Emulator.Endpoint.ToString();
            setup.Settings[$"Models:{at}:Deployments:{number}:Deployment"] = deployment;
            setup.Settings[$"Models:{at}:Deployments:{number}:ApiKey"] = "emulator-key";
            setup.Settings[$"Models:{at}:Deployments:{number}:Api"] = "responses";
        }
    }

    [Test]
    public async Task The_next_request_carries_it_before_the_answer()
    {
        Answers("one", Reasoned);
        var conversation = (await User.AskAsync("one")).GetProperty("conversationId").GetString();

        await User.AskAsync("two", conversation);
        await User.AskAsync("three", conversation);

        Assert.That(InputOf(await AskedAsync(1)), Is.EqualTo(new[]
        {
            "user one", $"reasoning gAAAAA-gpt-5-mini-{IdOf(await AskedAsync(1))}", "assistant Hello", "user two",
        }));
        Assert.That(InputOf(await AskedAsync(2)).Take(4), Is.EqualTo(InputOf(await AskedAsync(1))), "the beginning stays");
    }

    [Test]
    public async Task Another_deployment_does_not_get_it()
    {
        Answers("one", Reasoned);
        Emulator.On(request =>
            request is { LastUserMessage: "deux", Deployment: "gpt-5-mini" } ? AzureErrors.ServerError() : null);
        var conversation = (await AskAsync("one", "several")).GetProperty("conversationId").GetString();

        var answer = await AskAsync("deux", "several", conversation);

        Assert.That(answer.GetProperty("text").GetString(), Is.EqualTo("deux"));
        Assert.That((await AskedAsync(2)).Deployment, Is.EqualTo("gpt-5.1"));
        Assert.That(InputOf(await AskedAsync(2)), Is.EqualTo(new[] { "user one", "assistant Hello", "user deux" }));
    }

    [Test]
    public async Task Once_it_is_refused_it_is_left_out()
    {
        Answers("one", Reasoned);
        Emulator.On(request =>
            request.LastUserMessage == "zwei" && request.Body.Contains("\"type\":\"reasoning\"", StringComparison.Ordinal)
                ? AzureErrors.UnverifiedReasoning("rs_1") : null);
        var conversation = (await AskAsync("one", "fresh")).GetProperty("conversationId").GetString();

        var answer = await AskAsync("zwei", "fresh", conversation);
        await AskAsync("three", "fresh", conversation);

        Assert.That(answer.GetProperty("text").GetString(), Is.EqualTo("zwei"));
        Assert.That(Asked, Is.EqualTo(4), "refused once");
        Assert.That(InputOf(await AskedAsync(2)), Is.EqualTo(new[] { "user one", "assistant Hello", "user zwei" }));
        Assert.That((await AskedAsync(3)).Body, Does.Not.Contain("encrypted_content").And.Contain("\"summary\":\"auto\""));
    }

    [Test]
    public async Task A_model_without_reasoning_is_asked_for_it_once()
    {
        await AskAsync("one", "plain");
        var first = Asked;
        await AskAsync("two", "plain");

        Assert.That((first, Asked), Is.EqualTo((2, 3)));
    }

    [Test]
    public async Task What_is_too_large_is_not_kept()
    {
        Answers("one", Script.Start().Reasoning(new string('x', 300_000)).Text("Hello").Finish("stop").Done());
        var conversation = (await User.AskAsync("one")).GetProperty("conversationId").GetString();

        await User.AskAsync("two", conversation);

        Assert.That(InputOf(await AskedAsync(1)), Is.EqualTo(new[] { "user one", "assistant Hello", "user two" }));
    }

    [Test]
    public async Task An_answer_that_was_continued_goes_without()
    {
        Answers("one", Script.Start().Reasoning("Hm").Text("Hel").Finish("length").Done());
        Emulator.On(request => request.LastUserMessage.StartsWith("Go on with your last answer", StringComparison.Ordinal)
            ? Script.Answer("lo") : null);
        var first = await User.AskAsync("one");
        var conversation = first.GetProperty("conversationId").GetString();
        await User.JsonAsync(ChatClient.Post(
            new { parentId = first.GetProperty("messageId").GetString(), conversationId = conversation }, "application/json"));

        await User.AskAsync("two", conversation);

        Assert.That(InputOf(await AskedAsync(2)), Is.EqualTo(new[] { "user one", "assistant Hello", "user two" }));
    }

    private async Task<JsonElement> AskAsync(string message, string model, string? conversationId = null) =>
        (await User.JsonAsync(ChatClient.Post(new { message, model, conversationId }, "application/json"))).Body;

    private static string?[] InputOf(EmulatedRequest request) =>
    [
        .. request.Json.GetProperty("input").EnumerateArray().Select(item => item.GetProperty("type").GetString() == "reasoning"
            ? $"reasoning {item.GetProperty("encrypted_content").GetString()}"
            : $"{item.GetProperty("role").GetString()} {item.GetProperty("content").GetString()}"),
    ];

    private static string? IdOf(EmulatedRequest request) => request.Json.GetProperty("input").EnumerateArray()
        .Single(item => item.GetProperty("type").GetString() == "reasoning").GetProperty("id").GetString();
}

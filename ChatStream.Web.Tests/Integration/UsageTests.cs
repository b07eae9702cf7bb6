using System.Text.Json;
using ChatStream.Emulator;
using ChatStream.Web.Conversations;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>What an answer says that it used: the service's count, or an estimate that is marked as one.</summary>
internal sealed class UsageTests : AppTest
{
    private const string Prompt = "Be brief.";
    private const string Question = "How do tides work?";

    private static readonly TokenCounter Tokens = new();

    /// <summary>Tokens of the system prompt and the question, as the budget of the context counts them.</summary>
    private static readonly int Sent = Tokens.Count(Prompt) + Tokens.Count(Question);

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["Chat:SystemPrompt"] = Prompt;
        setup.Settings["Generation:KeepEndedCount"] = "0"; // so that the state comes from the database
        setup.Settings["Models:0:Name"] = "gone";
        setup.Settings["Models:0:Deployments:0:Endpoint"] = EmulatorServer.RefusingEndpoint().ToString();
        setup.Settings["Models:0:Deployments:0:Deployment"] = "gpt-4o";
        setup.Settings["Models:0:Deployments:0:ApiKey"] = "emulator-key";
    }

    private static IEnumerable<TestCaseData> Estimates()
    {
        yield return Case("no usage", Script.Start().Text("The Moon pulls.").Finish("stop").Done(), "The Moon pulls.");
        yield return Case("length, no usage", Script.Start().Text("The Moon").Finish("length").Done(), "The Moon");
        yield return Case("reasoning", Script.Start().Reasoning("Moon, Sun.").Text("Gravity.").Finish("stop").Done(), "Gravity.",
            "Moon, Sun.");
        yield return Case("a broken connection", Script.Start().Text("The Moon ").Text("pulls").Reset(), "The Moon pulls");
        yield return Case("no finish reason", Script.Start().Text("The Moon").Done(), "The Moon");
        yield return Case("a fault in mid-answer", Script.Start().Text("The").ErrorEvent("server_error", "No."), "The");
        yield return Case("a filtered answer", Script.Start().Text("The Moon").Finish("content_filter").Done(), "The Moon");
        yield return Case("a withdrawn answer",
            Script.Start().Text("The Moon").Finish("stop").FilterAnnotation(0, 0, 8, violation: true).Done(), "The Moon");
        yield return Case("a filtered prompt", AzureErrors.PromptFiltered(), "");
        yield return Case("408", Script.Error(408, "{}"), "");
        yield return Case("a prompt that is too long for the model", AzureErrors.ContextLengthExceeded(), "");
        yield return Case("an impossible count",
            Script.Start().Text("Gravity.").Finish("stop").Usage(-1, 2_000_000_000).Done(), "Gravity.");
    }

    [TestCaseSource(nameof(Estimates))]
    public async Task An_estimate_stands_in_for_a_count(Script script, string text, string? reasoning)
    {
        Answers(Question, script);
        var thought = reasoning is null ? 0 : Tokens.CountText(reasoning);
        var expected = $$"""{"inputTokens":{{Sent}},"outputTokens":{{Tokens.CountText(text) + thought}}"""
            + (reasoning is null ? "" : $$""","reasoningTokens":{{thought}}""") + ""","estimated":true}""";

        await using var stream = await (await User.StartAsync(Question)).ToEndAsync();

        await AssertUsedAsync(stream, expected);
    }

    [Test]
    public async Task What_the_service_says_comes_before_what_it_leaves_out()
    {
        const string Early =
            """{"choices":[],"usage":{"prompt_tokens":20,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":8}}}""";
        Answers(Question, Script.Start().Text("The Moon").Event(Early).Text(" pulls the sea.").Finish("stop").Done());

        await using var stream = await (await User.StartAsync(Question)).ToEndAsync();

        await AssertUsedAsync(stream, $$"""
            {"inputTokens":20,"outputTokens":{{3 + Tokens.CountText(" pulls the sea.")}},"cachedTokens":8,"estimated":true}
            """.Trim());
    }

    [Test]
    public async Task A_count_is_no_estimate()
    {
        Answers(Question, Script.Start().Text("Gravity.").Finish("stop").Usage(20, 3, 1).Done());

        await using var stream = await (await User.StartAsync(Question)).ToEndAsync();

        await AssertUsedAsync(stream, """{"inputTokens":20,"outputTokens":3,"reasoningTokens":1}""");
    }

    [TestCase("The Moon")]
    [TestCase("")]
    public async Task Stop_leaves_an_estimate(string text)
    {
        Answers(Question, text.Length == 0 ? Script.Silent().Stall() : Script.Start().Text(text).Stall());
        await using var stream = await User.StartAsync(Question);
        await stream.NextAsync();
        await AskedAsync();
        if (text.Length > 0)
            await stream.UntilTextAsync(text);

        using var stopped = await User.StopAsync(stream.GenerationId);

        await stream.ToEndAsync();
        await AssertUsedAsync(
            stream, $$"""{"inputTokens":{{Sent}},"outputTokens":{{Tokens.CountText(text)}},"estimated":true}""");
    }

    private static IEnumerable<TestCaseData> Refusals()
    {
        yield return new TestCaseData(AzureErrors.Unauthorized(), "gpt-4o").SetArgDisplayNames("401");
        yield return new TestCaseData(AzureErrors.RateLimited(TimeSpan.FromSeconds(1)), "gpt-4o").SetArgDisplayNames("429");
        yield return new TestCaseData(AzureErrors.ServerError(), "gpt-4o").SetArgDisplayNames("500");
        yield return new TestCaseData(AzureErrors.BadRequest("No."), "gpt-4o").SetArgDisplayNames("400");
        yield return new TestCaseData(Script.Silent(), "gone").SetArgDisplayNames("no connection");
    }

    [TestCaseSource(nameof(Refusals))]
    public async Task What_no_service_worked_on_used_nothing(Script script, string model)
    {
        Answers(Question, script);

        await using var stream = await User.StreamAsync(ChatClient.Post(new { message = Question, model }), Token);

        await stream.ToEndAsync();
        Assert.That(
            stream.Frames.Select(frame => frame.Event), Is.EqualTo(new[] { "start", "status", "failure", "finish", "stop" }));
        Assert.That((await User.FindAsync(stream.GenerationId)).TryGetProperty("usage", out _), Is.False);
    }

    [Test]
    public async Task All_that_is_sent_is_counted_in_the_next_turn_and_in_a_continuation()
    {
        const string Next = "And why twice a day?";
        Answers(Question, Script.Start().Text("The Moon pulls the sea.").Finish("stop").Done());
        Answers(Next, Script.Start().Text("There are two").Finish("length").Done());
        var first = await User.AskAsync(Question);
        var conversationId = first.GetProperty("conversationId").GetString();

        var second = await User.AskAsync(Next, conversationId);
        Answers("Continue exactly where you stopped.", Script.Start().Text(" bulges.").Finish("stop").Done());
        await User.JsonAsync(ChatClient.Post(
            new { parentId = second.GetProperty("messageId").GetString() }, accept: "application/json"));

        var sent = Sent + Tokens.Count("The Moon pulls the sea.") + Tokens.Count(Next);
        Assert.That(second.GetProperty("usage").GetRawText(),
            Is.EqualTo($$"""{"inputTokens":{{sent}},"outputTokens":{{Tokens.CountText("There are two")}},"estimated":true}"""));
    }

    [Test]
    public async Task The_page_and_the_export_say_that_it_is_estimated_and_an_import_keeps_it()
    {
        Answers(Question, Script.Start().Text("Gravity.").Finish("stop").Done());
        var answer = await User.AskAsync(Question);
        var (id, usage) = (answer.GetProperty("conversationId").GetString(), answer.GetProperty("usage").GetRawText());

        var page = await User.Http.GetStringAsync(new Uri($"/chat/{id}", UriKind.Relative), Token);
        var export = await User.Http.GetStringAsync(new Uri($"/conversations/{id}/export?format=json", UriKind.Relative), Token);
        using var imported = await User.Http.PostAsync(
            "/conversations/import", new StringContent(export, System.Text.Encoding.UTF8, "application/json"), Token);

        Assert.That(page, Does.Contain($"<dd class=\"tokens\">{Tokens.CountText("Gravity.")} tokens (estimated)</dd>"));
        Assert.That(UsageIn(export), Is.EqualTo(usage));
        Assert.That(UsageIn(await imported.Content.ReadAsStringAsync(Token)), Is.EqualTo(usage));
    }

    private static TestCaseData Case(string name, Script script, string text, string? reasoning = null) =>
        new TestCaseData(script, text, reasoning).SetArgDisplayNames(name);

    private static string UsageIn(string tree) =>
        JsonDocument.Parse(tree).RootElement.GetProperty("messages")[1].GetProperty("usage").GetRawText();

    /// <summary>The frame comes once, just before the failure or the finish, and the stored answer says the same.</summary>
    private async Task AssertUsedAsync(EventStream stream, string expected)
    {
        var closing = stream.Frames.SkipWhile(frame => frame.Event is not "usage").ToList();
        Assert.That(closing.Select(frame => frame.Event),
            Is.EqualTo(new[] { "usage", "finish", "stop" }).Or.EqualTo(new[] { "usage", "failure", "finish", "stop" }),
            string.Join(" | ", stream.Frames.Select(frame => $"{frame.Event} {frame.Data}")));
        Assert.That(closing[0].Data, Is.EqualTo(expected));
        Assert.That((await User.FindAsync(stream.GenerationId)).GetProperty("usage").GetRawText(), Is.EqualTo(expected));
    }
}

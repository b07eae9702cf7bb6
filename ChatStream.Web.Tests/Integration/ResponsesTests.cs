using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>A deployment that is asked by the Responses API answers as one with chat completions does.</summary>
internal sealed class ResponsesTests : AppTest
{
    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["AzureOpenAI:Deployment"] = "gpt-5-mini";
        setup.Settings["AzureOpenAI:Api"] = "responses";
        setup.Settings["Chat:SystemPrompt"] = "Be brief.";
        var settings = new Dictionary<string, string>
        {
            ["Models:0:Name"] = "pro",
            ["Models:0:Deployments:0:Endpoint"] = Emulator.Endpoint.ToString(),
            ["Models:0:Deployments:0:Deployment"] = "gpt-5-pro",
            ["Models:0:Deployments:0:ApiKey"] = "emulator-key",
            ["Models:1:Name"] = "dated",
            ["Models:1:Deployments:0:Endpoint"] =
                new Uri(Emulator.Endpoint, "/openai/responses?api-version=2025-04-01-preview").ToString(),
            ["Models:1:Deployments:0:Deployment"] = "gpt-5-mini",
            ["Models:1:Deployments:0:ApiKey"] = "emulator-key",
            ["Models:2:Name"] = "chat",
            ["Models:2:Deployments:0:Endpoint"] = Emulator.Endpoint.ToString(),
            ["Models:2:Deployments:0:Deployment"] = "gpt-4o",
            ["Models:2:Deployments:0:ApiKey"] = "emulator-key",
        };
        foreach (var (key, value) in settings)
            setup.Settings[key] = value;
    }

    [Test]
    public async Task Reasoning_text_and_usage_arrive_as_they_come()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Reasoning("Hm…").Wait(gate).Text("Hel").Wait(gate).Text("lo 🙂").Finish("stop")
            .Usage(12, 7, reasoning: 4).Done());

        await using var stream = await User.StartAsync("Hi");
        await stream.UntilEventAsync("reasoning");
        gate.LetOne();
        await stream.UntilTextAsync("Hel");
        gate.LetOne();
        await stream.ToEndAsync();

        Assert.That(stream.Frames.Select(frame => frame.Event), Is.EqualTo(new[]
        {
            "start", "status", "status", "reasoning", "status", "message", "message", "usage", "finish", "stop",
        }));
        Assert.That(stream.Text, Is.EqualTo("Hello 🙂"));
        Assert.That(
            stream.Frames[^3].Data, Is.EqualTo("""{"inputTokens":12,"outputTokens":7,"reasoningTokens":4}"""));
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
    }

    [Test]
    public async Task The_request_carries_the_conversation_and_asks_the_service_to_keep_nothing()
    {
        var first = await User.AskAsync("one");
        await User.AskAsync("two", first.GetProperty("conversationId").GetString());

        var request = await AskedAsync(1);
        Assert.That(request.Path, Is.EqualTo("/openai/v1/responses"));
        Assert.That(request.Body, Is.EqualTo(
            """{"model":"gpt-5-mini","input":[{"type":"message","role":"system","content":"Be brief."},"""
            + """{"type":"message","role":"user","content":"one"},{"type":"message","role":"assistant","content":"one"},"""
            + """{"type":"message","role":"user","content":"two"}],"stream":true,"store":false"""
            + ""","include":["reasoning.encrypted_content"],"reasoning":{"summary":"auto"}}"""));
    }

    private static IEnumerable<TestCaseData> Ends()
    {
        static TestCaseData Case(Script script, string reason, string text, string? code = null) =>
            new TestCaseData(script, reason, text, code).SetArgDisplayNames($"{reason} {code}");

        yield return Case(Script.Start().Text("so far").Finish("length").Usage(1, 1).Done(), "length", "so far");
        yield return Case(Script.Start().Refusal("I cannot.").Finish("stop").Done(), "completed", "I cannot.");
        yield return Case(Script.Start().Text("a").Finish("content_filter").Done(), "filtered", "a", "content_filter");
        yield return Case(Script.Start().Text("a"), "failed", "a", "malformed_response");
        yield return Case(Script.Start().Text("a").Cut(), "failed", "a", "model_unavailable");
        yield return Case(Script.Start().Text("a").Malformed(), "failed", "a", "malformed_response");
        yield return Case(Script.Start().Text("a").ErrorEvent("rate_limit_exceeded", "x"), "failed", "a", "rate_limited");
        yield return Case(Script.Start().Text("a").Finish("stop").Cut(), "completed", "a");
        yield return Case(AzureErrors.PromptFiltered(), "filtered", "", "content_filter");
        yield return Case(AzureErrors.ContextLengthExceeded(), "failed", "", "context_length_exceeded");
        yield return Case(AzureErrors.RateLimited(TimeSpan.FromDays(1)), "failed", "", "rate_limited");
        yield return Case(AzureErrors.Unauthorized(), "failed", "", "not_configured");
        yield return Case(AzureErrors.ServerError(), "failed", "", "model_unavailable");
    }

    [TestCaseSource(nameof(Ends))]
    public async Task Every_end_is_named(Script script, string reason, string text, string? code)
    {
        Answers("Hi", script);

        await using var stream = await (await User.StartAsync("Hi")).ToEndAsync();

        Assert.That(stream.Text, Is.EqualTo(text));
        Assert.That(stream.Frames[^2].Json.GetProperty("reason").GetString(), Is.EqualTo(reason));
        var failure = stream.Frames.SingleOrDefault(frame => frame.Event == "failure");
        Assert.That(failure?.Json.GetProperty("code").GetString(), Is.EqualTo(code));
    }

    [TestCase("gpt-5-mini", "prompt_filter_results")]
    [TestCase("chat", "prompt_filter_results")]
    [TestCase("chat", "prompt_annotations")]
    public async Task A_prompt_that_the_filter_stops_when_the_answer_has_begun_is_told_as_such(string model, string field)
    {
        Answers("Bad", Script.FilteredPrompt(field));

        var (_, answer) = await User.JsonAsync(ChatClient.Post(new { message = "Bad", model }, accept: "application/json"));

        Assert.That(answer.GetProperty("finishReason").GetString(), Is.EqualTo("filtered"));
        Assert.That(answer.GetProperty("failure").GetRawText(), Is.EqualTo("""
            {"code":"content_filter","message":"The prompt was stopped by the content filter: jailbreak.","categories":["jailbreak"],"of":"prompt"}
            """.Trim()));
    }

    [TestCase("gpt-5-mini")]
    [TestCase("chat")]
    public async Task Reasoning_in_tags_is_reasoning(string model)
    {
        Answers("Think", Script.Start().Texts("<thi", "nk>Hm.", "</think>\n", "Done.").Finish("stop").Usage(1, 1).Done());

        var (_, answer) = await User.JsonAsync(ChatClient.Post(new { message = "Think", model }, accept: "application/json"));

        Assert.That(
            (answer.GetProperty("text").GetString(), answer.GetProperty("reasoning").GetString()),
            Is.EqualTo(("Done.", "Hm.")));
    }

    [Test]
    public async Task Stop_closes_the_request_to_the_model()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());

        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("so far");
        using var stopped = await User.StopAsync(stream.GenerationId);
        await stream.ToEndAsync();

        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"stopped"}"""));
        var asked = await AskedAsync();
        Assert.That((await asked.Ended.WaitAsync(Token)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
    }

    [Test]
    public async Task A_model_with_responses_only_needs_no_setting()
    {
        Assert.That(await TextOfAsync("one", "pro"), Is.EqualTo("one"));
        var asked = Asked;
        Assert.That(await TextOfAsync("two", "pro"), Is.EqualTo("two"));

        Assert.That((asked, Asked), Is.EqualTo((2, 3)), "one refused request, in the first answer");
        Assert.That((await AskedAsync(2)).Path, Is.EqualTo("/openai/v1/responses"));
    }

    [Test]
    public async Task The_address_of_a_portal_names_the_interface()
    {
        Assert.That(await TextOfAsync("one", "dated"), Is.EqualTo("one"));

        var request = await AskedAsync();
        Assert.That((request.Path, request.Query["api-version"]), Is.EqualTo(("/openai/responses", "2025-04-01-preview")));
    }

    private async Task<string?> TextOfAsync(string message, string model)
    {
        var (_, answer) = await User.JsonAsync(ChatClient.Post(new { message, model }, "application/json"));
        Assert.That(answer.GetProperty("state").GetString(), Is.EqualTo("ended"));
        Assert.That(answer.GetProperty("finishReason").GetString(), Is.EqualTo("completed"));
        return answer.GetProperty("text").GetString();
    }
}

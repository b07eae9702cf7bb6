using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The page explains each end of an answer in words and offers a next step, also after a reload.</summary>
internal sealed class EndingTests : BrowserTest
{
    private const string CrashingMessage = "Crash, please";

    private const string Interrupted =
        "This answer was cut short, because the server stopped or no page was open. "
        + "The last few words may be missing.";

    private static readonly string[] Retry = ["Retry"];
    private static readonly string[] Edit = ["Edit your message"];

    [Test]
    public async Task A_message_without_an_answer_can_be_answered()
    {
        const string Alone = """
            {"id":"a","title":"\u202ealone","leafId":"m","createdAt":"2026-01-02T03:04:05Z","updatedAt":"2026-01-02T03:04:05Z",
             "messages":[{"id":"m","role":"user","text":"Is anybody there?","createdAt":"2026-01-02T03:04:05Z"}]}
            """;
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        var imported = await page.APIRequest.PostAsync(
            "/conversations/import",
            new() { DataString = Alone, Headers = [new("Content-Type", "application/json")] });
        await page.GotoAsync(imported.Headers["location"].Replace("/conversations/", "/chat/", StringComparison.Ordinal));
        Assert.That(await page.TitleAsync(), Is.EqualTo("alone · ChatStream"), "the title turns nothing round");
        await Expect(chat.Unanswered).ToContainTextAsync("This message has no answer.");

        Answer(Script.Answer("Here."));
        await chat.Unanswered.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync("Here.");
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Unanswered).ToHaveCountAsync(0);
        await Expect(chat.Messages).ToHaveCountAsync(2);
        Assert.That(Requests.Single().LastUserMessage, Is.EqualTo("Is anybody there?"));
        // The row of buttons keeps its distance when another message follows.
        var gap = await GapAsync();
        Answer(Script.Answer("Still here."));
        await chat.SendAsync("And now?");
        await Expect(chat.Messages).ToHaveCountAsync(4);
        await chat.Answer.HasEndedAsync();
        Assert.That(await GapAsync(), Is.EqualTo(gap));

        Task<double> GapAsync() => page.EvaluateAsync<double>("""
            () => {
                const answer = document.querySelector('[data-role=assistant]');
                return answer.querySelector('.meta').getBoundingClientRect().top
                    - answer.querySelector('.text').getBoundingClientRect().bottom;
            }
            """);
    }

    public static IEnumerable<TestCaseData> Ends()
    {
        var text = Script.Start().Texts(Answers.Words);
        yield return End("Completed", text.Finish("stop").Done(), "", []);
        yield return End("Completed_without_text", Script.Start().Finish("stop").Done(), "The model returned no text.", Retry);
        yield return End(
            "Length", text.Finish("length").Done(), "The answer reached the model's length limit.", ["Continue", "Retry"]);
        yield return End(
            "Length_without_text", Script.Start().Finish("length").Done(), "The answer reached the model's length limit.", Retry);
        yield return End(
            "Filtered", text.Finish("content_filter").Done(),
            "The content filter stopped this answer.Reason: violence (medium).", Edit);
        yield return End(
            "Withdrawn", text.Finish("stop").FilterAnnotation(90, 40, 90, violation: true).Done(),
            "The content filter withdrew this answer after it was shown. Its text has been removed.Reason: protected text.",
            Edit);
        yield return End(
            "Content_filter", AzureErrors.PromptFiltered(),
            "The content filter blocked this message.Reason: an attempt to get around the model's rules.", Edit);
        yield return End(
            "Rate_limited", AzureErrors.RateLimited(retryAfter: null), "The model is busy: its rate limit has been reached.",
            Retry);
        yield return End("Quota_exhausted", Script.Error(429, """{"error":{"code":"insufficient_quota"}}"""),
            "The quota or the budget for this model is used up, and waiting does not help. "
            + "The administrator of this server must raise it.", []);
        yield return End("Context_length_exceeded", AzureErrors.ContextLengthExceeded(),
            "This conversation is too long for the model. Shorten the message, or start a new chat.",
            ["Edit your message", "New chat"]);
        yield return End("Model_unavailable", AzureErrors.ServerError(), "The model could not be reached.", Retry);
        yield return End("Model_unavailable_in_mid_answer", text.Reset(), "The connection to the model was lost.", Retry);
        yield return End("Model_timeout", Script.Error(408, "{}"), "The model did not answer in time.", Retry);
        yield return End(
            "Model_timeout_in_mid_answer", text.Stall(), "The model stopped sending before the answer was complete.", Retry);
        yield return End("Model_rejected", AzureErrors.InvalidRequest("No."), "The model rejected this request.", Retry);
        yield return End("Not_configured", AzureErrors.DeploymentNotFound(),
            "The deployment does not exist or did not accept the key. The administrator of this server must check its settings.",
            Retry);
        yield return End(
            "Malformed_response", Script.Start().Malformed(), "The model sent a response that the server cannot read.", Retry);
        yield return End(
            "Malformed_response_in_mid_answer", text.Done(),
            "The model stopped without an end signal. The answer may be incomplete.", Retry);
    }

    [TestCaseSource(nameof(Ends))]
    public async Task Each_end_is_explained_in_words(string name, Script script, string words, string[] actions)
    {
        Answer(script);
        await using var user = await ArriveAsync();
        var answer = user.Chat.Answer;

        await user.Chat.SendAsync("Hello");
        await SaysAsync();
        await Picture.TakeBothAsync(user.Chat, $"ending-{name}");
        await user.Page.ReloadAsync();
        await SaysAsync();

        async Task SaysAsync()
        {
            await answer.HasEndedAsync();
            Assert.That(string.Concat(await answer.Ending.AllInnerTextsAsync()), Is.EqualTo(words));
            await Expect(answer.Actions).ToHaveTextAsync(actions);
            await Expect(answer.Status).ToBeHiddenAsync();
        }
    }

    [Test]
    public async Task A_server_fault_is_explained_in_words()
    {
        await using var user = await ArriveAsync();
        var answer = user.Chat.Answer;

        await user.Chat.SendAsync(CrashingMessage);

        await Expect(answer.Ending).ToHaveTextAsync(["Something went wrong on the server."]);
        await Expect(answer.Actions).ToHaveTextAsync(Retry);
        await Picture.TakeBothAsync(user.Chat, "ending-Internal");
        await user.Page.ReloadAsync();
        await Expect(answer.Ending).ToHaveTextAsync(["Something went wrong on the server."]);
        await Expect(answer.Actions).ToHaveTextAsync(Retry);
    }

    [Test]
    public async Task An_answer_interrupted_by_a_server_stop_can_be_continued()
    {
        await using var emulator = await EmulatorServer.StartAsync(cancellationToken: Timeout);
        emulator.Enqueue(Script.Start().Text("So far").Stall());
        await using var app = await ChatApp.StartAsync(emulator);
        await using var user = await ArriveAsync(app.Address);
        var (chat, answer) = (user.Chat, user.Chat.Answer);
        await chat.SendAsync("Hello");
        await Expect(answer.Text).ToHaveTextAsync("So far");

        await app.RestartAsync();
        await Expect(answer.Ending).ToHaveTextAsync([Interrupted]);
        await Expect(answer.Actions).ToHaveTextAsync(["Continue", "Retry"]);
        await Picture.TakeBothAsync(chat, "ending-Interrupted");

        // The app has another port now; cookies do not depend on the port.
        await user.Page.GotoAsync(new Uri(app.Address, new Uri(user.Page.Url).AbsolutePath).ToString());
        await Expect(answer.Ending).ToHaveTextAsync([Interrupted]);
        emulator.Enqueue(Script.Answer(" and on."));
        await answer.Continue.ClickAsync();
        await answer.HasEndedAsync();
        await Expect(chat.Answers.Locator("> .text")).ToHaveTextAsync(["So far and on."]);
    }

    [Test]
    public async Task A_rate_limit_counts_down_until_Retry_is_offered()
    {
        Answer(AzureErrors.RateLimited(TimeSpan.FromSeconds(90)));
        Answer(Script.Answer("Now."));
        await using var user = await ArriveAsync(path: null);
        await user.Page.Clock.InstallAsync();
        await user.Page.GotoAsync("/");
        var answer = user.Chat.Answer;

        await user.Chat.SendAsync("Hello");
        await IsCountedAsync();
        await user.Page.ReloadAsync();
        await IsCountedAsync();
        await user.Page.Clock.FastForwardAsync(89_000);
        await user.Page.Clock.FastForwardAsync(2_000);
        await Expect(answer.Countdown).ToBeHiddenAsync();
        await answer.Retry.ClickAsync();

        await Expect(answer.Text).ToHaveTextAsync("Now.");
        await Expect(user.Chat.Messages).ToHaveCountAsync(2);

        async Task IsCountedAsync()
        {
            await Expect(answer.Countdown)
                .ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^You can retry in 1:[0-3][0-9].$"));
            await Expect(answer.Retry).ToBeDisabledAsync();
        }
    }

    [Test]
    public async Task Retry_puts_another_answer_in_the_place_of_the_failed_one()
    {
        var gate = new Gate();
        Answer(AzureErrors.ServiceUnavailable());
        Answer(Answers.InHalves(gate));
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Retry).ToBeVisibleAsync();

        await chat.Answer.Retry.ClickAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        await Expect(chat.Answer.Ending).ToHaveCountAsync(0);
        gate.Open();
        await chat.Answer.HasEndedAsync();

        await Expect(chat.Messages).ToHaveCountAsync(2);
        await user.Page.ReloadAsync();
        await Expect(chat.Messages).ToHaveCountAsync(2);
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        Assert.That(Requests.Select(request => request.LastUserMessage), Is.EqualTo(new[] { "Hello", "Hello" }));
    }

    [Test]
    public async Task Edit_opens_the_message_and_the_edited_text_replaces_it()
    {
        Answer(Script.Answer("First."));
        Answer(AzureErrors.PromptFiltered());
        Answer(Script.Answer("Better."));
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("One");
        await chat.Answer.HasEndedAsync();
        await chat.SendAsync("Something bad");
        await Expect(chat.Answer.Edit).ToBeVisibleAsync();
        await chat.Message.FillAsync("a draft");

        await chat.Answer.Edit.ClickAsync();
        await Expect(chat.Edited).ToHaveValueAsync("Something bad");
        await Expect(chat.Edited).ToBeFocusedAsync();
        await chat.CancelEdit.ClickAsync();
        await Expect(chat.Edited).ToHaveCountAsync(0);

        await chat.Answer.Edit.ClickAsync();
        await chat.EditAsync("Something good");
        await Expect(chat.Answer.Text).ToHaveTextAsync("Better.");
        await Expect(chat.Edited).ToHaveCountAsync(0);
        await Expect(chat.Message).ToHaveValueAsync("a draft");
        await Expect(chat.Questions).ToHaveTextAsync(["One", "Something good"]);
        await user.Page.ReloadAsync();
        await Expect(chat.Questions).ToHaveTextAsync(["One", "Something good"]);
        await Expect(chat.Messages).ToHaveCountAsync(4);
        Assert.That(Requests[^1].Body, Does.Contain("First.").And.Not.Contain("Something bad"));
    }

    protected override Task<ChatApp> StartAppAsync(EmulatorServer emulator) => ChatApp.StartAsync(emulator, setup =>
    {
        setup.Settings["ModelTimeouts:BetweenBytes"] = "00:00:10";
        setup.Services = services =>
        {
            var registered = services.Last(service => service.ServiceType == typeof(IChatClient)).ImplementationFactory!;
            services.AddSingleton<IChatClient>(provider => new CrashingClient((IChatClient)registered(provider)));
        };
    });

    private static TestCaseData End(string name, Script script, string words, string[] actions) =>
        new TestCaseData(name, script, words, actions).SetArgDisplayNames(name);

    /// <summary>Throws an exception that the app does not expect.</summary>
    private sealed class CrashingClient(IChatClient inner) : DelegatingChatClient(inner)
    {
        public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            messages.Last().Text == CrashingMessage
                ? throw new InvalidOperationException("A fault that a test wanted.")
                : base.GetStreamingResponseAsync(messages, options, cancellationToken);
    }
}

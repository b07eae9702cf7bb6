using System.Text.RegularExpressions;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The page in a browser without scripts: a form and pages, with nothing lost.</summary>
internal sealed class WithoutScriptTests : BrowserTest
{
    [Test]
    public async Task The_form_sends_and_the_page_shows_the_whole_answer()
    {
        Answer(Script.Answer("<b>Hello", "</b>\n  you."));
        await using var user = await ArriveAsync(javaScript: false);
        var chat = user.Chat;

        await chat.Message.FillAsync("One\ntwo");
        await chat.Send.ClickAsync();

        await Expect(user.Page).ToHaveURLAsync(new Regex("/chat/[A-Za-z0-9_-]{16}$"));
        await Expect(chat.Questions).ToHaveTextAsync(["One two"]);
        await Expect(chat.Conversations).ToHaveTextAsync(["One two"]);
        await Expect(chat.Message).ToHaveValueAsync("");
        Assert.That(await chat.Answer.Text.TextContentAsync(), Is.EqualTo("<b>Hello</b>\n  you."));
        Assert.That(Requests.Single().LastUserMessage, Is.EqualTo("One\ntwo"));

        Answer(Script.Start().Text("Half").Finish("length").Done());
        await chat.Message.FillAsync("Three");
        await chat.Send.ClickAsync();
        await Expect(chat.Messages).ToHaveCountAsync(4);
        await Expect(chat.Answer.Ending).ToHaveTextAsync(["The answer reached the model's length limit."]);
        await Expect(chat.Answer.Actions).ToHaveCountAsync(0);
    }

    [Test]
    public async Task While_an_answer_runs_the_page_shows_its_text_so_far_and_refreshes_itself()
    {
        var gate = new Gate();
        Answer(Answers.WordByWord(gate));
        await using var user = await ArriveAsync(javaScript: false);
        await user.Chat.Message.FillAsync("Hello");
        // The form waits for the answer. Other tabs can already read the conversation.
        await user.Chat.BeginToSendAsync();
        await RequestAsync(0);
        gate.LetOne();

        var tab = await user.NewTabAsync("/");
        await tab.Conversations.ClickAsync();
        await Expect(tab.Answer.Text).ToHaveTextAsync("One");
        await Expect(tab.Answer.Phase).ToHaveTextAsync("Writing");
        await Expect(tab.Composer).ToBeHiddenAsync();
        gate.LetOne();
        await Expect(tab.Answer.Text).ToHaveTextAsync("One two");

        await tab.Answer.StopWithoutScript.ClickAsync();
        await Expect(tab.Answer.Ending).ToHaveTextAsync(["You stopped this answer."]);
        await Expect(tab.Answer.Text).ToHaveTextAsync("One two");
        await Expect(tab.Composer).ToBeVisibleAsync();
        // The form has its answer now.
        await Expect(user.Chat.Answer.Ending).ToHaveTextAsync(["You stopped this answer."]);
        await Expect(user.Page).ToHaveURLAsync(tab.Page.Url);
        Assert.That((await Requests.Single().Ended.WaitAsync(Timeout)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
    }

    [Test]
    public async Task The_answer_of_another_browser_cannot_be_stopped()
    {
        var gate = new Gate();
        Answer(Answers.InHalves(gate));
        await using var user = await ArriveAsync();
        await user.Chat.SendAsync("Hello");
        await Expect(user.Chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        await using var other = await ArriveAsync(javaScript: false);
        var form = other.Context.APIRequest.CreateFormData();
        form.Set("generationId", await user.Chat.Answer.IdAsync());

        var response = await other.Context.APIRequest.PostAsync("/chat/stop", new() { Form = form });

        Assert.That(response.Status, Is.EqualTo(404));
        gate.Open();
        await user.Chat.Answer.HasEndedAsync();
        await Expect(user.Chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
    }

    [Test]
    public async Task A_double_click_on_Send_is_one_message()
    {
        Answer(Script.Answer(Answers.Words));
        await using var user = await ArriveAsync(javaScript: false);
        await user.Chat.Message.FillAsync("Hello");

        await user.Chat.Send.DblClickAsync();

        await Expect(user.Chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        await Expect(user.Chat.Messages).ToHaveCountAsync(2);
        await Expect(user.Chat.Conversations).ToHaveCountAsync(1);
        Assert.That(Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_form_sent_again_while_its_answer_is_written_is_the_same_message()
    {
        var gate = new Gate();
        Answer(Answers.InHalves(gate));
        await using var user = await ArriveAsync(javaScript: false);
        var chat = user.Chat;
        await chat.Message.FillAsync("Hello");
        var form = user.Context.APIRequest.CreateFormData();
        foreach (var (name, value) in await chat.FormFieldsAsync())
            form.Set(name, value);

        await chat.BeginToSendAsync();
        await RequestAsync(0);
        var again = user.Context.APIRequest.PostAsync("/chat", new() { Form = form });
        gate.Open();

        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        await Expect(chat.Messages).ToHaveCountAsync(2);
        Assert.That((await again).Url, Is.EqualTo(user.Page.Url), "the same conversation");
        Assert.That(Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_refused_form_comes_back_with_its_text_and_the_reason()
    {
        var message = string.Join(' ', Enumerable.Repeat("word", 300));
        Answer(Script.Answer("Hello."));
        await using var user = await ArriveAsync(javaScript: false);
        var chat = user.Chat;
        await chat.Message.FillAsync("Hello");
        await chat.Send.ClickAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync("Hello.");

        await chat.Message.FillAsync(message);
        var response =
            await user.Page.RunAndWaitForResponseAsync(() => chat.Send.ClickAsync(), answer =>
                answer.Url.EndsWith("/chat", StringComparison.Ordinal));

        Assert.That(response.Status, Is.EqualTo(400));
        await Expect(chat.Refusal).ToHaveTextAsync(new Regex(@"^The message is 30\d tokens long; at most 256 fit\.$"));
        await Expect(chat.Message).ToHaveValueAsync(message);
        await Expect(chat.Messages).ToHaveCountAsync(2);

        // The page that came back still sends to its conversation.
        Answer(Script.Answer("Better."));
        await chat.Message.FillAsync("Shorter");
        await chat.Send.ClickAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync("Better.");
        await Expect(chat.Messages).ToHaveCountAsync(4);
    }

    protected override Task<ChatApp> StartAppAsync(EmulatorServer emulator) =>
        ChatApp.StartAsync(emulator, setup => setup.Settings["Chat:ContextTokens"] = "256");
}

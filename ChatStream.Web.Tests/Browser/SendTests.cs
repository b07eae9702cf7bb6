using System.Text.RegularExpressions;
using ChatStream.Emulator;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>From a typed message to the end of its answer.</summary>
internal sealed class SendTests : BrowserTest
{
    [Test]
    public async Task Words_appear_one_by_one_and_the_answer_ends()
    {
        var gate = new Gate();
        Answer(Answers.WordByWord(gate));
        await using var user = await ArriveAsync();
        var chat = user.Chat;

        await chat.SendAsync("Count to six");
        await Expect(chat.Stop).ToBeVisibleAsync();
        await Expect(chat.Send).ToBeDisabledAsync();
        for (var i = 1; i <= Answers.Words.Count; i++)
        {
            gate.LetOne();
            await Expect(chat.Answer.Text).ToHaveTextAsync(string.Concat(Answers.Words.Take(i)));
            await Expect(chat.Answer.Article).ToHaveAttributeAsync("data-state", "running");
        }
        gate.LetOne();

        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        await Expect(chat.Answer.Status).ToBeHiddenAsync();
        await Expect(chat.Answer.Ending).ToHaveCountAsync(0);
        await Expect(chat.Answer.Actions).ToHaveCountAsync(0);
        await Expect(chat.Answer.Tokens).ToHaveTextAsync("6 tokens");
        await Expect(chat.Questions).ToHaveTextAsync(["Count to six"]);
        await Expect(chat.Stop).ToBeHiddenAsync();
        await Expect(chat.Send).ToBeEnabledAsync();
    }

    [Test]
    public async Task The_phase_is_shown_with_its_seconds()
    {
        var gate = new Gate();
        Answer(Script.Silent().Wait(gate).PromptFilter().Role().Wait(gate).Text("Done").Wait(gate).Finish("stop").Done());
        await using var user = await ArriveAsync(path: null);
        await user.Page.Clock.InstallAsync();
        await user.Page.GotoAsync("/");
        var answer = user.Chat.Answer;

        await user.Chat.SendAsync("Hello");
        await Expect(answer.Phase).ToHaveTextAsync("Analyzing");
        await user.Page.Clock.FastForwardAsync(12_000);
        await Expect(answer.Elapsed).ToHaveTextAsync(new Regex("^1[0-9] s$"));
        gate.LetOne();
        await Expect(answer.Phase).ToHaveTextAsync("Thinking");
        gate.LetOne();
        await Expect(answer.Phase).ToHaveTextAsync("Writing");
        await Expect(answer.Text).ToHaveTextAsync("Done");
        await user.Page.Clock.FastForwardAsync(20_000);
        await Expect(answer.Elapsed).ToHaveTextAsync(new Regex("^3[0-9] s$"));
        gate.LetOne();

        await answer.HasEndedAsync();
        await Expect(answer.Status).ToBeHiddenAsync();
    }

    [Test]
    public async Task Reasoning_is_kept_in_a_panel_of_its_own_also_after_a_reload()
    {
        var gate = new Gate();
        Answer(Script.Start().Reasoning("Let me ").Reasoning("see.").Wait(gate).Text("Yes.").Finish("stop").Done());
        await using var user = await ArriveAsync();
        var answer = user.Chat.Answer;

        await user.Chat.SendAsync("Hello");
        await Expect(answer.Reasoning).ToBeVisibleAsync();
        await Expect(answer.Phase).ToHaveTextAsync("Thinking");
        await Expect(answer.ReasoningText).ToHaveTextAsync("Let me see.");
        await Expect(answer.Text).ToBeEmptyAsync();
        gate.Open();
        await answer.HasEndedAsync();
        await Expect(answer.Text).ToHaveTextAsync("Yes.");

        await user.Page.ReloadAsync();
        await Expect(answer.ReasoningText).ToHaveTextAsync("Let me see.");
        await Expect(answer.Text).ToHaveTextAsync("Yes.");
    }

    [Test]
    public async Task The_page_becomes_the_page_of_its_conversation()
    {
        var gate = new Gate();
        Answer(Answers.InHalves(gate));
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await Expect(chat.Conversations).ToHaveCountAsync(0);

        await chat.SendAsync("A name for it");

        await Expect(user.Page).ToHaveURLAsync(new Regex("/chat/[A-Za-z0-9_-]{16}$"));
        await Expect(user.Page).ToHaveTitleAsync("A name for it · ChatStream");
        await Expect(chat.Heading).ToHaveTextAsync("A name for it");
        await Expect(chat.Conversations).ToHaveTextAsync(["A name for it"]);
        await Expect(chat.List.Shown).ToHaveCountAsync(1);
        gate.Open();
        await chat.Answer.HasEndedAsync();

        Answer(Script.Answer("Again."));
        await chat.SendAsync("And more");
        await Expect(chat.Answers).ToHaveCountAsync(2);
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Conversations).ToHaveTextAsync(["A name for it"]);
        await user.Page.ReloadAsync();
        await Expect(chat.Messages)
            .ToHaveTextAsync([new Regex("A name for it"), new Regex(Answers.Whole), new Regex("And more"), new Regex("Again.")]);
        await Expect(user.Page).ToHaveTitleAsync("A name for it · ChatStream");
    }

    [Test]
    public async Task A_conversation_of_another_browser_is_not_found()
    {
        Answer(Script.Answer("For you."));
        await using var user = await ArriveAsync();
        await user.Chat.SendAsync("Mine");
        await user.Chat.Answer.HasEndedAsync();

        await using var other = await ArriveAsync(path: null);
        var response = await other.Page.GotoAsync(user.Page.Url);

        Assert.That(response!.Status, Is.EqualTo(404));
        await Expect(other.Chat.Refusal).ToHaveTextAsync(
            "This conversation was not found. It may have been deleted, or it was started in another browser.");
    }

    [Test]
    public async Task Enter_sends_and_Shift_Enter_breaks_the_line()
    {
        Answer(Script.Echo());
        await using var user = await ArriveAsync();
        var chat = user.Chat;

        await chat.Message.PressSequentiallyAsync("one");
        await chat.Message.PressAsync("Shift+Enter");
        await chat.Message.PressSequentiallyAsync("two");
        await Expect(chat.Message).ToHaveValueAsync("one\ntwo");
        await Expect(chat.Messages).ToHaveCountAsync(0);
        await chat.Message.PressAsync("Enter");

        await chat.Answer.HasEndedAsync();
        Assert.That(Requests.Single().LastUserMessage, Is.EqualTo("one\ntwo"));
        Assert.That(await chat.Questions.InnerTextAsync(), Is.EqualTo("one\ntwo"), "the line break is shown");
        await Expect(chat.Message).ToHaveValueAsync("");
        await Expect(chat.Message).ToBeFocusedAsync();
    }

    [Test]
    public async Task An_Enter_that_ends_a_composition_does_not_send()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.Message.FillAsync("にほん");

        // Chromium and Firefox report a running composition here. In Safari it has already ended.
        await chat.Message.DispatchEventAsync("compositionstart");
        await chat.Message.DispatchEventAsync(
            "keydown", new { key = "Enter", isComposing = true, bubbles = true, cancelable = true });
        await chat.Message.DispatchEventAsync("compositionend");
        await chat.Message.DispatchEventAsync("keydown", new { key = "Enter", keyCode = 229, bubbles = true, cancelable = true });
        await Expect(chat.Messages).ToHaveCountAsync(0);
        await Expect(chat.Message).ToHaveValueAsync("にほん");

        // The same event without a composition does send, so the page did receive the events above.
        Answer(Script.Answer("Yes."));
        await chat.Message.DispatchEventAsync("keydown", new { key = "Enter", bubbles = true, cancelable = true });
        await chat.Answer.HasEndedAsync();
        Assert.That(Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Spaces_alone_are_not_sent_and_a_second_Enter_sends_nothing()
    {
        Answer(Answers.InHalves(new Gate()));
        await using var user = await ArriveAsync();
        var chat = user.Chat;

        await chat.SendAsync(" \n ");
        await Expect(chat.Messages).ToHaveCountAsync(0);
        await chat.Message.FillAsync("Hello");
        // Both come before the server can confirm the message.
        await user.Page.EvaluateAsync(
            "() => { const { form } = document.querySelector('#message'); form.requestSubmit(); form.requestSubmit(); }");
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);

        await Expect(chat.Messages).ToHaveCountAsync(2);
        await Expect(chat.Message).ToHaveValueAsync("");
        await Expect(chat.Queued).ToBeHiddenAsync();
        Assert.That(Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Typed_text_survives_a_reload()
    {
        await using var user = await ArriveAsync();
        await user.Chat.Message.FillAsync("Half a thou");

        await user.Page.ReloadAsync();

        await Expect(user.Chat.Message).ToHaveValueAsync("Half a thou");
    }
}

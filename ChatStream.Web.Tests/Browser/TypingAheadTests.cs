using ChatStream.Emulator;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>A message that is sent while an answer runs waits for its end and is not lost.</summary>
internal sealed class TypingAheadTests : BrowserTest
{
    [Test]
    public async Task Enter_while_an_answer_runs_sends_once_it_is_complete()
    {
        var gate = new Gate();
        await using var user = await RunningAsync(Answers.InHalves(gate));
        var chat = user.Chat;
        Answer(Script.Answer("And so on."));
        await Expect(chat.Hint).ToBeHiddenAsync();

        await chat.Message.PressSequentiallyAsync("Next");
        await Expect(chat.Hint).ToBeVisibleAsync();
        await Picture.TakeBothAsync(chat, "typing-ahead");
        await chat.Message.PressAsync("Enter");
        await Expect(chat.Queued).ToBeVisibleAsync();
        await Picture.TakeBothAsync(chat, "queued");
        await Expect(chat.Hint).ToBeHiddenAsync();
        await Expect(chat.Announcement).ToHaveTextAsync("This message will be sent when the answer is finished.");
        Assert.That(Requests, Has.Count.EqualTo(1));
        gate.Open();

        await Expect(chat.Questions).ToHaveTextAsync(["Hello", "Next"]);
        await Expect(chat.Answer.Text).ToHaveTextAsync("And so on.");
        await Expect(chat.AnswerAt(0).Text).ToHaveTextAsync(Answers.Whole);
        await Expect(chat.Message).ToHaveValueAsync("");
        await Expect(chat.Queued).ToBeHiddenAsync();
        Assert.That(Requests.Select(request => request.LastUserMessage), Is.EqualTo(new[] { "Hello", "Next" }));
    }

    [Test]
    public async Task The_button_and_further_typing_hold_a_waiting_message_back([Values] bool button)
    {
        var gate = new Gate();
        await using var user = await RunningAsync(Answers.InHalves(gate));
        var chat = user.Chat;
        await chat.SendAsync("Next");
        await Expect(chat.Queued).ToBeVisibleAsync();

        if (button)
            await chat.Unqueue.ClickAsync();
        else
            await chat.Message.PressSequentiallyAsync(", please");
        await Expect(chat.Queued).ToBeHiddenAsync();
        await Expect(chat.Message).ToBeFocusedAsync();
        gate.Open();

        await IsKeptAsync(chat, button ? "Next" : "Next, please");
    }

    [Test]
    public async Task After_an_incomplete_answer_a_waiting_message_is_kept_and_not_sent([Values] bool stopped)
    {
        var gate = new Gate();
        await using var user = await RunningAsync(Script.Start().Text(Answers.FirstHalf).Wait(gate).Reset());
        var chat = user.Chat;
        await chat.SendAsync("Next");
        await Expect(chat.Queued).ToBeVisibleAsync();

        if (stopped)
            await chat.Stop.ClickAsync();
        else
            gate.Open();

        await IsKeptAsync(chat, "Next");
        await Expect(chat.Queued).ToBeHiddenAsync();
    }

    [Test]
    public async Task A_message_also_waits_for_an_answer_found_running_after_a_reload()
    {
        var gate = new Gate();
        await using var user = await RunningAsync(Answers.InHalves(gate));
        var chat = user.Chat;
        Answer(Script.Answer("And so on."));
        await user.Page.ReloadAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);

        await chat.SendAsync("Next");
        await Expect(chat.Queued).ToBeVisibleAsync();
        gate.Open();

        await Expect(chat.Questions).ToHaveTextAsync(["Hello", "Next"]);
        await Expect(chat.Answer.Text).ToHaveTextAsync("And so on.");
    }

    [Test]
    public async Task A_waiting_message_whose_conversation_is_left_is_told_and_kept()
    {
        await using var user = await RunningAsync(Script.Start().Text(Answers.FirstHalf).Stall());
        var chat = user.Chat;
        await user.ImportAsync("Another", ["One", "Two"], 1);
        await user.Page.ReloadAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        await chat.SendAsync("Next");
        await Expect(chat.Queued).ToBeVisibleAsync();

        await chat.List["Another"].Link.ClickAsync();

        await Expect(chat.Refusal).ToHaveTextAsync("Your message in “Hello” was not sent. Its text is kept there.");
        await Expect(chat.SendAgain).ToBeHiddenAsync();
        await Expect(chat.Message).ToHaveValueAsync("");
        await chat.List["Hello"].Link.ClickAsync();
        await Expect(chat.Message).ToHaveValueAsync("Next");
        await Expect(chat.Queued).ToBeHiddenAsync();
    }

    [Test]
    public async Task An_edited_message_says_that_it_has_to_wait()
    {
        var gate = new Gate();
        await using var user = await RunningAsync(Answers.InHalves(gate));
        var chat = user.Chat;

        await chat.MessageAt(0).Edit.ClickAsync();
        await chat.EditAsync("Hello again");
        await Expect(chat.Refusal)
            .ToHaveTextAsync("An answer is still being written. Wait until it ends or stop it, then send this again.");
        await Expect(chat.Edited).ToHaveValueAsync("Hello again");
        gate.Open();
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Refusal).ToBeHiddenAsync();
        Answer(Script.Answer("Again."));
        await chat.Edited.PressAsync("Enter");

        await Expect(chat.Answer.Text).ToHaveTextAsync("Again.");
        await Expect(chat.Questions).ToHaveTextAsync(["Hello again"]);
    }

    /// <summary>By the button, by Ctrl+Enter at once, and with the connection lost in between.</summary>
    [Test]
    public async Task A_message_sent_now_stops_the_answer_keeps_its_text_and_is_sent_once(
        [Values("button", "key", "lost", "phone")] string how)
    {
        Answer(Script.Start().Text(Answers.FirstHalf).Stall());
        Answer(Script.Answer("And so on."));
        await using var user = await ArriveAsync(viewport: how == "phone" ? Picture.Phone : null);
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);

        await chat.Message.FillAsync("Rather this");
        if (how == "key")
        {
            await chat.Message.PressAsync("Control+Enter");
        }
        else
        {
            if (await user.Page.EvaluateAsync<bool>("() => matchMedia('(hover: none)').matches"))
                await chat.Send.ClickAsync(); // Enter breaks the line there
            else
                await chat.Message.PressAsync("Enter");
            await Expect(chat.SendNow).ToBeVisibleAsync();
            if (how == "phone")
                await Picture.TakeAsync(user.Page, "send-now-phone");
            if (how == "lost")
                await user.Context.SetOfflineAsync(true);
            await chat.SendNow.ClickAsync();
            if (how == "lost")
            {
                await Expect(chat.Message).ToHaveValueAsync("");
                await Expect(chat.Questions).ToHaveTextAsync(["Hello", "Rather this"]);
                Assert.That(Requests, Has.Count.EqualTo(1));
                await user.Context.SetOfflineAsync(false);
            }
        }

        await Expect(chat.Answer.Text).ToHaveTextAsync("And so on.");
        await Expect(chat.Questions).ToHaveTextAsync(["Hello", "Rather this"]);
        await Expect(chat.AnswerAt(0).Text).ToHaveTextAsync(Answers.FirstHalf);
        await Expect(chat.Message).ToHaveValueAsync("");
        await Expect(chat.Queued).ToBeHiddenAsync();
        await user.Page.ReloadAsync();
        await Expect(chat.Questions).ToHaveTextAsync(["Hello", "Rather this"]);
        await Expect(chat.AnswerAt(0).Ending).ToHaveTextAsync(["You stopped this answer."]);
        Assert.That(Requests.Select(request => request.LastUserMessage), Is.EqualTo(new[] { "Hello", "Rather this" }));
        Assert.That((await Requests[0].Ended.WaitAsync(Timeout)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
    }

    /// <summary>What was refused comes back, and so does what was to be sent after it.</summary>
    [Test]
    public async Task What_is_sent_now_before_the_start_is_confirmed_is_not_lost()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        var sent = new TaskCompletionSource();
        await user.Page.RouteAsync("**/chat/stream", async route =>
        {
            await sent.Task;
            await route.FulfillAsync(Refusal);
        });

        await chat.SendAsync("First");
        await chat.Message.FillAsync("Second");
        await chat.Message.PressAsync("Control+Enter");
        await Expect(chat.Queued).ToBeVisibleAsync();
        sent.SetResult();

        await Expect(chat.Message).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("First\\s+Second"));
        await Expect(chat.Messages).ToHaveCountAsync(0);
        Assert.That(Requests, Is.Empty);
    }

    private static RouteFulfillOptions Refusal => new()
    {
        Status = 400,
        ContentType = "application/problem+json",
        Body = """{"type":"about:blank","status":400,"code":"message_too_long","numbers":[9,1]}""",
    };

    private async Task<BrowserUser> RunningAsync(Script script)
    {
        Answer(script);
        var user = await ArriveAsync();
        await user.Chat.SendAsync("Hello");
        await Expect(user.Chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        return user;
    }

    private async Task IsKeptAsync(ChatPageObject chat, string text)
    {
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Send).ToBeEnabledAsync();
        await Expect(chat.Message).ToHaveValueAsync(text);
        await Expect(chat.Messages).ToHaveCountAsync(2);
        Assert.That(Requests, Has.Count.EqualTo(1));
    }
}

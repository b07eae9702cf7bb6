using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The Stop button.</summary>
internal sealed class BrowserStopTests : BrowserTest
{
    [Test]
    public async Task Stop_keeps_the_text_and_cancels_the_model()
    {
        Answer(Script.Start().Text("So far").Stall());
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync("So far");

        await chat.Stop.ClickAsync();

        await Expect(chat.Answer.Ending).ToHaveTextAsync(["You stopped this answer."]);
        await Expect(chat.Answer.Text).ToHaveTextAsync("So far");
        await Expect(chat.Answer.Actions).ToHaveTextAsync(["Continue", "Retry"]);
        await Expect(chat.Message).ToBeFocusedAsync();
        var end = await Requests.Single().Ended.WaitAsync(Timeout);
        Assert.That(end.Outcome, Is.EqualTo(RequestOutcome.ClientClosed));

        await user.Page.ReloadAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync("So far");
        await Expect(chat.Answer.Ending).ToHaveTextAsync(["You stopped this answer."]);
        await Expect(chat.Answer.Actions).ToHaveTextAsync(["Continue", "Retry"]);
    }

    [Test]
    public async Task Stop_before_the_first_word_offers_nothing_to_continue()
    {
        Answer(Script.Silent().Stall());
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Phase).ToHaveTextAsync("Analyzing");

        await chat.Stop.ClickAsync();

        await Expect(chat.Answer.Ending).ToHaveTextAsync(["You stopped this answer."]);
        await Expect(chat.Answer.Actions).ToHaveTextAsync(["Retry"]);
        var request = await RequestAsync(0);
        Assert.That((await request.Ended.WaitAsync(Timeout)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
    }

    [Test]
    public async Task Stop_before_the_first_frame_is_kept_until_the_answer_is_known()
    {
        Answer(Script.Start().Stall());
        var lost = Fault.Silence;
        await using var proxy =
            FaultProxy.Start(App.Address, exchange =>
                exchange.RequestLine.StartsWith("POST /chat/stream ", StringComparison.Ordinal) ? lost : Fault.None);
        await using var user = await ArriveAsync(proxy.Address);
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        var request = await RequestAsync(0);
        await Expect(chat.Answer.Phase).ToHaveTextAsync("Sending");

        await chat.Stop.ClickAsync();
        await Expect(chat.Answer.Phase).ToHaveTextAsync("Stopping");
        lost = Fault.None;
        proxy.LoseConnections();

        await Expect(chat.Answer.Ending).ToHaveTextAsync(["You stopped this answer."]);
        Assert.That((await request.Ended.WaitAsync(Timeout)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
        Assert.That(Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Stop_is_sent_again_until_it_is_answered()
    {
        Answer(Script.Start().Text("So far").Stall());
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        var tries = 0;
        await user.Page.RouteAsync("**/stop", route => ++tries switch
        {
            1 => route.FulfillAsync(new() { Status = 502, ContentType = "text/html", Body = "<h1>Bad gateway</h1>" }),
            2 => route.AbortAsync(),
            _ => route.ContinueAsync(),
        });
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync("So far");

        await chat.Stop.ClickAsync();

        await Expect(chat.Answer.Ending).ToHaveTextAsync(["You stopped this answer."]);
        Assert.That(tries, Is.EqualTo(3));
        Assert.That((await Requests.Single().Ended.WaitAsync(Timeout)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
    }

    [Test]
    public async Task A_second_Stop_gives_up_waiting_and_a_resent_message_is_paid_for_once()
    {
        var gate = new Gate();
        Answer(Answers.InHalves(gate));
        var lost = Fault.Silence;
        await using var proxy =
            FaultProxy.Start(App.Address, exchange =>
                exchange.RequestLine.StartsWith("POST /chat/stream ", StringComparison.Ordinal) ? lost : Fault.None);
        await using var user = await ArriveAsync(proxy.Address);
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await RequestAsync(0);

        await chat.Stop.ClickAsync();
        await chat.Stop.ClickAsync();

        await Expect(chat.Refusal)
            .ToHaveTextAsync(
                "The message may have arrived. Sending it again is safe: it is answered only once.");
        await Expect(chat.Messages).ToHaveCountAsync(0);
        await Expect(chat.Message).ToHaveValueAsync("Hello");

        lost = Fault.None;
        await chat.SendAgain.ClickAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        gate.Open();
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        await Expect(chat.Messages).ToHaveCountAsync(2);
        await Expect(chat.Refusal).ToBeHiddenAsync();
        await Expect(chat.Message).ToHaveValueAsync("");
        Assert.That(Requests, Has.Count.EqualTo(1));
    }
}

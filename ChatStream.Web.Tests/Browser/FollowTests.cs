using System.Text.RegularExpressions;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>An answer survives reloads and lost connections of its page, and is paid for once.</summary>
internal sealed class FollowTests : BrowserTest
{
    [Test]
    public async Task After_a_reload_in_mid_answer_the_answer_goes_on()
    {
        var gate = new Gate();
        Answer(Answers.InHalves(gate));
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);

        await user.Page.ReloadAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        await Expect(chat.Answer.Phase).ToHaveTextAsync("Writing");
        await Expect(chat.Stop).ToBeVisibleAsync();
        gate.Open();

        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        await Expect(chat.Messages).ToHaveCountAsync(2);
        Assert.That(Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task After_a_reload_before_the_first_frame_the_message_is_neither_lost_nor_sent_twice()
    {
        var gate = new Gate();
        Answer(Answers.InHalves(gate));
        var lost = Fault.Silence;
        await using var proxy = FaultProxy.Start(App.Address, exchange => IsStart(exchange) ? lost : Fault.None);
        await using var user = await ArriveAsync(proxy.Address);
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await RequestAsync(0);
        await Expect(chat.Answer.Phase).ToHaveTextAsync("Sending");

        lost = Fault.None;
        await user.Page.ReloadAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        gate.Open();

        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        await Expect(chat.Messages).ToHaveCountAsync(2);
        await Expect(chat.Message).ToHaveValueAsync("");
        await Expect(chat.Conversations).ToHaveCountAsync(1);
        Assert.That(proxy.Exchanges.Count(IsStart), Is.EqualTo(2), "sent again, under the same key");
        Assert.That(Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_start_whose_response_is_lost_is_repeated_and_answered_once()
    {
        Answer(Script.Answer(Answers.Words));
        var starts = 0;
        await using var proxy =
            FaultProxy.Start(App.Address, exchange => IsStart(exchange) && starts++ == 0 ? Fault.BeforeFirstByte : Fault.None);
        await using var user = await ArriveAsync(proxy.Address);
        var chat = user.Chat;

        await chat.SendAsync("Hello");

        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        await Expect(chat.Messages).ToHaveCountAsync(2);
        await Expect(chat.Conversations).ToHaveCountAsync(1);
        Assert.That(starts, Is.EqualTo(2));
        Assert.That(Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Connections_lost_in_mid_answer_lose_no_word_and_change_no_text()
    {
        var gate = new Gate();
        Answer(Answers.WordByWord(gate));
        var offline = false;
        await using var proxy = FaultProxy.Start(App.Address, _ => offline ? Fault.BeforeFirstByte : Fault.None);
        await using var user = await ArriveAsync(proxy.Address);
        var chat = user.Chat;
        await chat.SendAsync("Hello");

        for (var i = 0; i < Answers.Words.Count; i += 2)
        {
            gate.LetOne();
            var shown = string.Concat(Answers.Words.Take(i + 1));
            await Expect(chat.Answer.Text).ToHaveTextAsync(shown);

            offline = true;
            proxy.LoseConnections();
            await Expect(chat.Connection).ToContainTextAsync("The server cannot be reached.");
            gate.LetOne();
            await Expect(chat.Answer.Text).ToHaveTextAsync(shown);

            offline = false;
            await Expect(chat.Answer.Text).ToHaveTextAsync(string.Concat(Answers.Words.Take(i + 2)));
            await Expect(chat.Answer.Phase).ToHaveTextAsync("Writing");
        }
        gate.LetOne();

        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        Assert.That(proxy.Exchanges.Count(exchange => exchange.IsReconnect), Is.GreaterThanOrEqualTo(3));
        Assert.That(Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_connection_cut_inside_a_frame_loses_no_word()
    {
        var words = Enumerable.Range(0, 12).Select(i => $" wörd{i}🌍").ToList();
        Answer(
            words.Aggregate(Script.Start(), (script, word) => script.Text(word).Delay(TimeSpan.FromMilliseconds(3)))
            .Finish("stop").Done());
        // The cuts come after the first frames, and never at the end of a frame.
        var faults = new Queue<Fault>([new(1_003), new(803, Reset: true)]);
        await using var proxy = FaultProxy.Start(App.Address, exchange =>
            exchange.RequestLine.Contains(" /chat/stream", StringComparison.Ordinal) && faults.TryDequeue(out var fault) ? fault
                : Fault.None);
        await using var user = await ArriveAsync(proxy.Address);

        await user.Chat.SendAsync("Hello");

        await user.Chat.Answer.HasEndedAsync();
        await Expect(user.Chat.Answer.Text).ToHaveTextAsync(string.Concat(words).Trim());
        Assert.That(proxy.Exchanges.Count(exchange => exchange.Cut.IsCompleted), Is.EqualTo(2));
        Assert.That(Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_page_shows_that_it_is_offline_and_reconnects_at_once_when_online()
    {
        var gate = new Gate();
        Answer(Answers.InHalves(gate));
        await using var proxy = FaultProxy.Start(App.Address);
        await using var user = await ArriveAsync(proxy.Address);
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);

        await user.Context.SetOfflineAsync(true);
        proxy.LoseConnections();
        await Expect(chat.Connection).ToHaveTextAsync("You are offline.");
        await Expect(chat.Answer.Phase).ToHaveTextAsync("Waiting for the connection");
        gate.Open();
        await Requests.Single().Ended.WaitAsync(Timeout);
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        await user.Context.SetOfflineAsync(false);

        await Expect(chat.Connection).ToBeHiddenAsync();
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
    }

    [Test]
    public async Task A_second_tab_of_the_conversation_follows_live()
    {
        var (first, second) = (new Gate(), new Gate());
        Answer(Answers.InHalves(first));
        Answer(Answers.InHalves(second));
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        await Expect(user.Page).ToHaveURLAsync(new Regex("/chat/."));

        var tab = await user.NewTabAsync(user.Page.Url);
        await Expect(tab.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        first.Open();
        await tab.Answer.HasEndedAsync();
        await chat.Answer.HasEndedAsync();
        await Expect(tab.Answer.Text).ToHaveTextAsync(Answers.Whole);

        // What is sent from one appears in the other, as it is written.
        await tab.SendAsync("Once more");
        await Expect(chat.Questions).ToHaveTextAsync(["Hello", "Once more"]);
        await Expect(chat.Answers).ToHaveCountAsync(2);
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        await Expect(chat.Stop).ToBeVisibleAsync();
        second.Open();
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        Assert.That(Requests, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Another_tab_lists_the_new_conversation_and_stays_where_it_is()
    {
        Answer(Script.Answer("Hello."));
        await using var user = await ArriveAsync();
        var tab = await user.NewTabAsync("/");

        await user.Chat.SendAsync("Over here");

        await Expect(tab.Conversations).ToHaveTextAsync(["Over here"]);
        await Expect(tab.Messages).ToHaveCountAsync(0);
        await user.Chat.Answer.HasEndedAsync();
    }

    [Test]
    public async Task The_Back_button_returns_to_the_running_answer()
    {
        var gate = new Gate();
        Answer(Answers.InHalves(gate));
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);

        await user.Page.GotoAsync("/models");
        await user.Page.GoBackAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        gate.Open();

        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        await Expect(chat.Messages).ToHaveCountAsync(2);
        Assert.That(Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_page_that_wakes_from_sleep_goes_on_at_once()
    {
        var gate = new Gate();
        Answer(Answers.InHalves(gate));
        await using var proxy = FaultProxy.Start(App.Address);
        await using var user = await ArriveAsync(proxy.Address);
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);

        // Automation switches the back-forward cache off, so the test sends the events of the cache.
        // After a moment the page comes back by itself, so what it says is read within that moment.
        await user.Page.EvaluateAsync("""
            async () => {
                dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
                const phase = document.querySelector('article:last-of-type .phase');
                for (let i = 0; phase.textContent !== 'Waiting for the connection'; i++) {
                    if (i > 1_000) throw new Error(`The phase is ${phase.textContent}`);
                    await new Promise((done) => setTimeout(done));
                }
                dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
            }
            """);
        await Expect(chat.Answer.Phase).ToHaveTextAsync("Writing");
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        gate.Open();

        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        Assert.That(proxy.Exchanges.Count(exchange => exchange.IsReconnect), Is.EqualTo(1));
    }

    [Test]
    public async Task A_conversation_continued_elsewhere_is_shown_and_the_typed_message_is_kept()
    {
        var gate = new Gate();
        Answer(Answers.InHalves(gate));
        await using var proxy = FaultProxy.Start(App.Address);
        await using var user = await ArriveAsync(proxy.Address);
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);

        // Something between the page and the server answers 404.
        await user.Page.RouteAsync("**/chat/stream/*", route => route.FulfillAsync(new() { Status = 404 }));
        proxy.LoseConnections();
        await Expect(chat.Answer.Ending).ToHaveTextAsync(["This page can no longer receive this answer. Reload the page."]);
        await Expect(chat.Answer.Actions).ToHaveTextAsync(["Reload"]);
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        await user.Page.UnrouteAllAsync();

        await chat.SendAsync("And then?");
        await Expect(chat.Refusal)
            .ToHaveTextAsync("Another answer is still being written. It is shown now, and your message is kept below.");
        await Expect(chat.Message).ToHaveValueAsync("And then?");
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        gate.Open();
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        await Expect(chat.Messages).ToHaveCountAsync(2);
        Assert.That(Requests, Has.Count.EqualTo(1));
    }

    private static bool IsStart(Exchange exchange) =>
        exchange.RequestLine.StartsWith("POST /chat/stream ", StringComparison.Ordinal);
}

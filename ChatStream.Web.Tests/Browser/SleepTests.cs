using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The network goes away silently, as on a sleeping phone. The test moves the clock of the browser.</summary>
internal sealed class SleepTests : BrowserTest
{
    [Test]
    public async Task A_connection_that_is_silent_for_45_seconds_is_replaced()
    {
        var gate = new Gate();
        await using var proxy = FaultProxy.Start(App.Address);
        await using var user = await BeginAsync(proxy, gate);
        var chat = user.Chat;

        proxy.SilenceResponses();
        gate.Open();
        await Requests.Single().Ended.WaitAsync(Timeout);
        await user.Page.Clock.FastForwardAsync(30_000);
        await Expect(chat.Answer.Phase).ToHaveTextAsync("Still waiting for the model");
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        await user.Page.Clock.FastForwardAsync(16_000);

        await AssertWholeAsync(chat, proxy);
    }

    [Test]
    public async Task Text_written_while_the_browser_slept_appears_once_it_is_online()
    {
        var gate = new Gate();
        await using var proxy = FaultProxy.Start(App.Address);
        await using var user = await BeginAsync(proxy, gate);
        var chat = user.Chat;

        proxy.SilenceResponses();
        gate.Open();
        await Requests.Single().Ended.WaitAsync(Timeout);
        // Shorter than the time after which silence alone is noticed.
        await user.Page.Clock.FastForwardAsync(25_000);
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        await user.Page.EvaluateAsync("() => dispatchEvent(new Event('online'))");

        await AssertWholeAsync(chat, proxy);
    }

    [Test]
    public async Task A_sleeping_tab_and_one_that_is_opened_meanwhile_end_with_the_same_words()
    {
        var gate = new Gate();
        await using var proxy = FaultProxy.Start(App.Address);
        await using var user = await BeginAsync(proxy, gate);
        proxy.SilenceResponses();

        var tab = await user.NewTabAsync(user.Page.Url);
        await Expect(tab.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        gate.Open();
        await tab.Answer.HasEndedAsync();
        await Expect(tab.Answer.Text).ToHaveTextAsync(Answers.Whole);
        await Expect(user.Chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        await user.Page.ReloadAsync();

        await user.Chat.Answer.HasEndedAsync();
        await Expect(user.Chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        await Expect(user.Chat.Messages).ToHaveCountAsync(2);
        Assert.That(Requests, Has.Count.EqualTo(1));
    }

    /// <summary>Half of an answer is there.</summary>
    private async Task<BrowserUser> BeginAsync(FaultProxy proxy, Gate gate)
    {
        Answer(Answers.InHalves(gate));
        var user = await ArriveAsync(proxy.Address, path: null);
        await user.Page.Clock.InstallAsync();
        await user.Page.GotoAsync("/");
        await user.Chat.SendAsync("Hello");
        await Expect(user.Chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        return user;
    }

    private async Task AssertWholeAsync(ChatPageObject chat, FaultProxy proxy)
    {
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        await Expect(chat.Messages).ToHaveCountAsync(2);
        await Expect(chat.Answer.Actions).ToHaveCountAsync(0);
        Assert.That(proxy.Exchanges.Count(exchange => exchange.IsReconnect), Is.EqualTo(1));
        Assert.That(Requests, Has.Count.EqualTo(1));
    }
}

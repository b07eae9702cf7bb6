using ChatStream.Emulator;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>A hidden tab closes its stream and loses no text.</summary>
internal sealed class HiddenTabTests : BrowserTest
{
    // In headless Chromium every tab counts as visible.
    private const string Hideable = """
        (() => {
          let hidden = false;
          Object.defineProperty(Document.prototype, "hidden", { get: () => hidden });
          window.hide = (value) => {
            hidden = value;
            document.dispatchEvent(new Event("visibilitychange"));
          };
        })();
        """;

    [Test]
    public async Task A_hidden_tab_polls_once_a_minute_and_shows_every_word_once_when_visible()
    {
        var gate = new Gate();
        Answer(Answers.InHalves(gate));
        await using var user = await ArriveHideableAsync();
        var (chat, requests) = (user.Chat, Streams(user.Page));
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);

        await HideAsync(user.Page, hidden: true);
        await user.Page.Clock.FastForwardAsync(31_000);
        var poll = await user.Page.RunAndWaitForRequestAsync(
            () => user.Page.Clock.FastForwardAsync(61_000), request =>
                request.Url.Contains("/chat/stream/", StringComparison.Ordinal));
        Assert.That(await poll.HeaderValueAsync("accept"), Is.EqualTo("application/json"));
        await HideAsync(user.Page, hidden: false);
        gate.Open();

        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        Assert.That(
            await requests[^1].HeaderValueAsync("last-event-id"), Does.Match(@"\.[4-6]$"),
            "start, three phases and three words, in as many frames as they came in, were there");
        Assert.That(Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_title_shows_an_end_that_happened_while_the_tab_was_hidden()
    {
        var gate = new Gate();
        Answer(Answers.InHalves(gate));
        await using var user = await ArriveHideableAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        await HideAsync(user.Page, hidden: true);
        await user.Page.Clock.FastForwardAsync(31_000);

        gate.Open();
        await Requests.Single().Ended.WaitAsync(Timeout);
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        while (await user.Page.TitleAsync() != "✓ Hello · ChatStream")
            await user.Page.Clock.RunForAsync(10_000);

        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        await HideAsync(user.Page, hidden: false);
        await Expect(user.Page).ToHaveTitleAsync("Hello · ChatStream");
    }

    private async Task<BrowserUser> ArriveHideableAsync()
    {
        var user = await ArriveAsync(path: null);
        await user.Context.AddInitScriptAsync(Hideable);
        await user.Page.Clock.InstallAsync();
        await user.Page.GotoAsync("/");
        return user;
    }

    private static async Task HideAsync(IPage page, bool hidden) => await page.EvaluateAsync("hidden => hide(hidden)", hidden);

    private static List<IRequest> Streams(IPage page)
    {
        List<IRequest> requests = [];
        page.Request += (_, request) =>
        {
            if (request.Url.Contains("/chat/stream", StringComparison.Ordinal))
                requests.Add(request);
        };
        return requests;
    }
}

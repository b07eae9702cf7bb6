using ChatStream.Emulator;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>What is under a message: when it was said, and what the user thinks of an answer.</summary>
internal sealed class FeedbackTests : BrowserTest
{
    [TestCase("en-GB", false)]
    [TestCase("zh-CN", true)]
    public async Task Feedback_is_given_changed_and_taken_back(string locale, bool isPhone)
    {
        Answer(Script.Answer("The horizon is about five kilometres away."));
        await using var user = await ArriveAsync(locale: locale, viewport: isPhone ? Picture.Phone : null);
        var chat = user.Chat;
        await user.Page.Locator("#message").FillAsync("How far is the horizon?");
        await chat.Send.ClickAsync();
        await chat.Answer.HasEndedAsync();

        await chat.Thumb("down").ClickAsync();
        await Expect(chat.FeedbackForm).ToBeVisibleAsync();
        await Expect(chat.Thumb("down")).ToHaveAttributeAsync("aria-pressed", "true");
        await chat.FeedbackForm.Locator("input[value=wrong]").CheckAsync();
        await chat.FeedbackForm.Locator("textarea").FillAsync("It is <b>not</b>.");
        await chat.FeedbackForm.ScrollIntoViewIfNeededAsync();
        await Picture.TakeBothAsync(chat, $"feedback-{locale}");
        var found = await user.Page.RunAxe();
        Assert.That(found.Violations.Select(violation =>
            $"{violation.Id}: {violation.Help} {string.Join(", ", violation.Nodes.Select(node => node.Html))}"), Is.Empty);
        await chat.FeedbackForm.Locator(".primary").ClickAsync();
        await Expect(chat.FeedbackForm).ToHaveCountAsync(0);
        await Expect(chat.Thumb("down")).ToBeFocusedAsync();

        await user.Page.ReloadAsync();
        await Expect(chat.Thumb("down")).ToHaveAttributeAsync("aria-pressed", "true");
        await chat.Thumb("down").ClickAsync();
        await Expect(chat.FeedbackForm.Locator("input[value=wrong]")).ToBeCheckedAsync();
        await Expect(chat.FeedbackForm.Locator("textarea")).ToHaveValueAsync("It is <b>not</b>.");
        await user.Page.Keyboard.PressAsync("Escape");
        await Expect(chat.FeedbackForm).ToHaveCountAsync(0);
        await chat.Thumb("up").ClickAsync();
        await Expect(chat.Thumb("up")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(chat.Thumb("down")).ToHaveAttributeAsync("aria-pressed", "false");
        await Expect(chat.FeedbackForm.Locator("textarea")).ToHaveValueAsync("It is <b>not</b>.");
        await chat.FeedbackForm.Locator("[type=button]").ClickAsync();
        await Expect(chat.Thumb("up")).ToHaveAttributeAsync("aria-pressed", "false");
        await user.Page.ReloadAsync();
        await Expect(chat.Thumb("up")).ToHaveAttributeAsync("aria-pressed", "false");
        Assert.That(user.Errors, Is.Empty);
    }

    [Test]
    public async Task Times_are_those_of_the_readers_zone_and_language_and_are_seen_on_hover_and_focus()
    {
        await using var user = await ArriveAsync(locale: "en-GB", timeZone: "Asia/Tokyo");
        var chat = user.Chat;
        var at = new DateTimeOffset(2026, 1, 2, 20, 4, 0, TimeSpan.Zero);
        await user.Page.GotoAsync(await user.ImportAsync("Old", ["Hello", "Hello!"], at: at));

        await Expect(chat.Times).ToHaveTextAsync(["3 Jan 2026, 05:04", "3 Jan 2026, 05:04"]);
        Assert.That(await chat.Times.First.GetAttributeAsync("datetime"), Is.EqualTo("2026-01-02T20:04:00Z"));
        await Expect(chat.Times.First).ToHaveCSSAsync("opacity", "0");
        await chat.Questions.First.HoverAsync();
        await Expect(chat.Times.First).ToHaveCSSAsync("opacity", "1");
        await Expect(chat.Times.Last).ToHaveCSSAsync("opacity", "0");
        await chat.Answer.Copy.FocusAsync();
        await Expect(chat.Times.Last).ToHaveCSSAsync("opacity", "1");

        Answer(Script.Answer("Now."));
        await chat.SendAsync("And now?");
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Times).ToHaveCountAsync(4);

        // So they are where the conversation is opened in the page, and so is what can be said of an answer.
        await chat.NewChat.ClickAsync();
        await Expect(chat.Times).ToHaveCountAsync(0);
        await chat.Conversations.First.ClickAsync();
        await Expect(chat.Times).ToHaveCountAsync(4);
        await Expect(chat.Times.First).ToHaveTextAsync("3 Jan 2026, 05:04");
        await Expect(user.Page.Locator(".feedback button")).ToHaveCountAsync(4);
        await using var plain = await ArriveAsync(path: null, javaScript: false);
        await plain.Context.AddCookiesAsync((await user.Context.CookiesAsync()).Select(cookie =>
            new Cookie { Name = cookie.Name, Value = cookie.Value, Domain = cookie.Domain, Path = cookie.Path }));
        await plain.Page.GotoAsync(new Uri(user.Page.Url).PathAndQuery);
        await Expect(plain.Chat.Times.First).ToContainTextAsync("5:04");
        await Expect(plain.Chat.Times.First).ToHaveCSSAsync("opacity", "1");
    }

    [Test]
    public async Task Feedback_that_could_not_be_saved_is_told_and_a_comment_is_kept()
    {
        Answer(Script.Answer("The horizon is about five kilometres away."));
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("How far is the horizon?");
        await chat.Answer.HasEndedAsync();
        await user.Page.RouteAsync("**/feedback/*", route => route.AbortAsync());

        await chat.Thumb("down").ClickAsync();
        await Expect(chat.FeedbackFault).ToHaveTextAsync("Your feedback was not saved. Try it again.");
        await user.Page.UnrouteAllAsync();
        await chat.Thumb("down").ClickAsync();
        await Expect(chat.FeedbackForm).ToBeVisibleAsync();
        await Expect(chat.FeedbackFault).ToHaveCountAsync(0);
        await chat.FeedbackForm.Locator("textarea").FillAsync("It is not.");
        await chat.Thumb("down").ClickAsync();
        await Expect(chat.FeedbackForm.Locator("textarea")).ToHaveValueAsync("It is not.");
        await chat.Thumb("up").ClickAsync();
        await Expect(chat.Thumb("up")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(chat.FeedbackForm.Locator("input[value=clear]")).ToBeVisibleAsync();

        await Expect(chat.FeedbackForm.Locator("textarea")).ToHaveValueAsync("It is not.");
    }
}

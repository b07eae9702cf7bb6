using ChatStream.Emulator;
using ChatStream.Web.Providers.Demo;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>Printing, and forced colours.</summary>
internal sealed class MediaTests : BrowserTest
{
    [Test]
    public async Task A_printed_page_has_all_messages_in_full_and_nothing_else()
    {
        await using var user = await AnsweredAsync();
        var (chat, page) = (user.Chat, user.Page);
        await chat.OpenSettingsAsync();
        await chat.Theme("Dark").ClickAsync();
        await page.Keyboard.PressAsync("Escape");

        await page.EmulateMediaAsync(new() { Media = Media.Print });

        await Expect(chat.Questions).ToBeVisibleAsync();
        await Expect(chat.Answer.Text.Locator("table")).ToBeVisibleAsync();
        await Expect(chat.Message).ToBeHiddenAsync();
        await Expect(chat.Conversations).ToBeHiddenAsync();
        await Expect(page.Locator(".meta button, .code-bar button").Filter(new() { Visible = true })).ToHaveCountAsync(0);
        Assert.That(
            await page.EvaluateAsync<bool>(
                "() => [...document.querySelectorAll('.code pre, .table')].every(box => box.scrollWidth <= box.clientWidth)"),
            Is.True, "what would have to be scrolled is cut off on paper");
        Assert.That(
            await page.EvaluateAsync<string>("() => getComputedStyle(document.documentElement).colorScheme"),
            Is.EqualTo("light"));
        await Picture.TakeAsync(page, "print");
    }

    [Test]
    public async Task With_forced_colours_everything_is_visible_and_readable()
    {
        await using var user = await AnsweredAsync();

        await user.Page.EmulateMediaAsync(new() { ForcedColors = ForcedColors.Active });

        await Expect(user.Chat.Answer.Text.GetByRole(AriaRole.Button, new() { Name = "Copy" })).ToBeVisibleAsync();
        Assert.That(await user.Page.EvaluateAsync<bool>("() => matchMedia('(forced-colors: active)').matches"), Is.True);
        var found = await user.Page.RunAxe();
        Assert.That(found.Violations.Select(violation => $"{violation.Id}: {violation.Help}"), Is.Empty);
        await Picture.TakeAsync(user.Page, "forced-colors");
    }

    private async Task<BrowserUser> AnsweredAsync()
    {
        Answer(Script.Answer(DemoTexts.Markdown));
        var user = await ArriveAsync(viewport: new() { Width = 1_280, Height = 1_400 });
        await user.Chat.SendAsync("How far is the horizon?");
        await user.Chat.Answer.HasEndedAsync();
        await Expect(user.Chat.Answer.Text.Locator(".katex-display")).ToBeVisibleAsync();
        return user;
    }
}

using System.Text.RegularExpressions;
using ChatStream.Emulator;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>Temporary chats and the page about what is stored, on a desktop and on a phone, in both languages.</summary>
internal sealed class PrivacyTests : BrowserTest
{
    [Test]
    public async Task A_temporary_chat_is_chosen_before_its_first_message_and_stands_in_no_list([Values] bool isPhone)
    {
        Answer(Script.Answer("Hidden words"));
        await using var user = await ArriveAsync(viewport: isPhone ? Picture.Phone : null);
        var (chat, box) = (user.Chat, user.Page.GetByLabel("Temporary chat"));
        await chat.OpenMannerAsync();
        await box.CheckAsync();
        await Expect(chat.MannerNow).ToHaveTextAsync("Temporary chat");
        await Picture.TakeWholeAsync(user.Page, $"temporary-{(isPhone ? "phone" : "desktop")}");

        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();

        await Expect(user.Page.Locator("#title")).ToHaveTextAsync("Temporary chat");
        await Expect(user.Page).ToHaveTitleAsync(new Regex("Temporary chat"));
        await Expect(chat.Conversations).ToHaveCountAsync(0);
        await Expect(chat.Download).ToBeHiddenAsync();
        await chat.OpenMannerAsync();
        await Expect(box).ToBeHiddenAsync();

        await user.Page.ReloadAsync();
        await Expect(user.Page.Locator("#title")).ToHaveTextAsync("Temporary chat");
        await Expect(chat.Answer.Text).ToHaveTextAsync("Hidden words");
        await Expect(chat.Conversations).ToHaveCountAsync(0);
        await Expect(chat.Download).ToBeHiddenAsync();
        Answer(Script.Answer("More"));
        await chat.SendAsync("And?");
        await Expect(chat.Answers).ToHaveCountAsync(2);
        await chat.Answer.HasEndedAsync();
        Assert.That((await RequestAsync(1)).Body, Does.Contain("Hidden words"));
        await Expect(chat.Conversations).ToHaveCountAsync(0);
    }

    [Test]
    public async Task The_next_new_chat_is_kept_again()
    {
        await using var user = await ArriveAsync();
        Answer(Script.Answer("One"));
        await user.Chat.OpenMannerAsync();
        await user.Page.GetByLabel("Temporary chat").CheckAsync();
        await user.Chat.SendAsync("Hello");
        await user.Chat.Answer.HasEndedAsync();

        await user.Page.Locator(".new-chat").ClickAsync();
        await user.Chat.OpenMannerAsync();
        await Expect(user.Page.GetByLabel("Temporary chat")).Not.ToBeCheckedAsync();
        Answer(Script.Answer("Two"));
        await user.Chat.SendAsync("Kept");
        await user.Chat.Answer.HasEndedAsync();

        await Expect(user.Chat.Conversations).ToHaveTextAsync(["Kept"]);
    }

    [Test]
    public async Task A_temporary_chat_that_is_opened_again_cannot_be_downloaded_shared_or_renamed()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await user.ImportAsync("Kept", ["One", "Two"], 1);
        await user.Page.ReloadAsync();
        Answer(Script.Answer("Hidden words"));
        await chat.OpenMannerAsync();
        await user.Page.GetByLabel("Temporary chat").CheckAsync();
        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();
        await chat.List["Kept"].Link.ClickAsync();
        await Expect(chat.Download).ToBeVisibleAsync();

        await user.Page.GoBackAsync();

        await Expect(chat.Answer.Text).ToHaveTextAsync("Hidden words");
        await Expect(chat.Download).ToBeHiddenAsync();
        await Expect(chat.Share).ToBeHiddenAsync();
        await chat.Heading.DblClickAsync();
        await Expect(chat.Heading).ToBeVisibleAsync();
        await user.Page.GoForwardAsync();
        await Expect(chat.Heading).ToHaveTextAsync("Kept");
        await Expect(chat.Download).ToBeVisibleAsync();
    }

    [TestCase(false, false)]
    [TestCase(true, true)]
    public async Task The_page_about_what_is_stored_gives_all_and_deletes_all(bool isPhone, bool isDark)
    {
        Answer(Script.Answer("Words"));
        await using var user = await ArriveAsync(viewport: isPhone ? Picture.Phone : null, dark: isDark);
        await user.Chat.SendAsync("Hello");
        await user.Chat.Answer.HasEndedAsync();
        await user.Chat.OpenSettingsAsync();
        await user.Page.Locator("a[href='/account']").ClickAsync();
        await Expect(user.Page.Locator("main")).ToContainTextAsync("Conversations that are stored: 1.");
        await user.Page.WaitForLoadStateAsync();
        await Picture.TakeWholeAsync(user.Page, $"account-{(isPhone ? "phone-dark" : "desktop")}");
        Assert.That(await user.Chat.SidewaysAsync(), Is.LessThanOrEqualTo(0), "nothing to scroll sideways");
        Assert.That((await user.Page.RunAxe()).Violations.Select(violation => violation.Help), Is.Empty);
        Assert.That(await CodeSniffer.ErrorsAsync(user.Page), Is.Empty);

        var file = await user.Page.RunAndWaitForDownloadAsync(() =>
            user.Page.GetByRole(AriaRole.Link, new() { Name = "Download" }).ClickAsync());
        Assert.That(file.SuggestedFilename, Does.Match(@"^chatstream-\d{4}-\d\d-\d\d\.zip$"));

        var erase = user.Page.GetByRole(AriaRole.Button, new() { Name = "Delete everything" });
        await erase.ClickAsync();
        await Expect(user.Page).ToHaveURLAsync(new Regex("/account$"), new() { Timeout = 1_000 });
        await user.Page.GetByLabel("Yes, delete all of my data.").CheckAsync();
        await erase.ClickAsync();
        await Expect(user.Page.GetByRole(AriaRole.Status))
            .ToHaveTextAsync("Everything was deleted. Conversations that were removed: 1.");
        await user.Page.GotoAsync("/");
        await Expect(user.Chat.Conversations).ToHaveCountAsync(0);
    }
}

using ChatStream.Emulator;
using ChatStream.Web.Tests.Files;
using ChatStream.Web.Tests.Infrastructure;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using NUnit.Framework;
using static ChatStream.Web.Tests.Browser.GivenFiles;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The files of a message that is edited: its editor shows them, and the new version has those that are left.</summary>
internal sealed class EditedFileTests : BrowserTest
{
    protected override Task<ChatApp> StartAppAsync(EmulatorServer emulator) =>
        ChatApp.StartAsync(emulator, setup => setup.Settings["Files:MostPerMessage"] = "3");

    [Test]
    public async Task An_edit_shows_its_files_and_they_are_removed_and_added_by_keyboard_alone()
    {
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        // The browser is told early that a test listens: told together with the key, it may show its own dialog instead.
        var chosen = new TaskCompletionSource<IFileChooser>(TaskCreationOptions.RunContinuationsAsynchronously);
        page.FileChooser += (_, opened) => chosen.TrySetResult(opened);
        await AskAsync(chat);
        await chat.MessageAt(0).Edit.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(chat.Edited).ToBeFocusedAsync();
        await Expect(chat.EditedFiles).ToHaveCountAsync(2);
        await Expect(chat.SentFiles.First).ToBeHiddenAsync();
        await Expect(chat.RemoveFromEdit("notes.txt")).ToHaveCountAsync(1);
        await Picture.TakeBothAsync(chat, "files-edited");
        Assert.That((await page.RunAxe()).Violations.Select(violation => $"{violation.Id}: {violation.Help}"), Is.Empty);

        await page.Keyboard.PressAsync("Shift+Tab");
        await Expect(chat.RemoveFromEdit("notes.txt")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(chat.Announcement).ToHaveTextAsync("notes.txt was removed");
        await Expect(chat.RemoveFromEdit("red.png")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await Expect(chat.EditFileInput).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        var chooser = await chosen.Task.WaitAsync(Timeout);
        await chooser.SetFilesAsync([FileOf("prices.csv", "Coffee,4"u8.ToArray())]);
        await Expect(chat.EditedFiles).ToHaveCountAsync(2);
        await Expect(chat.Announcement).ToHaveTextAsync("prices.csv was added");
        await page.Keyboard.PressAsync("Shift+Tab");
        await Expect(chat.Edited).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await chat.Answer.HasEndedAsync();

        await Expect(chat.MessageAt(0).Version).ToHaveTextAsync("2/2");
        Assert.That((await RequestAsync(1)).Body,
            Does.Contain("data:image/png;base64,").And.Contain("Coffee,4").And.Not.Contain("Tea"));
        foreach (var isReloaded in new[] { false, true })
        {
            if (isReloaded)
                await page.ReloadAsync();
            await HasFilesAsync(chat, "prices.csv");
            await chat.MessageAt(0).Previous.ClickAsync();
            await HasFilesAsync(chat, "notes.txt");
            await chat.MessageAt(0).Next.ClickAsync();
            await HasFilesAsync(chat, "prices.csv");
        }
    }

    [Test]
    public async Task On_a_phone_changed_files_are_kept_over_a_reload_and_forgotten_with_the_edit()
    {
        await using var user = await ArriveAsync(viewport: Picture.Phone);
        var (chat, page) = (user.Chat, user.Page);
        await AskAsync(chat);
        await page.ReloadAsync();
        await chat.MessageAt(0).Edit.ClickAsync();
        await chat.RemoveFromEdit("red.png").ClickAsync();
        await chat.RemoveFromEdit("notes.txt").ClickAsync();
        await Expect(chat.EditedFiles).ToHaveCountAsync(0);
        await Expect(chat.Edited).ToBeFocusedAsync();
        await chat.CancelEdit.ClickAsync();
        await Expect(chat.SentFiles).ToHaveCountAsync(2);
        await Expect(chat.MessageAt(0).Kept).ToBeHiddenAsync();

        await chat.MessageAt(0).Edit.ClickAsync();
        await Expect(chat.EditedFiles).ToHaveCountAsync(2);
        await chat.RemoveFromEdit("red.png").ClickAsync();
        await chat.EditFileInput.SetInputFilesAsync([FileOf("blue.png", Pictures.Png(30, 30, 10))]);
        await Expect(chat.EditedFiles.Locator("img")).ToHaveAttributeAsync("alt", "blue.png");
        await page.Keyboard.PressAsync("Escape");
        await Expect(chat.MessageAt(0).Kept).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(chat.MessageAt(0).Kept).ToBeVisibleAsync();
        await chat.MessageAt(0).Edit.ClickAsync();
        await Expect(chat.EditedFiles.Locator("img")).ToHaveAttributeAsync("alt", "blue.png");
        await Expect(chat.EditedFiles.First).ToContainTextAsync("notes.txt");
        await chat.RemoveFromEdit("notes.txt").ClickAsync();
        Assert.That(await chat.SidewaysAsync(), Is.LessThanOrEqualTo(0));
        await chat.EditAsync("And now?");
        await chat.Answer.HasEndedAsync();

        await Expect(chat.SentFiles).ToHaveCountAsync(1);
        await Expect(chat.SentFiles.Locator("img")).ToHaveAttributeAsync("alt", "blue.png");
        Assert.That((await RequestAsync(1)).Body, Does.Contain("data:image/png;base64,").And.Not.Contain("Tea"));
        await chat.MessageAt(0).Previous.ClickAsync();
        await HasFilesAsync(chat, "notes.txt");
        await Expect(chat.MessageAt(0).Kept).ToBeHiddenAsync();
    }

    [Test]
    public async Task What_is_pasted_or_dropped_goes_into_the_message_where_it_lands()
    {
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        await chat.SendAsync("Which?");
        await chat.Answer.HasEndedAsync();
        await chat.MessageAt(0).Edit.ClickAsync();
        await GiveAsync(page, "paste", "pasted.png", Pictures.Png(8, 8, 30), "form.edit textarea");
        await Expect(chat.EditedFiles).ToHaveCountAsync(1);
        await GiveAsync(page, "drop", "dropped.png", Pictures.Png(8, 8, 60), "form.edit");
        await Expect(chat.EditedFiles).ToHaveCountAsync(2);
        await GiveAsync(page, "drop", "other.png", Pictures.Png(8, 8, 90));
        await Expect(chat.Attached.Locator("img")).ToHaveAttributeAsync("alt", "other.png");
        await PasteTextAsync(chat.Edited, new string('a', 4_001));
        await chat.FileOffer.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(chat.EditedFiles).ToHaveCountAsync(3);
        await Expect(chat.Edited).ToHaveValueAsync("Which?");
        await GiveAsync(page, "drop", "fourth.txt", "4"u8.ToArray(), "form.edit");
        await Expect(chat.EditFileFault).ToHaveTextAsync("A message has at most 3 files.");
        await Expect(chat.FileFault).ToBeHiddenAsync();

        await chat.EditAsync("Compare them");
        await chat.Answer.HasEndedAsync();
        await Expect(chat.SentFiles).ToHaveCountAsync(3);
        await Expect(chat.Attached).ToHaveCountAsync(1);
        var parts = (await RequestAsync(1)).Json.GetProperty("messages")[0].GetProperty("content");
        Assert.That(parts.GetArrayLength(), Is.EqualTo(4));
    }

    [Test]
    public async Task An_edit_waits_for_its_uploads_and_one_that_is_refused_comes_back_with_its_files()
    {
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        await AskAsync(chat);
        await chat.MessageAt(0).Edit.ClickAsync();
        await chat.RemoveFromEdit("red.png").ClickAsync();
        var upload = new TaskCompletionSource<IRoute>();
        await page.RouteAsync("**/files*", upload.SetResult, new() { Times = 1 });
        await chat.EditFileInput.SetInputFilesAsync([FileOf("late.txt", "Juice"u8.ToArray())]);
        var held = await upload.Task.WaitAsync(Timeout);
        await chat.EditAsync("And now?");
        await Expect(chat.EditFileFault).ToHaveTextAsync("The files are still being uploaded.");
        await held.ContinueAsync();
        await Expect(chat.EditedFiles).ToHaveCountAsync(2);

        await page.RouteAsync("**/chat/stream", route => route.FulfillAsync(new()
        {
            Status = 429,
            ContentType = "application/problem+json",
            Body = """{"status":429,"code":"too_many_starts"}""",
        }), new() { Times = 1 });
        await chat.EditAsync("And now?");
        await Expect(chat.Refusal).ToBeVisibleAsync();
        await Expect(chat.Edited).ToHaveValueAsync("And now?");
        await Expect(chat.EditedFiles).ToHaveCountAsync(2);
        Assert.That(Requests, Has.Count.EqualTo(1));
        await chat.SendAgain.ClickAsync();
        await chat.Answer.HasEndedAsync();
        await Expect(chat.SentFiles.Locator(".file-name")).ToHaveTextAsync(["notes.txt", "late.txt"]);
        Assert.That((await RequestAsync(1)).Body, Does.Contain("Juice").And.Contain("Tea").And.Not.Contain("image_url"));
    }

    private static async Task AskAsync(ChatPageObject chat)
    {
        await chat.FileInput.SetInputFilesAsync(
            [FileOf("red.png", Pictures.Png(60, 40)), FileOf("notes.txt", "Tea: 3 €"u8.ToArray())]);
        await Expect(chat.Attached).ToHaveCountAsync(2);
        await chat.SendAsync("Which?");
        await chat.Answer.HasEndedAsync();
    }

    /// <summary>The message has the picture and this text.</summary>
    private static async Task HasFilesAsync(ChatPageObject chat, string text)
    {
        await Expect(chat.SentFiles.Locator(".file-name")).ToHaveTextAsync([text]);
        await Expect(chat.SentFiles.Locator("img")).ToHaveAttributeAsync("alt", "red.png");
    }
}

using System.Text.RegularExpressions;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Files;
using ChatStream.Web.Tests.Infrastructure;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using NUnit.Framework;
using static ChatStream.Web.Tests.Browser.GivenFiles;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>Files on the page: picked, dropped, pasted, removed, sent, and there after a reload.</summary>
internal sealed class FileTests : BrowserTest
{
    protected override Task<ChatApp> StartAppAsync(EmulatorServer emulator) => ChatApp.StartAsync(emulator, setup =>
    {
        setup.Settings["Files:MostPerMessage"] = "3";
        setup.Settings["Files:MostBytes"] = "3000000";
    });

    [Test]
    public async Task A_file_is_picked_removed_kept_over_a_reload_and_sent([Values] bool isPhone)
    {
        await using var user = await ArriveAsync(viewport: isPhone ? Picture.Phone : null);
        var (chat, page) = (user.Chat, user.Page);
        await chat.FileInput.SetInputFilesAsync(
            [FileOf("red.png", Pictures.Png(60, 40)), FileOf("notes.txt", "Tea: 3 €"u8.ToArray())]);
        await Expect(chat.Attached).ToHaveCountAsync(2);
        await Expect(chat.Attached.First.Locator("img")).ToHaveJSPropertyAsync("complete", true);
        await Expect(chat.Attached.Last).ToContainTextAsync("tokens");
        await Picture.TakeBothAsync(chat, $"files-added{(isPhone ? "-phone" : "")}");
        await chat.FileInput.SetInputFilesAsync([FileOf("setup.exe", [0, 1, 2])]);
        await Expect(chat.FileFault).ToHaveTextAsync(
            "setup.exe: It is neither an image, nor text, nor a PDF, nor a Word, Excel or PowerPoint document.");
        await chat.Remove("notes.txt").ClickAsync();
        await Expect(chat.Attached).ToHaveCountAsync(1);
        await Expect(chat.FileFault).ToBeHiddenAsync();
        await Expect(chat.Announcement).ToHaveTextAsync("notes.txt was removed");

        await page.ReloadAsync();
        await Expect(chat.Attached).ToHaveCountAsync(1);
        await chat.SendAsync("What is it?");
        await chat.Answer.HasEndedAsync();
        Assert.That((await RequestAsync(0)).Body, Does.Contain("data:image/png;base64,").And.Not.Contain("Tea"));
        await Expect(chat.Attached).ToHaveCountAsync(0);
        await Expect(chat.SentFiles).ToHaveCountAsync(1);
        await page.ReloadAsync();
        await Expect(chat.Attached).ToHaveCountAsync(0);
        await Expect(chat.SentFiles.Locator("img")).ToHaveAttributeAsync("alt", "red.png");
        var width = await chat.SentFiles.Locator("img").EvaluateAsync<int>(
            "image => image.decode().then(() => image.naturalWidth)");
        Assert.That(width, Is.EqualTo(60));
        await Picture.TakeBothAsync(chat, $"files-sent{(isPhone ? "-phone" : "")}");
        Assert.That((await page.RunAxe()).Violations, Is.Empty);

        var opened = await page.Context.RunAndWaitForPageAsync(() => chat.SentFiles.Locator("a").ClickAsync());
        Assert.That(new Uri(opened.Url).AbsolutePath, Does.StartWith("/files/"));
        await opened.CloseAsync();
    }

    [Test]
    public async Task A_file_is_dropped_or_pasted_and_a_large_image_is_made_smaller_and_an_edit_keeps_it()
    {
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        // The server does not decode it, and takes it.
        await GiveAsync(page, "drop", "broken.png", Pictures.Riff(
            Pictures.RiffChunk("VP8L", [.. Pictures.WebPLossless[20..25], .. Enumerable.Repeat((byte)0xff, 20)])));
        await Expect(chat.FileFault).ToHaveTextAsync("broken.png: The image is broken.");
        await Expect(chat.Attached).ToHaveCountAsync(0);
        await GiveAsync(page, "drop", "large.png", Pictures.Png(4096, 1024, 90));
        await Expect(chat.Attached.Locator("img")).ToHaveAttributeAsync("width", "2048");
        await Expect(chat.Attached.Locator("img")).ToHaveAttributeAsync("height", "512");
        await GiveAsync(page, "paste", "pasted.png", Pictures.Png(8, 8, 30));
        await Expect(chat.Attached).ToHaveCountAsync(2);
        await chat.FileInput.SetInputFilesAsync([FileOf("a.txt", "a"u8.ToArray()), FileOf("b.txt", "b"u8.ToArray())]);
        await Expect(chat.FileFault).ToHaveTextAsync("A message has at most 3 files.");

        await chat.SendAsync("Compare");
        await chat.Answer.HasEndedAsync();
        await Expect(chat.SentFiles).ToHaveCountAsync(3);
        await chat.MessageAt(0).Edit.ClickAsync();
        await chat.EditAsync("Compare them");
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Questions).ToHaveTextAsync("Compare them");
        await Expect(chat.SentFiles).ToHaveCountAsync(3);
        var parts = (await RequestAsync(1)).Json.GetProperty("messages")[0].GetProperty("content");
        Assert.That(parts.GetArrayLength(), Is.EqualTo(4));
    }

    [Test]
    public async Task Files_look_the_same_in_a_conversation_that_is_opened_without_a_new_page()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.FileInput.SetInputFilesAsync([FileOf("notes.txt", "Tea"u8.ToArray())]);
        await Expect(chat.Attached).ToHaveCountAsync(1);
        await chat.SendAsync("What is it?");
        await chat.Answer.HasEndedAsync();

        await user.Page.GotoAsync("/");
        await chat.Conversations.First.ClickAsync();

        await Expect(chat.SentFiles).ToHaveCountAsync(1);
        await Expect(chat.SentFiles.Locator("..")).ToHaveCSSAsync("display", "flex");
    }

    [Test]
    public async Task Files_of_a_message_that_is_refused_after_its_user_has_left_are_there_again()
    {
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        await chat.SendAsync("One");
        await chat.Answer.HasEndedAsync();
        await chat.FileInput.SetInputFilesAsync([FileOf("notes.txt", "Tea"u8.ToArray())]);
        await Expect(chat.Attached).ToHaveCountAsync(1);
        var start = new TaskCompletionSource<IRoute>();
        await page.RouteAsync("**/chat/stream", start.SetResult, new() { Times = 1 });
        await chat.SendAsync("Two");
        var held = await start.Task.WaitAsync(Timeout);
        await chat.NewChat.ClickAsync();
        await Expect(chat.Messages).ToHaveCountAsync(0);

        await held.FulfillAsync(new()
        {
            Status = 429,
            ContentType = "application/problem+json",
            Body = """{"status":429,"code":"too_many_starts"}""",
        });
        await Expect(chat.Refusal).ToContainTextAsync("was not sent");
        await chat.Conversations.First.ClickAsync();

        await Expect(chat.Message).ToHaveValueAsync("Two");
        await Expect(chat.Attached).ToContainTextAsync("notes.txt");
    }

    [Test]
    public async Task A_long_text_that_is_pasted_may_become_a_file_by_keyboard_alone()
    {
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        await chat.Message.FillAsync("Sum up: ");
        await PasteTextAsync(chat.Message, string.Concat(Enumerable.Repeat("line of a long text\n", 300)));
        await Expect(chat.FileOffer).ToContainTextAsync("You have pasted 6,000 characters.");
        await chat.FileOffer.GetByRole(AriaRole.Button).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(chat.Attached).ToContainTextAsync("Pasted text.txt");
        await Expect(chat.Message).ToHaveValueAsync("Sum up: ");
        await Expect(chat.Message).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await chat.Answer.HasEndedAsync();
        Assert.That((await RequestAsync(0)).LastUserMessage, Does.Contain("line of a long text").And.EndWith("Sum up: "));
    }

    [Test]
    public async Task Files_that_are_still_being_uploaded_stay_with_their_conversation()
    {
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        await user.ImportAsync("First", ["One", "Two"], 1);
        await user.ImportAsync("Second", ["One", "Two"], 2);
        await page.ReloadAsync();
        await OpenAsync(chat, "First");
        await chat.FileInput.SetInputFilesAsync([FileOf("a.txt", "a"u8.ToArray())]);
        await Expect(chat.Attached).ToHaveCountAsync(1);
        var held = new TaskCompletionSource<IRoute>();
        await page.RouteAsync(new Regex(@"/files(\?|$)"), held.SetResult, new() { Times = 1 });
        await chat.FileInput.SetInputFilesAsync(
            [FileOf("b.txt", "b"u8.ToArray()), FileOf("setup.exe", [0, 1, 2]), FileOf("c.txt", "c"u8.ToArray())]);
        var upload = await held.Task.WaitAsync(Timeout);
        await OpenAsync(chat, "Second");
        await chat.FileInput.SetInputFilesAsync([FileOf("d.txt", "d"u8.ToArray())]);
        await Expect(chat.Attached).ToHaveTextAsync(new Regex("d.txt"));

        var answered = 0;
        await page.RunAndWaitForResponseAsync(
            () => upload.ContinueAsync(), response => new Uri(response.Url).AbsolutePath == "/files" && ++answered == 3);
        await Expect(chat.Attached).ToHaveCountAsync(1);
        await Expect(chat.FileFault).ToHaveCountAsync(0);
        await OpenAsync(chat, "First");

        await Expect(chat.Attached).ToHaveCountAsync(3);
        foreach (var name in new[] { "a.txt", "b.txt", "c.txt" })
            await Expect(chat.Remove(name)).ToBeVisibleAsync();
        await Expect(chat.FileFault).ToContainTextAsync("setup.exe: ");
        await OpenAsync(chat, "Second");
        await Expect(chat.Attached).ToHaveCountAsync(1);
        await Expect(chat.FileFault).ToHaveCountAsync(0);
    }

    [Test]
    public async Task A_file_that_is_added_before_the_start_of_a_new_chat_is_confirmed_belongs_to_its_conversation()
    {
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        var start = new TaskCompletionSource<IRoute>();
        await page.RouteAsync("**/chat/stream", start.SetResult, new() { Times = 1 });
        await chat.SendAsync("One");
        var held = await start.Task.WaitAsync(Timeout);
        await chat.FileInput.SetInputFilesAsync([FileOf("notes.txt", "Tea"u8.ToArray())]);
        await Expect(chat.Attached).ToHaveCountAsync(1);

        await held.ContinueAsync();
        await chat.Answer.HasEndedAsync();
        await chat.NewChat.ClickAsync();
        await Expect(chat.Messages).ToHaveCountAsync(0);
        await Expect(chat.Attached).ToHaveCountAsync(0);
        await page.ReloadAsync();
        await Expect(chat.Message).ToBeFocusedAsync();
        await Expect(chat.Attached).ToHaveCountAsync(0);
        await chat.Conversations.First.ClickAsync();

        await Expect(chat.Attached).ToContainTextAsync("notes.txt");
    }

    [Test]
    public async Task What_is_said_of_files_and_of_pasted_text_goes_with_its_conversation()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await user.ImportAsync("First", ["One", "Two"], 1);
        await user.Page.ReloadAsync();
        await PasteTextAsync(chat.Message, string.Concat(Enumerable.Repeat("line of a long text\n", 300)));
        await Expect(chat.FileOffer).ToBeVisibleAsync();
        await chat.FileInput.SetInputFilesAsync([FileOf("setup.exe", [0, 1, 2])]);
        await Expect(chat.FileFault).ToBeVisibleAsync();

        await OpenAsync(chat, "First");

        await Expect(chat.FileOffer).ToHaveCountAsync(0);
        await Expect(chat.FileFault).ToHaveCountAsync(0);
    }

    private static async Task OpenAsync(ChatPageObject chat, string title)
    {
        await chat.List[title].Link.ClickAsync();
        await Expect(chat.Heading).ToHaveTextAsync(title);
    }
}

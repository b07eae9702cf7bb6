using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The list of conversations: paged, searched, renamed, deleted, saved and brought back.</summary>
internal sealed class ConversationListTests : BrowserTest
{
    [Test]
    public async Task The_list_is_read_page_by_page_and_searched_in_place()
    {
        await using var user = await ArriveAsync();
        for (var i = 0; i < 35; i++)
            await ImportAsync(user, $"Talk {i}", i == 3 ? "About zebras" : "About lions", minute: i);
        await user.Page.ReloadAsync();
        var (chat, list) = (user.Chat, user.Chat.List);

        await Expect(chat.Conversations).ToHaveCountAsync(30);
        await Expect(chat.Conversations.First).ToHaveTextAsync("Talk 34");
        await list.LoadMore.ClickAsync();
        await Expect(chat.Conversations).ToHaveCountAsync(35);
        await Expect(chat.Conversations.Last).ToHaveTextAsync("Talk 0");
        await Expect(list.LoadMore).ToBeHiddenAsync();

        await list.Search.FillAsync("zebras");
        await Expect(chat.Conversations).ToHaveTextAsync(["Talk 3"]);
        await list.Search.FillAsync("giraffes");
        await Expect(list.Words).ToHaveTextAsync(["No conversation contains these words."]);
        await list.Search.FillAsync("");
        await Expect(chat.Conversations).ToHaveCountAsync(35);
        await Expect(list.Words).ToHaveCountAsync(0);
    }

    [Test]
    public async Task A_search_that_does_not_reach_the_server_leaves_the_list_and_recovers()
    {
        await using var user = await ArriveAsync();
        await ImportAsync(user, "Kept", "Text", minute: 1);
        await ImportAsync(user, "Other", "Nothing");
        await user.Page.ReloadAsync();
        var (chat, list) = (user.Chat, user.Chat.List);
        var isRefused = false;
        var requests = 0;
        await user.Page.RouteAsync("**/conversations?q=*", route =>
        {
            requests++;
            return isRefused ? route.FulfillAsync(new() { Status = 503, Body = "{}" }) : route.AbortAsync();
        });

        await list.Search.FillAsync("kept");
        await Expect(list.Words).ToContainTextAsync(["The server did not answer this search. The list is as it was."]);
        await Expect(chat.Conversations).ToHaveTextAsync(["Kept", "Other"]);
        isRefused = true;
        await user.Page.RunAndWaitForResponseAsync(() => list.TryAgain.ClickAsync(), response => response.Status == 503);
        await Expect(chat.Conversations).ToHaveTextAsync(["Kept", "Other"]);
        Assert.That(requests, Is.GreaterThan(1));

        await user.Page.UnrouteAllAsync();
        await Expect(chat.Conversations).ToHaveTextAsync(["Kept"]); // it is tried again without a click, too
        await Expect(list.Words).ToHaveCountAsync(0);
        await list.Search.FillAsync("");
        await Expect(chat.Conversations).ToHaveTextAsync(["Kept", "Other"]);
    }

    [Test]
    public async Task The_list_and_the_search_work_by_keys_and_a_search_opens_the_sentence_that_it_found()
    {
        var lines = string.Concat(Enumerable.Range(0, 60).Select(i => $"Line {i}.\n\n"));
        Answer(Script.Answer("The okapi is shy."));
        Answer(Script.Answer("Another."));
        await using var user = await ArriveAsync();
        await user.ImportAsync("Long", ["One", lines, "Two", $"A **zebra** sleeps. {lines}", "Three", lines]);
        var (chat, list, keyboard) = (user.Chat, user.Chat.List, user.Page.Keyboard);
        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();
        await chat.MessageAt(0).Edit.ClickAsync();
        await chat.EditAsync("Hello again");
        await Expect(chat.Answer.Text).ToHaveTextAsync("Another.");
        await chat.Answer.HasEndedAsync();

        // A message on a path that is not shown.
        await keyboard.PressAsync("Control+k");
        await keyboard.TypeAsync("okapi");
        await Expect(list.Excerpts).ToHaveTextAsync(["The okapi is shy."]);
        await Expect(list.FoundWords).ToHaveTextAsync(["okapi"]);
        await keyboard.PressAsync("Enter");
        await Expect(chat.Found).ToHaveTextAsync(["The okapi is shy."]);
        await Expect(chat.Questions).ToHaveTextAsync(["Hello"]);
        await Expect(chat.Message).ToBeFocusedAsync();

        // One in the middle of a long conversation, here and in another tab.
        await list.Search.FillAsync("zebra");
        await Expect(list.FoundWords).ToHaveTextAsync(["zebra"]);
        await Expect(list.Excerpts).ToContainTextAsync(["A zebra sleeps. Line 0."]);
        await list.Search.PressAsync("ArrowDown");
        await keyboard.PressAsync("Enter");
        await Expect(chat.Heading).ToHaveTextAsync("Long");
        await Expect(chat.Found.Locator("strong")).ToHaveTextAsync(["zebra"]);
        await Expect(chat.Found.Locator("strong")).ToBeInViewportAsync();
        await user.Page.ReloadAsync();
        await Expect(chat.Questions).ToHaveTextAsync(["One", "Two", "Three"]);
        var tab = await user.NewTabAsync(new Uri(user.Page.Url).PathAndQuery + new Uri(user.Page.Url).Fragment);
        await Expect(tab.Found.Locator("strong")).ToBeInViewportAsync();

        // Esc clears, then leaves. The browser has kept the search over the reload.
        await list.Search.FillAsync("zebra");
        await Expect(chat.Conversations).ToHaveCountAsync(1);
        await list.Search.PressAsync("Escape");
        await Expect(list.Search).ToHaveValueAsync("");
        await Expect(chat.Conversations).ToHaveCountAsync(2);
        await Expect(list.Search).ToBeFocusedAsync();
        await keyboard.PressAsync("Escape");
        await Expect(chat.Message).ToBeFocusedAsync();

        var (first, last) = (list["Hello"], list["Long"]);
        await list.Search.FocusAsync();
        await keyboard.PressAsync("Tab");
        await Expect(list.NewFolder).ToBeFocusedAsync();
        await keyboard.PressAsync("Tab");
        await Expect(list.Select).ToBeFocusedAsync();
        await keyboard.PressAsync("Tab");
        await Expect(last.Link).ToBeFocusedAsync();
        await keyboard.PressAsync("Tab");
        await Expect(list.Import).ToBeFocusedAsync();
        await keyboard.PressAsync("Shift+Tab");
        await Expect(last.Link).ToBeFocusedAsync();
        await keyboard.PressAsync("ArrowRight");
        await Expect(last.More).ToBeFocusedAsync();
        await keyboard.PressAsync("ArrowLeft");
        await keyboard.PressAsync("ArrowUp");
        await Expect(first.Link).ToBeFocusedAsync();
        await keyboard.PressAsync("End");
        await Expect(last.Link).ToBeFocusedAsync();
        await keyboard.PressAsync("Home");
        await keyboard.PressAsync("ArrowUp");
        await Expect(list.Search).ToBeFocusedAsync();
    }

    [Test]
    public async Task A_conversation_is_renamed_in_place()
    {
        await using var user = await ArriveAsync();
        var path = await ImportAsync(user, "Old", "Text");
        await user.Page.GotoAsync(path);
        var (chat, list) = (user.Chat, user.Chat.List);

        await list["Old"].RenameAsync();
        await Expect(list["Old"].NewTitle).ToHaveValueAsync("Old");
        await user.Page.Keyboard.PressAsync("Escape");
        await Expect(list["Old"].More).ToBeFocusedAsync();

        await list["Old"].RenameAsync();
        await user.Page.Keyboard.TypeAsync("<b>New</b>");
        await user.Page.Keyboard.PressAsync("Enter");
        await Expect(list["<b>New</b>"].Link).ToBeVisibleAsync();
        await Expect(chat.Heading).ToHaveTextAsync("<b>New</b>");
        await Expect(user.Page).ToHaveTitleAsync("<b>New</b> · ChatStream");
        await user.Page.ReloadAsync();
        await Expect(chat.Conversations).ToHaveTextAsync(["<b>New</b>"]);
    }

    [TestCase(1280)]
    [TestCase(375)]
    public async Task A_menu_of_the_list_pushes_nothing_away(int width)
    {
        await using var user = await ArriveAsync(viewport: new() { Width = width, Height = 700 });
        foreach (var title in new[] { "One", "Two", "Three" })
            await ImportAsync(user, title, "Text");
        await user.Page.GotoAsync("/");
        var list = user.Chat.List;
        if (width < 600)
            await user.Chat.ConversationsButton.ClickAsync();
        await Expect(list["One"].Link).ToBeVisibleAsync();
        var before = await TopsAsync();

        await list["Two"].More.ClickAsync();
        await Expect(list["Two"].Choices).ToBeVisibleAsync();

        Assert.That(before, Has.Length.GreaterThan(3));
        Assert.That(await TopsAsync(), Is.EqualTo(before));

        Task<double[]> TopsAsync() => user.Page.EvaluateAsync<double[]>("""
            () => [...document.querySelectorAll("#conversations a.open, #conversations summary, #composer, .drawer a.open")]
                .map(element => element.getBoundingClientRect().top)
            """);
    }

    [Test]
    public async Task A_double_click_on_the_heading_renames_the_conversation()
    {
        Answer(Script.Answer("Hi."));
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();
        var field = page.Locator(".head input[name=title]");
        var isRefused = false;
        await page.RouteAsync("**/conversations/*", route =>
            isRefused ? route.FulfillAsync(new() { Status = 503 }) : route.FallbackAsync());

        await Expect(chat.Times).ToHaveCountAsync(2);
        await chat.Heading.DblClickAsync();
        await Expect(field).ToBeFocusedAsync();
        await Expect(field).ToHaveValueAsync("Hello");
        await Picture.TakeBothAsync(chat, "title-rename");
        await page.Keyboard.TypeAsync("Greeting");
        await page.Keyboard.PressAsync("Escape");
        await Expect(field).ToHaveCountAsync(0);
        await Expect(chat.Heading).ToHaveTextAsync("Hello");

        // As in the list, what was typed is there again.
        await chat.Heading.DblClickAsync();
        await Expect(field).ToHaveValueAsync("Greeting");
        isRefused = true;
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".head [role=alert]")).ToBeVisibleAsync();
        isRefused = false;
        await page.Keyboard.PressAsync("Enter");
        await Expect(chat.Heading).ToHaveTextAsync("Greeting");
        await Expect(chat.Conversations).ToHaveTextAsync(["Greeting"]);
        await Expect(page).ToHaveTitleAsync("Greeting · ChatStream");
        await Expect(chat.Announcement).ToHaveTextAsync("Renamed to “Greeting”");
        await Expect(chat.Message).ToBeFocusedAsync();

        // A field that is open when another conversation comes changes neither.
        await chat.Heading.DblClickAsync();
        await chat.NewChat.ClickAsync();
        await Expect(field).ToHaveCountAsync(0);
        await chat.Conversations.First.ClickAsync();
        await Expect(chat.Heading).ToHaveTextAsync("Greeting");
    }

    [Test]
    public async Task The_list_can_be_folded_away_on_a_wide_page_and_stays_so()
    {
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        await ImportAsync(user, "Whales", "How large?");
        await page.ReloadAsync();
        var (fold, unfold) = (Button("Fold the list away"), Button("Show the list"));
        await Expect(unfold).ToBeHiddenAsync();

        await chat.List.Search.HoverAsync();
        await fold.ClickAsync();
        await Expect(chat.List.Search).ToBeHiddenAsync();
        await Expect(unfold).ToBeFocusedAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "New chat" })).ToBeVisibleAsync();
        await Picture.TakeAsync(page, "list-folded");
        Assert.That((await page.RunAxe()).Violations.Select(violation => violation.Id), Is.Empty);

        // The server's page is so from the beginning. A narrow page has its drawer as before.
        await page.RouteAsync("**/*.js", route => route.AbortAsync());
        await page.ReloadAsync();
        await Expect(chat.List.Search).ToBeHiddenAsync();
        await page.UnrouteAllAsync();
        await page.ReloadAsync();
        await page.SetViewportSizeAsync(Picture.Phone.Width, Picture.Phone.Height);
        await Expect(unfold).ToBeHiddenAsync();
        await chat.ConversationsButton.ClickAsync();
        await Expect(chat.Conversations).ToHaveTextAsync(["Whales"]);
        await Expect(fold).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.SetViewportSizeAsync(Chromium.Desktop.Width, Chromium.Desktop.Height);

        await Expect(unfold).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Control+k");
        await Expect(chat.List.Search).ToBeFocusedAsync();
        await fold.ClickAsync();
        await unfold.ClickAsync();
        await Expect(fold).ToBeFocusedAsync();
        await page.ReloadAsync();
        await Expect(chat.Conversations).ToHaveTextAsync(["Whales"]);

        ILocator Button(string name) => page.Locator($".bar button[title='{name}']");
    }

    [Test]
    public async Task Deleting_leaves_a_conversation_that_was_shown_and_can_be_undone()
    {
        await using var user = await ArriveAsync();
        await ImportAsync(user, "Other", "Text");
        await user.Page.GotoAsync(await ImportAsync(user, "Shown", "Text"));
        var second = await user.NewTabAsync(new Uri(user.Page.Url).AbsolutePath);
        var (chat, list) = (user.Chat, user.Chat.List);

        await list["Other"].DeleteAsync();
        await Expect(chat.Conversations).ToHaveTextAsync(["Shown"]);
        await Expect(list.Toast).ToHaveTextAsync("Deleted “Other”");
        await Expect(list["Shown"].Link).ToBeFocusedAsync();
        await user.Page.Keyboard.PressAsync("Control+z");
        await Expect(chat.Conversations).ToHaveTextAsync(["Shown", "Other"]);
        await Expect(list["Other"].Link).ToBeFocusedAsync();
        await list["Other"].DeleteAsync();
        await Expect(chat.Conversations).ToHaveTextAsync(["Shown"]);

        await second.Message.FillAsync("Half a thought");
        await list["Shown"].DeleteAsync();
        await Expect(user.Page).ToHaveURLAsync(new Uri(App.Address, "/").ToString());
        await Expect(list.Words).ToHaveTextAsync(["There are no conversations yet."]);

        // The other tab is a new chat now, and has what was typed.
        await Expect(second.Connection).ToHaveTextAsync(
            "This conversation was deleted elsewhere. What you typed is kept: you can send it as a new chat.");
        await Expect(second.Page).ToHaveURLAsync(new Uri(App.Address, "/").ToString());
        await Expect(second.Heading).ToHaveTextAsync("New chat");
        await Expect(second.Messages).ToHaveCountAsync(0);
        await Expect(second.List.Words).ToHaveTextAsync(["There are no conversations yet."]);
        await Expect(second.Message).ToHaveValueAsync("Half a thought");
        Answer(Script.Answer("Here."));
        await second.Message.PressAsync("Enter");
        await Expect(second.Answer.Text).ToHaveTextAsync("Here.");
        await Expect(second.Connection).ToBeHiddenAsync();
    }

    [Test]
    public async Task A_saved_conversation_can_be_imported_again()
    {
        await using var user = await ArriveAsync();
        await user.Page.GotoAsync(await ImportAsync(user, "Kept", "Some words"));
        var list = user.Chat.List;

        await list["Kept"].More.ClickAsync();
        var markdown = await user.Page.RunAndWaitForDownloadAsync(() => list["Kept"].SaveAsMarkdown.ClickAsync());
        Assert.That(markdown.SuggestedFilename, Is.EqualTo("Kept.md"));
        var json = await user.Page.RunAndWaitForDownloadAsync(() => list["Kept"].SaveAsJson.ClickAsync());
        var (file, before) = (await json.PathAsync(), user.Page.Url);

        await list.Import.SetInputFilesAsync(
            new FilePayload { Name = "a.json", MimeType = "application/json", Buffer = "{}"u8.ToArray() });
        await Expect(list.ImportRefusal).ToHaveTextAsync("This is not a conversation that was downloaded as JSON.");
        await list.Import.SetInputFilesAsync(file);
        await Expect(user.Page).Not.ToHaveURLAsync(before);
        await Expect(user.Chat.Questions).ToHaveTextAsync(["Some words"]);
        await Expect(user.Chat.Conversations).ToHaveTextAsync(["Kept", "Kept"]);
    }

    [Test]
    public async Task A_conversation_with_a_running_answer_is_marked()
    {
        var gate = new Gate();
        Answer(Answers.InHalves(gate));
        await using var user = await ArriveAsync();
        await user.Chat.SendAsync("Hello");
        await Expect(user.Chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        await Expect(user.Chat.List.Running).ToHaveTextAsync(["Hello"]);

        var other = await user.NewTabAsync("/");
        await Expect(other.List.Running).ToHaveTextAsync(["Hello"]);
        gate.Open();
        await user.Chat.Answer.HasEndedAsync();
        await Expect(user.Chat.List.Running).ToHaveCountAsync(0);
        await other.Page.ReloadAsync();
        await Expect(other.List.Running).ToHaveCountAsync(0);
    }

    [Test]
    public async Task A_title_from_the_model_is_shown_when_it_comes()
    {
        await using var emulator = await EmulatorServer.StartAsync(cancellationToken: Timeout);
        emulator.Enqueue(Script.Answer("Hi."));
        emulator.Enqueue(Script.Answer("A greeting"));
        await using var app = await ChatApp.StartAsync(emulator, setup => setup.Settings["Conversations:ModelTitles"] = "true");
        await using var user = await ArriveAsync(app.Address);

        await user.Chat.SendAsync("Hello");

        await Expect(user.Chat.Heading).ToHaveTextAsync("A greeting");
        await Expect(user.Chat.Conversations).ToHaveTextAsync(["A greeting"]);
        await Expect(user.Page).ToHaveTitleAsync("A greeting · ChatStream");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task The_list_is_divided_by_days_in_the_users_time_zone(bool javaScript)
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var user = await ArriveAsync(javaScript: javaScript, timeZone: "Etc/UTC");
        foreach (
            var (title, age) in new[]
            {
                ("Now", 0), ("A day ago", 1), ("Two days ago", 2), ("A week ago", 7), ("Ten days ago", 10), ("Long ago", 400),
            })
            await ImportAsync(user, title, "Text", at: now.AddDays(-age));
        await user.Page.ReloadAsync();
        var month = now.AddDays(-400).ToString("MMMM yyyy", System.Globalization.CultureInfo.InvariantCulture);

        await Expect(user.Chat.List.Lines).ToHaveTextAsync(
            [
                "Today", "Now", "Yesterday", "A day ago", "Previous 7 days", "Two days ago", "A week ago", "Previous 30 days",
                "Ten days ago", month, "Long ago"]);
        if (!javaScript)
            return;
        await user.Chat.List["Ten days ago"].DeleteAsync();
        await Expect(user.Chat.List.Days).ToHaveTextAsync(["Today", "Yesterday", "Previous 7 days", month]);
    }

    [Test]
    public async Task An_answer_that_ended_unseen_is_marked_until_it_is_opened()
    {
        var gate = new Gate();
        Answer(Answers.InHalves(gate));
        await using var user = await ArriveAsync();
        var (chat, list) = (user.Chat, user.Chat.List);
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        var path = new Uri(user.Page.Url).AbsolutePath;
        await user.Page.GotoAsync("/");
        await Expect(list.Running).ToHaveTextAsync(["Hello"]);
        await Expect(list.Unread).ToHaveCountAsync(0);

        gate.Open();
        await Expect(list.Unread).ToHaveTextAsync(["Hello"]);
        await Expect(list.Running).ToHaveCountAsync(0);
        await user.Page.ReloadAsync();
        await Expect(list.Unread).ToHaveTextAsync(["Hello"]);

        var second = await user.NewTabAsync(path);
        await Expect(second.Answer.Text).ToHaveTextAsync(Answers.Whole);
        await Expect(second.List.Unread).ToHaveCountAsync(0);
        await Expect(list.Unread).ToHaveCountAsync(0);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task The_mark_of_a_deleted_conversation_is_forgotten(bool here)
    {
        var gate = new Gate();
        Answer(Answers.InHalves(gate));
        await using var user = await ArriveAsync();
        var (chat, list) = (user.Chat, user.Chat.List);
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        var id = new Uri(user.Page.Url).Segments[^1];
        await user.Page.Clock.InstallAsync();
        await user.Page.GotoAsync("/");
        await Expect(list.Running).ToHaveTextAsync(["Hello"]);
        Assert.That(await MarksAsync(), Does.Contain(id));

        if (here)
        {
            await list["Hello"].DeleteAsync();
        }
        else
        {
            // Another browser of the same user: this page hears nothing of it until it reads the list.
            await user.Page.EvaluateAsync("id => fetch(`/conversations/${id}`, { method: 'DELETE' })", id);
            await user.Page.Clock.FastForwardAsync(61_000);
        }
        await Expect(chat.Conversations).ToHaveCountAsync(0);

        Assert.That(await MarksAsync(), Is.EqualTo("{}"));

        Task<string> MarksAsync() => user.Page.EvaluateAsync<string>("() => localStorage.getItem('chatstream.marks')");
    }

    private static Task<string> ImportAsync(
        BrowserUser user, string title, string text, int minute = 0, DateTimeOffset? at = null) =>
        user.ImportAsync(title, [text], minute, at);
}

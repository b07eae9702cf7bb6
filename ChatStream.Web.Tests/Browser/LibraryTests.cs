using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ChatStream.Emulator;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>Folders, pins, the archive, selections, undo, temporary chats, and files of other programs, on the page.</summary>
internal sealed class LibraryTests : BrowserTest
{
    [Test]
    public async Task Conversations_are_pinned_put_into_folders_and_archived_with_mouse_and_keys()
    {
        await using var user = await ArriveAsync();
        string[] titles = ["Lisbon in May", "Train to Porto", "Tax return", "Gift ideas"];
        foreach (var (minute, title) in titles.Index())
            await user.ImportAsync(title, [$"About {title}", "Fine."], minute + 1);
        await user.Page.ReloadAsync();
        var (chat, list, page, keyboard) = (user.Chat, user.Chat.List, user.Page, user.Page.Keyboard);

        // A folder is made.
        await list.NewFolder.ClickAsync();
        await list.Sheet.GetByLabel("Name").FillAsync("Travel");
        await list.Sheet.GetByLabel("Teal").CheckAsync();
        await list.Sheet.GetByLabel("Instructions").FillAsync("Answer like a travel guide.");
        await Picture.TakeAsync(page, "library-folder-sheet");
        await keyboard.PressAsync("Tab");
        await list.Sheet.GetByText("Save").ClickAsync();
        await Expect(list.Folders).ToHaveTextAsync(["Travel"]);
        await Expect(list.Folder("Travel").Locator("summary").First).ToBeFocusedAsync();

        // By mouse, by the menu, and by keys.
        await list["Lisbon in May"].Link.DragToAsync(list.Folder("Travel"));
        await Expect(list.Toast).ToHaveTextAsync("1 moved to “Travel”");
        await Expect(chat.Conversations).ToHaveTextAsync(["Gift ideas", "Tax return", "Train to Porto"]);
        await list["Train to Porto"].ChooseAsync("move");
        await Picture.TakeAsync(page, "library-move-sheet");
        await list.Sheet.GetByLabel("Travel").CheckAsync();
        await keyboard.PressAsync("Enter");
        await Expect(list.Folder("Travel").Locator(".count")).ToHaveTextAsync("2");
        await list.Folder("Travel").Locator("summary").First.FocusAsync();
        await keyboard.PressAsync("ArrowRight");
        await keyboard.PressAsync("ArrowDown");
        await Expect(list["Train to Porto"].Link).ToBeFocusedAsync();
        await list["Gift ideas"].ChooseAsync("pin");
        await Expect(list.Pinned).ToHaveTextAsync(["Gift ideas"]);
        await list["Tax return"].ChooseAsync("archive");
        await Expect(list.Folders).ToHaveTextAsync(["Travel", "Archive"]);
        await Expect(chat.Conversations).ToHaveCountAsync(0);
        await Picture.TakeAsync(page, "library-shelf");

        // What is archived is found, and opened within the page.
        await list.Search.FillAsync("tax");
        await Expect(chat.Conversations).ToHaveTextAsync(["Tax return"]);
        await Expect(list.Pinned).ToBeHiddenAsync();
        await chat.Conversations.First.ClickAsync();
        await Expect(chat.Heading).ToHaveTextAsync("Tax return");
        await list.Search.FillAsync("");
        await Expect(list.Folder("Archive").Locator("a.open[aria-current]")).ToHaveTextAsync("Tax return");

        // The fold is remembered, and the page is the server's again. A chat begins in the folder.
        await page.ReloadAsync();
        await Expect(list["Lisbon in May"].Link).ToBeVisibleAsync();
        Answer(Script.Answer("By tram."));
        await list.Folder("Travel").GetByText("New chat in Travel").ClickAsync();
        await page.WaitForURLAsync("**/?folder=*");
        await Expect(page.Locator(".in-folder")).ToHaveTextAsync("This chat begins in “Travel”.");
        await chat.SendAsync("How do I get around?");
        await Expect(chat.Answer.Text).ToHaveTextAsync("By tram.");
        await Expect(list.Folder("Travel").Locator("a.open")).ToHaveTextAsync(
            ["How do I get around?", "Train to Porto", "Lisbon in May"]);
        await Expect(chat.Conversations).ToHaveCountAsync(0);
        Assert.That(Requests[^1].Body, Does.Contain("Answer like a travel guide."));

        // The folder is deleted, and its conversations stand among the days.
        await list.Folder("Travel").Locator("summary").First.FocusAsync();
        await keyboard.PressAsync("ArrowRight");
        await keyboard.PressAsync("ArrowRight");
        await keyboard.PressAsync("Enter");
        await list.Sheet.GetByText("Delete folder").ClickAsync();
        await list.Sheet.GetByText("Delete, and keep its conversations?").ClickAsync();
        await Expect(list.Folders).ToHaveTextAsync(["Archive"]);
        await Expect(chat.Conversations).ToHaveTextAsync(["How do I get around?", "Train to Porto", "Lisbon in May"]);
        await NoViolationAsync(page);
    }

    [Test]
    public async Task Several_are_selected_by_keys_deleted_and_restored()
    {
        await using var user = await ArriveAsync();
        for (var i = 0; i < 6; i++)
            await user.ImportAsync($"Talk {i}", ["One", "Two"], i);
        await user.Page.ReloadAsync();
        var (chat, list, page, keyboard) = (user.Chat, user.Chat.List, user.Page, user.Page.Keyboard);

        await list.Select.ClickAsync();
        await Expect(list["Talk 5"].Link).ToBeFocusedAsync();
        await keyboard.PressAsync("Space");
        await keyboard.PressAsync("Shift+ArrowDown");
        await keyboard.PressAsync("Shift+ArrowDown");
        await Expect(list.Selection).ToContainTextAsync("3 selected");
        await Expect(list["Talk 3"].Pick).ToBeCheckedAsync();
        await list["Talk 0"].Link.ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await Expect(list.Selection).ToContainTextAsync("6 selected");
        await list["Talk 0"].Pick.ClickAsync();
        await Expect(list.Selection).ToContainTextAsync("5 selected");
        await Picture.TakeAsync(page, "library-selection");
        await NoViolationAsync(page);
        await list.Selection.GetByText("Delete").ClickAsync();

        await Expect(chat.Conversations).ToHaveTextAsync(["Talk 0"]);
        await Expect(list.Toast).ToHaveTextAsync("5 conversations deleted");
        await Expect(page.Locator("#announcement")).ToHaveTextAsync("5 conversations deleted Undo with Control Z.");
        await Picture.TakeAsync(page, "library-toast");
        await list.Undo.ClickAsync();
        await Expect(chat.Conversations).ToHaveCountAsync(6);

        // A delete outlives the page, and so does the rest of the time in which it can be undone.
        await page.GotoAsync(await user.ImportAsync("Last", ["One", "Two"], 9));
        await list["Last"].DeleteAsync();
        await Expect(chat.Heading).ToHaveTextAsync("New chat");
        await list.Undo.ClickAsync();
        await Expect(chat.Heading).ToHaveTextAsync("Last");
        await list.Select.ClickAsync();
        await keyboard.PressAsync("Control+a");
        await Expect(list.Selection).ToContainTextAsync("7 selected");
        await keyboard.PressAsync("Escape");
        await Expect(list.Selection).ToHaveCountAsync(0);
        await Expect(list.Select).ToBeFocusedAsync();
    }

    [Test]
    public async Task Files_of_other_programs_are_imported_and_a_temporary_chat_is_chosen_at_the_top()
    {
        await using var user = await ArriveAsync();
        var (chat, list, page) = (user.Chat, user.Chat.List, user.Page);

        string Node(string id, string? parent, string role, string text) => JsonSerializer.Serialize(id) + ":"
            + JsonSerializer.Serialize(new
            {
                parent,
                message = new { author = new { role }, content = new { content_type = "text", parts = new[] { text } } },
            });
        var filler = new string('x', 1_500_000);
        var conversations = Enumerable.Range(0, 5).Select(i => $"{{\"title\":\"Old {i}\",\"mapping\":{{"
            + string.Join(',', Node("a", null, "user", $"Hello {i}"), Node("b", "a", "assistant", $"Hi {filler}"),
                Node("c", "b", "narrator", "…")) + "}}");
        await list.Import.SetInputFilesAsync(new FilePayload
        {
            Name = "conversations.json",
            MimeType = "application/json",
            Buffer = Encoding.UTF8.GetBytes($"[{string.Join(',', conversations)}]"),
        });
        await Expect(list.Sheet).ToContainTextAsync(
            "Conversations that were imported: 5", new() { Timeout = 40_000 });
        await Expect(list.Sheet).ToContainTextAsync("5 messages of an unknown author: narrator");
        await Picture.TakeAsync(page, "library-import");
        await NoViolationAsync(page);
        await list.Sheet.GetByText("OK").ClickAsync();
        await Expect(chat.Conversations).ToHaveCountAsync(5);

        Answer(Script.Answer("Gone soon."));
        var button = page.Locator("button.temporary");
        await button.ClickAsync();
        await Expect(button).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.Locator(".manner .now")).ToHaveTextAsync("Temporary chat");
        await Picture.TakeAsync(page, "library-temporary");
        await chat.SendAsync("Between us");
        await Expect(chat.Answer.Text).ToHaveTextAsync("Gone soon.");
        await Expect(button).ToBeHiddenAsync();
        await Expect(chat.Conversations).ToHaveCountAsync(5);
    }

    [Test]
    public async Task An_archive_that_is_too_large_is_taken_apart_and_what_cannot_be_read_is_named()
    {
        var folder = Directory.CreateTempSubdirectory("chatstream-library-");
        await using var user = await ArriveAsync();
        var (chat, list, page) = (user.Chat, user.Chat.List, user.Page);
        var imports = new List<string>();
        page.Request += (_, request) =>
        {
            if (request.Url.EndsWith("/conversations/import", StringComparison.Ordinal))
                imports.Add(request.Headers["content-type"]);
        };
        var filler = new byte[33 * 1024 * 1024];
        new Random(1).NextBytes(filler);
        const string Conversation = """
            {"title":"@","mapping":{"q":{"message":{"author":{"role":"user"},"content":{"content_type":"multimodal_text",
              "parts":[{"content_type":"image_asset_pointer","asset_pointer":"file-service://file-1"},"What is it?"]}}}}}
            """;
        using var archive = new MemoryStream();
        using (var zip = new ZipArchive(archive, ZipArchiveMode.Create, leaveOpen: true))
        {
            await Write(zip, "file-1-photo.png", filler);
            await Write(zip, "conversations.json", Encoding.UTF8.GetBytes(
                $"[{Conversation.Replace("@", "One")},{Conversation.Replace("@", "Two")}]"));
        }

        await ImportAsync("export.zip", archive.ToArray());
        await Expect(list.Sheet).ToContainTextAsync("Conversations that were imported: 2", new() { Timeout = 60_000 });
        await Expect(list.Sheet).ToContainTextAsync(
            "The archive is too large to be sent whole. Its conversations were taken over, but not their images and files.");
        await Expect(list.Sheet).ToContainTextAsync("2 images");
        Assert.That(imports, Is.EqualTo(new[] { "application/json" }));
        await Picture.TakeBothAsync(chat, "library-import-apart");
        await list.Sheet.GetByText("OK").ClickAsync();
        await Expect(chat.Conversations).ToHaveCountAsync(2);

        var refusal = page.Locator("#import-refusal");
        await ImportAsync("broken.zip", filler);
        await Expect(refusal).ToHaveTextAsync(
            "“broken.zip” cannot be opened here. Unpack it, and import the file conversations.json.");
        await ImportAsync("large.json", [.. "{\"title\":\""u8, .. Enumerable.Repeat((byte)'x', filler.Length), .. "\"}"u8]);
        await Expect(refusal).ToHaveTextAsync(
            "“large.json” was not imported: a file that is not a list of conversations may have at most 32 MB.");
        Assert.That(imports, Has.Count.EqualTo(1), "what cannot be taken is not sent");
        folder.Delete(recursive: true);

        static async Task Write(ZipArchive zip, string name, byte[] content)
        {
            await using var entry = await zip.CreateEntry(name, CompressionLevel.Fastest).OpenAsync();
            await entry.WriteAsync(content);
        }

        // The browser reads it from the disk: its driver would take much longer to pass it on.
        async Task ImportAsync(string name, byte[] content)
        {
            var path = Path.Combine(folder.FullName, name);
            await File.WriteAllBytesAsync(path, content);
            await list.Import.SetInputFilesAsync(path);
        }
    }

    [Test]
    public async Task A_change_that_did_not_reach_the_server_is_told()
    {
        await using var user = await ArriveAsync();
        await user.ImportAsync("Tax return", ["One", "Two"], 1);
        await user.Page.ReloadAsync();
        var (list, page) = (user.Chat.List, user.Page);
        await list["Tax return"].ChooseAsync("archive");
        await Expect(list.Toast).ToHaveTextAsync("1 moved to “Archive”");
        await page.RouteAsync("**/conversations/move", route => route.AbortAsync());

        await list.Undo.ClickAsync();

        await Expect(list.Toast).ToHaveTextAsync("The server did not take this change.");
        await Expect(list.Folders).ToHaveTextAsync(["Archive"]);
    }

    [Test]
    public async Task More_of_a_folder_that_did_not_come_is_told()
    {
        await using var user = await ArriveAsync();
        for (var i = 0; i < 3; i++)
            await user.ImportAsync($"Talk {i}", ["One", "Two"], i);
        await user.Page.EvaluateAsync("""
            async () => {
                const headers = { 'Content-Type': 'application/json' };
                const made = await fetch('/folders', { method: 'POST', headers, body: JSON.stringify({ name: 'Travel' }) });
                const { id } = await made.json();
                const all = await (await fetch('/conversations', { headers: { Accept: 'application/json' } })).json();
                const ids = all.conversations.map((conversation) => conversation.id);
                await fetch('/conversations/move', { method: 'POST', headers, body: JSON.stringify({ ids, folderId: id }) });
            }
            """);
        await user.Page.ReloadAsync();
        var (list, page) = (user.Chat.List, user.Page);
        await list.Folder("Travel").Locator("summary").First.ClickAsync();
        await Expect(list["Talk 2"].Link).ToBeVisibleAsync();
        // By then the script of folders, which is loaded at their first use, listens.
        await Expect(list.Folder("Travel").Locator("summary").First).ToHaveAttributeAsync("tabindex", "0");
        await page.RouteAsync("**/conversations?folder=**", route => route.AbortAsync());

        // A folder with more than a hundred has this link.
        await list.Folder("Travel").EvaluateAsync("""
            folder => {
                const all = document.createElement('a');
                all.className = 'all';
                all.href = '/';
                all.textContent = 'More';
                folder.append(all);
                all.click();
            }
            """);

        await Expect(list.Toast).ToHaveTextAsync("The rest of the folder did not come. Try again.");
    }

    [Test]
    public async Task It_works_on_a_phone_and_without_a_script()
    {
        await using var user = await ArriveAsync(viewport: Picture.Phone);
        await user.ImportAsync("Lisbon in May", ["When?", "May."], 1);
        await user.ImportAsync("Gift ideas", ["What?", "A book."], 2);
        await user.Page.ReloadAsync();
        var (chat, list, page) = (user.Chat, user.Chat.List, user.Page);

        await chat.ConversationsButton.ClickAsync();
        await list["Lisbon in May"].ChooseAsync("move");
        await list.Sheet.GetByText("New folder…").ClickAsync();
        await list.Sheet.GetByLabel("Name").FillAsync("Travel");
        await list.Sheet.GetByLabel("Purple").CheckAsync();
        await Picture.TakeBothAsync(chat, "library-phone-sheet");
        await list.Sheet.GetByText("Save").ClickAsync();
        await Expect(list.Folder("Travel").Locator(".count")).ToHaveTextAsync("1");
        await list["Gift ideas"].ChooseAsync("pin");
        await Expect(list.Pinned).ToHaveTextAsync(["Gift ideas"]);
        await list.Folder("Travel").Locator("summary").First.ClickAsync();
        await Expect(list["Lisbon in May"].Link).ToBeVisibleAsync();
        await Picture.TakeBothAsync(chat, "library-phone");
        await NoViolationAsync(page);

        // The same list without a script, by the same browser's cookies.
        Answer(Script.Answer("By tram."));
        await using var plain = await ArriveAsync(javaScript: false);
        await plain.Page.Context.AddCookiesAsync((await page.Context.CookiesAsync()).Select(cookie => new Cookie
        {
            Name = cookie.Name,
            Value = cookie.Value,
            Domain = cookie.Domain,
            Path = cookie.Path,
        }));
        await plain.Page.ReloadAsync();
        await Expect(plain.Chat.List.Pinned).ToHaveTextAsync(["Gift ideas"]);
        await plain.Chat.List.Folder("Travel").GetByText("New chat in Travel").ClickAsync();
        await plain.Chat.Message.FillAsync("How do I get around?");
        await plain.Page.Locator("button.send").ClickAsync();
        await Expect(plain.Chat.Heading).ToHaveTextAsync("How do I get around?");
        await Expect(plain.Chat.List.Folder("Travel").Locator("a.open")).ToHaveTextAsync(
            ["How do I get around?", "Lisbon in May"]);
        await Expect(plain.Page.Locator("#shelf .more button:visible, .folder-actions button:visible")).ToHaveCountAsync(0);
    }

    private static async Task NoViolationAsync(IPage page)
    {
        var result = await page.RunAxe();
        Assert.That(result.Violations.Select(violation => $"{violation.Id}: {violation.Nodes[0].Html}"), Is.Empty);
    }
}

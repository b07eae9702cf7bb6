using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>What a user finds on a new chat, chooses in the settings, and inserts from the library of prompts.</summary>
internal sealed class PersonalTests : BrowserTest
{
    private static readonly ViewportSize SmallPhone = new() { Width = 320, Height = 568 };

    [Test]
    public async Task The_settings_open_by_key_apply_at_once_and_give_the_focus_back()
    {
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        await chat.Message.FocusAsync();

        await page.Keyboard.PressAsync("Control+,");
        await Expect(chat.Settings).ToBeVisibleAsync();
        for (var i = 0; i < 30; i++)
            await page.Keyboard.PressAsync("Tab");
        Assert.That(
            await page.EvaluateAsync<bool>(
                "() => document.activeElement === document.body || document.activeElement.closest('.settings-dialog') !== null"),
            Is.True, "the focus stays in the dialog");
        await FitsAsync(user, "settings");
        await ChooseAsync(page, () => chat.Theme("Very large").ClickAsync());
        await ChooseAsync(page, () => chat.Settings.Locator("#set-figures").UncheckAsync());
        await ChooseAsync(page, () => chat.Settings.Locator("#set-temporary").CheckAsync());
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-size", "huge");
        Assert.That(
            await page.EvaluateAsync<string>("() => getComputedStyle(document.documentElement).fontSize"), Is.EqualTo("21px"));
        await FitsAsync(user, "settings-huge");
        await page.SetViewportSizeAsync(SmallPhone.Width, SmallPhone.Height);
        await FitsAsync(user, "settings-huge-320");
        await page.SetViewportSizeAsync(Chromium.Desktop.Width, Chromium.Desktop.Height);
        await page.Keyboard.PressAsync("Escape");
        await Expect(chat.Settings).ToBeHiddenAsync();
        await Expect(chat.Message).ToBeFocusedAsync();

        await page.ReloadAsync();
        await Expect(chat.MannerNow).ToHaveTextAsync("Temporary chat");
        Answer(Script.Answer("Hi."));
        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();
        await Expect(page).ToHaveTitleAsync("Temporary chat · ChatStream");
        await Expect(chat.Conversations).ToHaveCountAsync(0);
        await Expect(chat.Answer.Figures.First).ToBeHiddenAsync();
    }

    [Test]
    public async Task A_new_chat_offers_prompts_and_the_last_conversations_and_starts_nothing()
    {
        Answer(Script.Answer("Hi."));
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        await Expect(chat.Notice).ToContainTextAsync("Down on Friday");
        await FitsAsync(user, "welcome");
        await chat.Starters.Nth(1).ClickAsync();
        await Expect(chat.Message).ToHaveValueAsync("Explain it to a child.");
        await Expect(chat.Message).ToBeFocusedAsync();
        await Expect(chat.Preset).ToHaveValueAsync("creative");
        await chat.Notice.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(chat.Notice).ToHaveCountAsync(0);
        Assert.That(Requests, Is.Empty);

        await chat.Message.PressAsync("Enter");
        await chat.Answer.HasEndedAsync();
        await chat.NewChat.ClickAsync();
        await Expect(chat.Recent).ToHaveTextAsync(["Explain it to a child."]);
        await chat.Recent.First.ClickAsync();
        await Expect(chat.Questions).ToHaveTextAsync(["Explain it to a child."]);
        await page.GotoAsync("/");
        await Expect(chat.Notice).ToHaveCountAsync(0);
        await Expect(chat.Recent).ToHaveTextAsync(["Explain it to a child."]);
        await FitsAsync(user, "welcome-again");
    }

    [Test]
    public async Task A_new_chat_is_read_from_its_top_however_much_it_offers()
    {
        await using var user = await ArriveAsync(viewport: new() { Width = 375, Height = 500 });
        var (chat, page) = (user.Chat, user.Page);
        for (var i = 0; i < 4; i++)
            await user.ImportAsync($"Conversation {i}", [string.Join('\n', Enumerable.Range(0, 80)), "Yes."], i);
        await page.EvaluateAsync("""
            () => fetch('/folders', {
                method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name: 'Travel' })
            })
            """);

        await page.ReloadAsync();
        await page.GotoAsync("/");
        await Expect(chat.Recent).ToHaveCountAsync(5);
        await IsReadFromItsTopAsync("loaded");
        await Picture.TakeAsync(page, "personal-welcome-long-phone");

        await chat.Recent.Nth(1).ClickAsync();
        await Expect(chat.Answer.Text).ToBeInViewportAsync();
        await chat.NewChat.ClickAsync();
        await IsReadFromItsTopAsync("opened in the page");
        // The reader may go down and stays there.
        await page.Mouse.MoveAsync(180, 200);
        await page.Mouse.WheelAsync(0, 5_000);
        await page.WaitForFunctionAsync("() => scrollY > 50");
        var top = await chat.ScrollTopAsync();
        await chat.Message.FillAsync("A\nB\nC");
        await page.SetViewportSizeAsync(375, 520);
        Assert.That(await chat.ScrollTopAsync(), Is.GreaterThan(top - 60));

        await page.SetViewportSizeAsync(1280, 500);
        await page.GotoAsync("/");
        await IsReadFromItsTopAsync("on a wide page");
        await Picture.TakeAsync(page, "personal-welcome-long-desktop");

        async Task IsReadFromItsTopAsync(string how)
        {
            await Expect(page.Locator(".ask")).ToBeVisibleAsync();
            // Two frames, in which the page could still move.
            await page.EvaluateAsync("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
            const string Hidden = "() => document.documentElement.scrollHeight - innerHeight";
            Assert.That(await page.EvaluateAsync<double>(Hidden), Is.GreaterThan(50), how);
            Assert.That(await chat.ScrollTopAsync(), Is.Zero, how);
            await Expect(page.Locator(".ask")).ToBeInViewportAsync(new() { Ratio = 1 });
            await Expect(chat.Send).ToBeInViewportAsync(new() { Ratio = 1 });
            await Expect(chat.Newest).ToBeHiddenAsync();
        }
    }

    [Test]
    public async Task A_slash_finds_prompts_whose_fields_are_filled_in()
    {
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        await chat.OpenSettingsAsync();
        var form = chat.Settings.Locator(".prompts .new");
        await form.Locator("summary").ClickAsync();
        await form.GetByLabel("Title").FillAsync("Letter");
        await form.GetByLabel("Text").FillAsync("Write to {{name}} about {{subject}}. Greet {{name}}.");
        await FitsAsync(user, "settings-prompt");
        await form.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(chat.Settings.Locator(".prompts li > details > summary")).ToHaveTextAsync(["Letter"]);
        await page.Keyboard.PressAsync("Escape");

        await chat.Message.PressSequentiallyAsync("/");
        await Expect(chat.PromptFilter).ToBeFocusedAsync();
        await Expect(chat.Prompts).ToHaveCountAsync(3);
        await FitsAsync(user, "prompts");
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(chat.Prompts.Nth(1)).ToHaveAttributeAsync("aria-selected", "true");
        await page.Keyboard.TypeAsync("lett");
        await Expect(chat.Prompts).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Enter");
        await Expect(chat.PromptFields.GetByLabel("name")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("Ada");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("<b>$&");
        await FitsAsync(user, "prompt-fields");
        await page.Keyboard.PressAsync("Enter");
        await Expect(chat.Message).ToHaveValueAsync("Write to Ada about <b>$&. Greet Ada.");
        await Expect(chat.Message).ToBeFocusedAsync();

        // What no prompt has is a message.
        await chat.Message.FillAsync("");
        await chat.Message.PressSequentiallyAsync("/");
        await Expect(chat.PromptFilter).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("etc/hosts");
        await Expect(chat.Message).ToHaveValueAsync("/etc/hosts");
        await Expect(chat.Message).ToBeFocusedAsync();
        await chat.Message.FillAsync("");
        await chat.Message.PressSequentiallyAsync("/");
        await Expect(chat.PromptFilter).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(chat.Message).ToHaveValueAsync("/");
        Assert.That(Requests, Is.Empty);

        await chat.OpenSettingsAsync();
        await chat.Settings.Locator(".prompts li > details > summary").First.ClickAsync();
        await chat.Settings.Locator(".prompts li details details summary").ClickAsync();
        await chat.Settings.GetByRole(AriaRole.Button, new() { Name = "Delete for good" }).ClickAsync();
        await Expect(chat.Settings.Locator(".prompts li")).ToHaveCountAsync(0);
    }

    [Test]
    public async Task The_fields_of_a_prompt_are_given_up_by_touch_and_go_with_their_conversation()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await user.ImportAsync("Another", ["One", "Two"], 1);
        await user.Page.EvaluateAsync("""
            () => fetch('/prompts', {
                method: 'POST', headers: { 'Content-Type': 'application/json' },
                body: JSON.stringify({ title: 'Letter', text: 'Write to {{name}}.' })
            })
            """);
        await user.Page.ReloadAsync();

        await OpenFieldsAsync();
        await chat.PromptFields.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(chat.PromptFields).ToHaveCountAsync(0);
        await Expect(chat.Message).ToBeFocusedAsync();
        await Expect(chat.Message).ToHaveValueAsync("");
        await OpenFieldsAsync();
        await FitsAsync(user, "prompt-fields-cancel");
        await chat.List["Another"].Link.ClickAsync();
        await Expect(chat.Heading).ToHaveTextAsync("Another");
        await Expect(chat.PromptFields).ToHaveCountAsync(0);

        async Task OpenFieldsAsync()
        {
            await chat.Message.PressSequentiallyAsync("/");
            await Expect(chat.PromptFilter).ToBeFocusedAsync();
            await user.Page.Keyboard.TypeAsync("lett");
            await Expect(chat.Prompts).ToHaveCountAsync(1);
            await user.Page.Keyboard.PressAsync("Enter");
            await Expect(chat.PromptFields).ToBeVisibleAsync();
        }
    }

    [Test]
    public async Task A_prompt_that_could_not_be_saved_is_told_and_saving_one_keeps_the_text_of_another()
    {
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        await chat.OpenSettingsAsync();
        var (adding, titles) = (chat.Settings.Locator(".prompts .new"), chat.Settings.Locator(".prompts li > details > summary"));
        var save = adding.GetByRole(AriaRole.Button, new() { Name = "Save" });
        await adding.Locator("summary").ClickAsync();
        await adding.GetByLabel("Title").FillAsync("First");
        await adding.GetByLabel("Text").FillAsync("The first text");
        var held = new TaskCompletionSource<IRoute>();
        await page.RouteAsync("**/settings/prompts", held.SetResult, new() { Times = 1 });
        await save.ClickAsync();
        var lost = await held.Task.WaitAsync(Timeout);
        await Expect(save).ToBeDisabledAsync();
        await lost.AbortAsync();
        await Expect(chat.Settings.Locator(".prompts .fault")).ToHaveTextAsync("The server did not take this change.");
        await Expect(adding.GetByLabel("Text")).ToHaveValueAsync("The first text");
        await save.ClickAsync();
        await Expect(titles).ToHaveTextAsync(["First"]);
        await Expect(chat.Settings.Locator(".prompts .fault")).ToHaveCountAsync(0);

        await adding.Locator("summary").ClickAsync();
        await adding.GetByLabel("Title").FillAsync("Second");
        await adding.GetByLabel("Text").FillAsync("The second text");
        await titles.First.ClickAsync();
        var first = chat.Settings.Locator(".prompts li").First;
        await first.GetByLabel("Text").FillAsync("The first text, changed");
        await first.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(chat.Announcement).Not.ToHaveTextAsync("");
        await Expect(first.GetByLabel("Text")).ToHaveJSPropertyAsync("defaultValue", "The first text, changed");

        await Expect(adding.GetByLabel("Text")).ToBeVisibleAsync();
        await Expect(adding.GetByLabel("Text")).ToHaveValueAsync("The second text");

        // What was typed back to what was saved does not hide what is saved elsewhere.
        await titles.First.ClickAsync();
        await first.GetByLabel("Text").FillAsync("A slip");
        await first.GetByLabel("Text").FillAsync("The first text, changed");
        await first.Locator("form").First.EvaluateAsync("""
            (form) => {
                const body = new URLSearchParams(new FormData(form, form.querySelector('.primary')));
                body.set('text', 'Changed elsewhere');
                return fetch(form.action, { method: 'POST', body });
            }
            """);
        await page.Keyboard.PressAsync("Escape");
        await Expect(chat.Settings).ToBeHiddenAsync();
        await chat.OpenSettingsAsync();
        await Expect(first.Locator("[name=text]")).ToHaveValueAsync("Changed elsewhere");
        await Expect(adding.GetByLabel("Text")).ToHaveValueAsync("The second text");
    }

    [Test]
    public async Task The_page_does_not_follow_an_answer_if_it_is_not_to()
    {
        var gate = new Gate();
        Answer(Script.Start().Text("Begin.\n\n").Wait(gate).Text(string.Join("\n\n", Enumerable.Range(1, 60))));
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        await chat.OpenSettingsAsync();
        await ChooseAsync(page, () => chat.Settings.Locator("#set-follow").UncheckAsync());
        await page.Keyboard.PressAsync("Escape");
        await chat.SendAsync("Count");
        await Expect(chat.Answer.Text).ToContainTextAsync("Begin.");

        gate.Open();
        await chat.Answer.HasEndedAsync();

        Assert.That(await chat.ScrollTopAsync(), Is.LessThan(300));
        await Expect(chat.Newest).ToBeVisibleAsync();

        // Who asks for the end is brought there, and so is who opens the conversation.
        await chat.Newest.ClickAsync();
        await Expect(chat.Newest).ToBeHiddenAsync();
        await Expect(chat.Answer.Info).ToBeInViewportAsync();
        await chat.ScrollUpAsync(400);
        await Expect(chat.Newest).ToBeVisibleAsync();
        await chat.Message.BlurAsync();
        await page.Keyboard.PressAsync("End");
        await Expect(chat.Answer.Info).ToBeInViewportAsync();
        await page.GotoAsync(page.Url);
        await Expect(chat.Answer.Info).ToBeInViewportAsync();
    }

    protected override Task<ChatApp> StartAppAsync(EmulatorServer emulator) => ChatApp.StartAsync(emulator, setup =>
    {
        setup.Settings["Welcome:Text"] = "For the people of **Example Ltd**. No secrets, please.";
        setup.Settings["Welcome:Notice"] = "Down on Friday from 18:00. See the [plan](https://example.org/).";
        setup.Settings["Welcome:Prompts:0:Title"] = "Review a text";
        setup.Settings["Welcome:Prompts:0:Text"] =
            "Review this text for grammar and style. Keep its tone, and list what you changed below it, in short:";
        setup.Settings["Welcome:Prompts:1:Text"] = "Explain it to a child.";
        setup.Settings["Welcome:Prompts:1:Preset"] = "creative";
    });

    /// <summary>Waits until the server has the choice.</summary>
    private static Task<IResponse> ChooseAsync(IPage page, Func<Task> choose) => page.RunAndWaitForResponseAsync(
        choose, response => response.Url.EndsWith("/preferences", StringComparison.Ordinal));

    private static async Task FitsAsync(BrowserUser user, string name)
    {
        Assert.That(await user.Chat.SidewaysAsync(), Is.LessThanOrEqualTo(0), name);
        var violations = (await user.Page.RunAxe()).Violations;
        Assert.That(violations.Select(violation => $"{violation.Id}: {violation.Nodes[0].Html}"), Is.Empty, name);
        if (user.Page.ViewportSize!.Width >= Chromium.Desktop.Width)
            await Picture.TakeBothAsync(user.Chat, $"personal-{name}");
        else
            await Picture.TakeAsync(user.Page, $"personal-{name}");
    }
}

using ChatStream.Emulator;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>What keys do while text is typed: on a touch screen, in an input method, and in an editor.</summary>
internal sealed class TypingTests : BrowserTest
{
    [Test]
    public async Task On_a_touch_screen_Enter_breaks_the_line_and_the_button_sends()
    {
        Answer(Script.Start().Text("So far").Stall());
        await using var user = await ArriveAsync(viewport: Picture.Phone);
        var chat = user.Chat;
        await chat.Message.PressSequentiallyAsync("one");
        await chat.Message.PressAsync("Enter");
        await chat.Message.PressSequentiallyAsync("two");
        await Expect(chat.Message).ToHaveValueAsync("one\ntwo");
        await Expect(chat.Message).ToHaveAttributeAsync("enterkeyhint", "enter");
        await chat.Send.TapAsync();
        await Expect(chat.Questions).ToHaveTextAsync(["one\ntwo"]);
        await Expect(chat.Answer.Text).ToHaveTextAsync("So far");

        // While an answer runs, the button beside Stop queues.
        await chat.Message.FillAsync("and then?");
        await chat.Send.TapAsync();
        await Expect(chat.Queued).ToBeVisibleAsync();
        await Expect(chat.Stop).ToBeVisibleAsync();

        await chat.MessageAt(0).Edit.TapAsync();
        await chat.Edited.PressAsync("Enter");
        await chat.Edited.PressSequentiallyAsync("three");
        await Expect(chat.Edited).ToHaveValueAsync("one\ntwo\nthree");
        await chat.CancelEdit.TapAsync();

        await chat.OpenSettingsAsync();
        await user.Page.RunAndWaitForResponseAsync(
            () => user.Page.Locator("#set-sends").SelectOptionAsync("send"),
            response => response.Url.EndsWith("/preferences", StringComparison.Ordinal));
        await user.Page.ReloadAsync();
        await Expect(chat.Message).ToHaveAttributeAsync("enterkeyhint", "send");
        await Expect(chat.Message).ToHaveValueAsync("and then?");
        await Expect(chat.Answer.Text).ToHaveTextAsync("So far");
        await chat.Message.PressAsync("Enter");
        await Expect(chat.Queued).ToBeVisibleAsync();
    }

    [Test]
    public async Task A_key_belongs_to_the_input_method_first()
    {
        Answer(Script.Start().Text("So far").Stall());
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync("So far");
        await chat.Message.FillAsync("你");
        await chat.List["Hello"].RenameAsync();
        await chat.List["Hello"].NewTitle.FillAsync("新");
        await ComposesAsync(chat.List["Hello"].NewTitle);
        await Expect(chat.List["Hello"].NewTitle).ToHaveValueAsync("新");
        await chat.MessageAt(0).Edit.ClickAsync();
        await chat.Edited.FillAsync("改");
        await ComposesAsync(chat.Edited);
        await Expect(chat.Edited).ToHaveValueAsync("改");
        await ComposesAsync(chat.Message);
        await Expect(chat.Queued).ToBeHiddenAsync();
        await Expect(chat.Stop).ToBeVisibleAsync();
        await Expect(chat.Answer.Phase).ToHaveTextAsync("Writing");

        static async Task ComposesAsync(ILocator field)
        {
            foreach (var key in new[] { "Escape", "Enter" })
            {
                foreach (var sign in new[] { "isComposing: true", "keyCode: 229" })
                    await field.EvaluateAsync(
                        $"field => field.dispatchEvent(new KeyboardEvent('keydown', "
                        + $"{{ key: '{key}', {sign}, bubbles: true, cancelable: true }}))");
            }
        }
    }

    [Test]
    public async Task Escape_throws_no_typed_text_away_and_leads_back()
    {
        Answer(Script.Answer("Hi."));
        await using var user = await ArriveAsync();
        var (chat, keyboard) = (user.Chat, user.Page.Keyboard);
        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();

        await keyboard.PressAsync("ArrowUp");
        await Expect(chat.Edited).ToBeFocusedAsync();
        await keyboard.PressAsync("Escape");
        await Expect(chat.Message).ToBeFocusedAsync();
        await Expect(chat.MessageAt(0).Kept).ToBeHiddenAsync();
        await chat.MessageAt(0).Edit.FocusAsync();
        await keyboard.PressAsync("Enter");
        await chat.Edited.FillAsync("Hello, half");
        await keyboard.PressAsync("Escape");
        await Expect(chat.MessageAt(0).Edit).ToBeFocusedAsync();
        await Expect(chat.MessageAt(0).Kept).ToHaveTextAsync("Unsent edit kept");

        await chat.List["Hello"].RenameAsync();
        await chat.List["Hello"].NewTitle.FillAsync("A new title, half");
        await keyboard.PressAsync("Escape");
        await Expect(chat.List["Hello"].More).ToBeFocusedAsync();
        await chat.List["Hello"].RenameAsync();
        await Expect(chat.List["Hello"].NewTitle).ToHaveValueAsync("A new title, half");
        // A click elsewhere closes the menu, which has pushed nothing away.
        await chat.Message.ClickAsync();
        await Expect(chat.List["Hello"].NewTitle).ToBeHiddenAsync();

        await user.Page.ReloadAsync();
        await Expect(chat.MessageAt(0).Kept).ToBeVisibleAsync();
        await chat.MessageAt(0).Edit.ClickAsync();
        await Expect(chat.Edited).ToHaveValueAsync("Hello, half");
        Answer(Script.Answer("Hi again."));
        await chat.Edited.PressAsync("Enter");
        await Expect(chat.Answer.Text).ToHaveTextAsync("Hi again.");
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Message).ToBeFocusedAsync();
        await Expect(chat.MessageAt(0).Kept).ToBeHiddenAsync();
    }

    [Test]
    public async Task Escape_keeps_what_was_typed_into_a_folder_a_prompt_its_fields_and_a_comment()
    {
        Answer(Script.Answer("Hi."));
        await using var user = await ArriveAsync();
        var (chat, list, page, keyboard) = (user.Chat, user.Chat.List, user.Page, user.Page.Keyboard);
        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();

        var instructions = list.Sheet.GetByLabel("Instructions");
        await list.NewFolder.ClickAsync();
        await instructions.FillAsync("Answer like a guide.");
        await keyboard.PressAsync("Escape");
        await Expect(list.Sheet).ToHaveCountAsync(0);
        await list.NewFolder.ClickAsync();
        await Expect(instructions).ToHaveValueAsync("Answer like a guide.");
        await page.Mouse.ClickAsync(5, 5);
        await Expect(list.Sheet).ToHaveCountAsync(0);
        await list.NewFolder.ClickAsync();
        await Expect(instructions).ToHaveValueAsync("Answer like a guide.");
        await list.Sheet.GetByText("Cancel").ClickAsync();
        await list.NewFolder.ClickAsync();
        await Expect(instructions).ToHaveValueAsync("");
        await keyboard.PressAsync("Escape");

        var adding = chat.Settings.Locator(".prompts .new");
        await chat.OpenSettingsAsync();
        await adding.Locator("summary").ClickAsync();
        await adding.GetByLabel("Title").FillAsync("Letter");
        await adding.GetByLabel("Text").FillAsync("Write to {{name}}.");
        await keyboard.PressAsync("Escape");
        await Expect(chat.Settings).ToBeHiddenAsync();
        await chat.OpenSettingsAsync();
        await Expect(adding.GetByLabel("Text")).ToBeVisibleAsync();
        await Expect(adding.GetByLabel("Text")).ToHaveValueAsync("Write to {{name}}.");
        await adding.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(chat.Settings.Locator(".prompts li > details > summary")).ToHaveTextAsync(["Letter"]);
        await Expect(adding.GetByLabel("Text")).ToHaveValueAsync("");
        await keyboard.PressAsync("Escape");

        await OpenFieldsAsync();
        await keyboard.TypeAsync("Ada");
        await keyboard.PressAsync("Escape");
        await Expect(chat.Message).ToBeFocusedAsync();
        await OpenFieldsAsync();
        await Expect(chat.PromptFields.GetByLabel("name")).ToHaveValueAsync("Ada");
        await keyboard.PressAsync("Enter");
        await Expect(chat.Message).ToHaveValueAsync("Write to Ada.");

        var comment = chat.FeedbackForm.Locator("textarea");
        await chat.Thumb("down").ClickAsync();
        await comment.FillAsync("It is not.");
        await keyboard.PressAsync("Escape");
        await Expect(chat.FeedbackForm).ToHaveCountAsync(0);
        await chat.Thumb("down").ClickAsync();
        await Expect(comment).ToHaveValueAsync("It is not.");

        async Task OpenFieldsAsync()
        {
            await chat.Message.PressSequentiallyAsync("/");
            await Expect(chat.PromptFilter).ToBeFocusedAsync();
            await keyboard.TypeAsync("lett");
            await Expect(chat.Prompts).ToHaveCountAsync(1);
            await keyboard.PressAsync("Enter");
            await Expect(chat.PromptFields.GetByLabel("name")).ToBeFocusedAsync();
        }
    }

    [Test]
    public async Task A_file_that_is_dropped_on_the_page_does_not_take_its_place()
    {
        await using var user = await ArriveAsync();
        foreach (var type in new[] { "dragover", "drop" })
            Assert.That(await DropAsync(type, "data.items.add(new File(['a'], 'a.txt'))"), Is.True, type);
        Assert.That(await DropAsync("drop", "data.setData('text/plain', 'a')"), Is.False, "text can be dropped into the field");

        Task<bool> DropAsync(string type, string fill) => user.Page.EvaluateAsync<bool>($$"""
            () => {
                const data = new DataTransfer();
                {{fill}};
                const drop = new DragEvent('{{type}}', { dataTransfer: data, bubbles: true, cancelable: true });
                return !document.querySelector('#message').dispatchEvent(drop);
            }
            """);
    }

    [Test]
    public async Task The_focus_goes_on_when_what_had_it_is_gone()
    {
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        await page.RouteAsync("**/chat/stream", route => route.FulfillAsync(new() { Status = 503 }));
        await chat.SendAsync("Hello");
        await Expect(chat.SendAgain).ToBeVisibleAsync();
        await page.UnrouteAllAsync();

        Answer(Script.Start().Text("So far").Stall());
        await chat.SendAgain.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(chat.Answer.Text).ToHaveTextAsync("So far");
        await Expect(chat.Stop).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(chat.Message).ToBeFocusedAsync();

        Answer(Script.Start().Text("Once more").Stall());
        await chat.MessageAt(0).Edit.ClickAsync();
        await chat.EditAsync("Hello again");
        await Expect(chat.Answer.Text).ToHaveTextAsync("Once more");
        await Expect(chat.Message).ToBeFocusedAsync();
        await chat.Stop.ClickAsync();
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Message).ToBeFocusedAsync();
        await chat.Answer.Retry.FocusAsync();

        // What another tab removes gives the focus away too.
        var other = await user.NewTabAsync(new Uri(page.Url).AbsolutePath);
        Answer(Script.Answer("From there."));
        await other.MessageAt(0).Edit.ClickAsync();
        await other.EditAsync("Hello from there");
        await other.Answer.HasEndedAsync();
        await Expect(chat.Questions).ToHaveTextAsync(["Hello from there"]);
        await Expect(chat.Message).ToBeFocusedAsync();
    }
}

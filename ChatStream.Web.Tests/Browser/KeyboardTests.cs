using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>Keyboard shortcuts, the focus, and where single keys must do nothing.</summary>
internal sealed class KeyboardTests : BrowserTest
{
    [Test]
    public async Task The_keyboard_reaches_everything_and_no_focus_is_lost()
    {
        Answer(Script.Start().Text("So far").Stall());
        Answer(Script.Start().Text(" and on").Stall());
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync("So far");

        await chat.Message.PressAsync("Tab");
        await Expect(chat.FileInput).ToBeFocusedAsync();
        await user.Page.Keyboard.PressAsync("Tab");
        await Expect(user.Page.Locator(".manner > summary")).ToBeFocusedAsync();
        await user.Page.Keyboard.PressAsync("Tab");
        await Expect(chat.Stop).ToBeFocusedAsync();
        await user.Page.Keyboard.PressAsync("Enter");
        await Expect(chat.Message).ToBeFocusedAsync();

        await chat.Answer.Continue.FocusAsync();
        await user.Page.Keyboard.PressAsync("Enter");
        await Expect(chat.Stop).ToBeFocusedAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync("So far and on");
        await user.Page.Keyboard.PressAsync("Enter");
        await Expect(chat.Message).ToBeFocusedAsync();
    }

    [Test]
    public async Task Escape_stops_the_answer_wherever_the_focus_is()
    {
        Answer(Script.Start().Text("So far").Stall());
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync("So far");

        await user.Page.Keyboard.PressAsync("Escape");

        await Expect(chat.Answer.Ending).ToHaveTextAsync(["You stopped this answer."]);
        await Expect(chat.Message).ToBeFocusedAsync();
    }

    [Test]
    public async Task Escape_closes_what_is_open_before_it_stops_an_answer()
    {
        Answer(Script.Start().Text("So far").Stall());
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync("So far");

        await chat.List["Hello"].RenameAsync();
        await Expect(chat.List["Hello"].NewTitle).ToBeFocusedAsync();
        await user.Page.Keyboard.PressAsync("Escape");
        await Expect(chat.List["Hello"].More).ToBeFocusedAsync();
        await chat.MessageAt(0).Edit.ClickAsync();
        await user.Page.Keyboard.PressAsync("Escape");
        await Expect(chat.Edited).ToHaveCountAsync(0);
        await user.Page.Keyboard.PressAsync("?");
        await Expect(chat.Shortcuts).ToBeVisibleAsync();
        await user.Page.Keyboard.PressAsync("Escape");
        await Expect(chat.Shortcuts).ToBeHiddenAsync();

        await Expect(chat.Stop).ToBeVisibleAsync();
        await user.Page.Keyboard.PressAsync("Escape");
        await Expect(chat.Answer.Ending).ToHaveTextAsync(["You stopped this answer."]);
    }

    [Test]
    public async Task Single_keys_are_letters_in_a_field_and_can_be_switched_off()
    {
        await using var user = await ArriveAsync();
        var (chat, keyboard) = (user.Chat, user.Page.Keyboard);

        await chat.Message.PressSequentiallyAsync("c/?");
        await Expect(chat.Message).ToHaveValueAsync("c/?");
        await Expect(chat.Shortcuts).ToBeHiddenAsync();

        await chat.Message.BlurAsync();
        await keyboard.PressAsync("?");
        await chat.SingleKeys.UncheckAsync();
        await keyboard.PressAsync("Escape");
        await user.Page.ReloadAsync();
        await chat.Message.BlurAsync();
        await keyboard.PressAsync("?");
        await keyboard.PressAsync("/");
        await Expect(chat.Shortcuts).ToBeHiddenAsync();
        await Expect(chat.Message).Not.ToBeFocusedAsync();
        await keyboard.PressAsync("Control+k");
        await Expect(chat.List.Search).ToBeFocusedAsync();
    }

    [Test]
    public async Task Keys_go_to_the_field_the_search_the_last_message_and_a_new_chat()
    {
        Answer(Script.Answer("Hi."));
        await using var user = await ArriveAsync();
        var (chat, keyboard) = (user.Chat, user.Page.Keyboard);
        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();

        await keyboard.PressAsync("ArrowUp");
        await Expect(chat.Edited).ToBeFocusedAsync();
        await Expect(chat.Edited).ToHaveValueAsync("Hello");
        await keyboard.PressAsync("Escape");
        await keyboard.PressAsync("/");
        await Expect(chat.Message).ToBeFocusedAsync();
        await keyboard.PressAsync("Control+k");
        await Expect(chat.List.Search).ToBeFocusedAsync();
        await keyboard.PressAsync("Control+Shift+O");
        await Expect(user.Page).ToHaveURLAsync(App.Address.ToString());
    }

    [TestCase(false)]
    [TestCase(true, Description = "Where the browser has no clipboard to write to")]
    [UsesClipboard]
    public async Task An_answer_is_copied_as_it_was_written(bool onLan)
    {
        const string First = "# A *list*\n\n- one\n- t";
        Answer(Script.Start().Text(First).Finish("length").Done());
        Answer(Script.Answer("wo\n"));
        await using var user = await ArriveAsync(onLan ? Chromium.OnLan(App.Address) : null);
        var chat = user.Chat;
        if (!onLan)
            await user.Context.GrantPermissionsAsync(["clipboard-write"]);
        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();
        await chat.Answer.Continue.ClickAsync();
        await chat.Answer.HasEndedAsync();
        Assert.That(await user.Page.EvaluateAsync<bool>("() => isSecureContext"), Is.EqualTo(!onLan));
        await Expect(chat.Announcement).ToContainTextAsync("The answer is complete.");

        await chat.Answer.Copy.ClickAsync();
        await Expect(chat.Announcement).ToHaveTextAsync("Copied.");
        await chat.Message.FocusAsync();
        await user.Page.Keyboard.PressAsync("Control+v");
        await Expect(chat.Message).ToHaveValueAsync($"{First}wo\n");

        // The same on a page that the server has rendered.
        await chat.Message.FillAsync("");
        await user.Page.ReloadAsync();
        await chat.Answer.Copy.ClickAsync();
        await Expect(chat.Announcement).ToHaveTextAsync("Copied.");
        await chat.Message.FocusAsync();
        await user.Page.Keyboard.PressAsync("Control+v");
        await Expect(chat.Message).ToHaveValueAsync($"{First}wo\n");
    }
}

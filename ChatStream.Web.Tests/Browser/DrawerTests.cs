using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>On a small screen the list of conversations is a modal drawer over the conversation.</summary>
internal sealed class DrawerTests : BrowserTest
{
    private static readonly ViewportSize Phone = new() { Width = 375, Height = 740 };

    [Test]
    public async Task Escape_closes_the_drawer_and_returns_the_focus()
    {
        await using var user = await ArriveAsync(viewport: Phone);
        var chat = user.Chat;
        await Expect(chat.List.Search).ToBeHiddenAsync();

        await chat.ConversationsButton.ClickAsync();
        await Expect(chat.List.Search).ToBeVisibleAsync();
        await user.Page.Keyboard.PressAsync("Escape");

        await Expect(chat.List.Search).ToBeHiddenAsync();
        await Expect(chat.ConversationsButton).ToBeFocusedAsync();
    }

    [Test]
    public async Task The_focus_stays_in_the_open_drawer()
    {
        await using var user = await ArriveAsync(viewport: Phone);
        await user.Chat.ConversationsButton.ClickAsync();
        await Expect(user.Chat.List.Search).ToBeVisibleAsync();

        var places = new HashSet<string>();
        for (var i = 0; i < 15; i++)
        {
            await user.Page.Keyboard.PressAsync("Tab");
            places.Add(await user.Page.EvaluateAsync<string>(
                "() => document.activeElement === document.body ? 'the browser' : "
                + "document.activeElement.closest('.conversations') ? 'the drawer' : document.activeElement.outerHTML"));
        }

        Assert.That(places, Does.Contain("the drawer"));
        Assert.That(places, Is.SubsetOf(new[] { "the drawer", "the browser" }));
    }

    [Test]
    public async Task A_touch_beside_the_drawer_closes_it_and_the_page_works_again()
    {
        await using var user = await ArriveAsync(viewport: Phone);
        var chat = user.Chat;
        await chat.ConversationsButton.ClickAsync();
        await Expect(chat.List.Search).ToBeVisibleAsync();

        await user.Page.Touchscreen.TapAsync(360, 400);

        await Expect(chat.List.Search).ToBeHiddenAsync();
        await chat.Message.FillAsync("It takes what is typed");
        await Expect(chat.Message).ToHaveValueAsync("It takes what is typed");
    }

    [Test]
    public async Task A_window_that_is_widened_while_the_drawer_is_open_still_takes_what_is_typed()
    {
        await using var user = await ArriveAsync(viewport: Phone);
        var chat = user.Chat;
        await chat.ConversationsButton.ClickAsync();
        await Expect(chat.List.Search).ToBeVisibleAsync();

        await user.Page.SetViewportSizeAsync(1280, 740);

        await chat.Message.ClickAsync();
        await Expect(chat.Message).ToBeFocusedAsync();
    }

    [Test]
    public async Task An_on_screen_keyboard_does_not_close_the_field_for_a_new_title()
    {
        await using var user = await ArriveAsync(viewport: Phone);
        var (chat, list) = (user.Chat, user.Chat.List);
        await user.ImportAsync("Old title", ["One", "Two"], 1);
        await user.Page.ReloadAsync();
        await chat.ConversationsButton.ClickAsync();
        await list["Old title"].RenameAsync();
        var field = list["Old title"].NewTitle;
        await Expect(field).ToBeFocusedAsync();

        // As the keyboard of Android does.
        await user.Page.SetViewportSizeAsync(Phone.Width, 400);
        await user.Page.EvaluateAsync("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");

        await Expect(field).ToBeFocusedAsync();
        await Expect(field).ToBeInViewportAsync(new() { Ratio = 1 });
        await user.Page.Keyboard.TypeAsync("New title");
        await user.Page.Keyboard.PressAsync("Enter");
        await Expect(list["New title"].Link).ToBeVisibleAsync();
    }

    /// <summary>The drawer fades in, and a hand that knows the place is as fast.</summary>
    [Test]
    public async Task A_menu_that_opens_while_the_drawer_appears_stands_at_its_button()
    {
        await using var user = await ArriveAsync(viewport: Phone);
        await user.ImportAsync("A title", ["One", "Two"], 1);
        await user.Page.ReloadAsync();
        await Expect(user.Chat.ConversationsButton).ToBeVisibleAsync();

        var distances = await user.Page.EvaluateAsync<double[]>("""
            async () => {
                const frame = () => new Promise(requestAnimationFrame);
                document.querySelector('.conversations').open = true;
                await frame();
                const menu = document.querySelector('.more');
                menu.open = true;
                await null; // Before anything is painted.
                const panel = menu.querySelector('.panel');
                const distance = () => panel.getBoundingClientRect().right - menu.querySelector('summary').getBoundingClientRect().right;
                const first = distance();
                const drawer = document.querySelector('.drawer');
                if (drawer.getAnimations().length === 0) throw new Error('The drawer had appeared before the menu opened.');
                await Promise.all(drawer.getAnimations().map((animation) => animation.finished));
                return [first, distance()];
            }
            """);

        Assert.That(distances, Is.All.EqualTo(0).Within(1));
    }
}

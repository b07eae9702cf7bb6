using ChatStream.Emulator;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>
/// A dialog closes when its user presses and releases beside it. Otherwise what was typed in it would be lost.
/// </summary>
internal sealed class DialogTests : BrowserTest
{
    [TestCase("folder")]
    [TestCase("settings")]
    [TestCase("share")]
    [TestCase("shortcuts")]
    [TestCase("code")]
    public async Task Only_a_press_and_a_release_beside_a_dialog_close_it(string name)
    {
        Answer(Script.Answer("```ts\nconst a = 1;\n```\n"));
        await using var user = await ArriveAsync();
        var (chat, mouse) = (user.Chat, user.Page.Mouse);
        await chat.SendAsync("Code");
        await chat.Answer.HasEndedAsync();
        await OpenAsync(chat, name);
        var dialog = chat.List.Sheet;
        await Expect(dialog).ToBeVisibleAsync();
        await user.Page.WaitForFunctionAsync(
            "() => [...document.querySelectorAll('link[rel=stylesheet]')].every((link) => link.sheet)");
        var box = (await dialog.BoundingBoxAsync())!;
        var (inside, padding, beside) =
            ((box.X + (box.Width / 2), box.Y + (box.Height / 2)), (box.X + 3, box.Y + 3), (box.X / 2, box.Y / 2));

        await DragAsync(inside, beside);
        await Expect(dialog).ToBeVisibleAsync();
        await DragAsync(beside, inside);
        await Expect(dialog).ToBeVisibleAsync();
        await DragAsync(padding, padding);
        await Expect(dialog).ToBeVisibleAsync();
        await DragAsync(beside, beside);
        await Expect(dialog).ToHaveCountAsync(0);

        async Task DragAsync((float X, float Y) from, (float X, float Y) to)
        {
            await mouse.MoveAsync(from.X, from.Y);
            await mouse.DownAsync();
            await mouse.MoveAsync(to.X, to.Y);
            await mouse.UpAsync();
        }
    }

    private static Task OpenAsync(ChatPageObject chat, string name) => name switch
    {
        "folder" => chat.List.NewFolder.ClickAsync(),
        "settings" => chat.OpenSettingsAsync(),
        "share" => chat.Share.ClickAsync(),
        "shortcuts" => chat.ShortcutsButton.ClickAsync(),
        _ => chat.Answer.Text.GetByRole(AriaRole.Button, new() { Name = "Full screen" }).ClickAsync(),
    };
}

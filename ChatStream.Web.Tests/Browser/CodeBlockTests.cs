using ChatStream.Emulator;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>Blocks of code: their colours while they grow, their head, and what its buttons do.</summary>
internal sealed class CodeBlockTests : BrowserTest
{
    private const string Code = "export function area(r: number) {\n  return Math.PI * r ** 2; // of a circle\n}\n";

    [Test]
    [UsesClipboard]
    public async Task Code_has_colours_while_it_is_written_and_can_be_saved_and_shown_in_full_screen()
    {
        var gate = new Gate();
        var lines = string.Concat(Enumerable.Range(0, 60)
            .Select(i => $"const value{i} = area({i}) + 'a rather long line of text';\n"));
        Answer(
            Script.Start().Text($"Here:\n\n```ts\n{Code}const na").Wait(gate).Text($"me = 1;\n{lines}").Wait(gate)
            .Text("```\n\nDone.").Finish("stop").Done());
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        await user.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        var block = chat.Answer.Text.Locator(".code");

        await chat.SendAsync("Code");
        await Expect(block.Locator(".hl-word").First).ToHaveTextAsync("export");
        await Expect(block.Locator(".hl-note")).ToHaveTextAsync("// of a circle");
        await Expect(block.Locator(".code-language")).ToHaveTextAsync("TypeScript");
        await Expect(block.Locator("code")).ToContainTextAsync("const na");
        await Picture.TakeBothAsync(chat, "code-streaming");
        gate.LetOne();
        await Expect(block.Locator(".hl-number").Filter(new() { HasText = "59" })).ToBeVisibleAsync();
        var coloured = await block.Locator("code").InnerHTMLAsync();
        gate.LetOne();
        await chat.Answer.HasEndedAsync();
        Assert.That(await block.Locator("code").InnerHTMLAsync(), Is.EqualTo(coloured), "the end of the block changes nothing");

        // The head stays while the code is scrolled.
        await block.EvaluateAsync("block => scrollTo(0, scrollY + block.getBoundingClientRect().top + 300)");
        var head = (await block.Locator(".code-bar").BoundingBoxAsync())!;
        Assert.That(head.Y, Is.InRange(-1, 1));
        await Picture.TakeBothAsync(chat, "code-sticky");

        var saved = await page.RunAndWaitForDownloadAsync(() => Button("Download").ClickAsync());
        Assert.That(saved.SuggestedFilename, Is.EqualTo("code.ts"));
        Assert.That(await File.ReadAllTextAsync(await saved.PathAsync()), Is.EqualTo($"{Code}const name = 1;\n{lines}"));

        await Button("Full screen").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var full = page.GetByRole(AriaRole.Dialog, new() { Name = "TypeScript" });
        await Expect(full.Locator("pre")).ToBeFocusedAsync();
        await Expect(full.Locator("code")).ToContainTextAsync("value59");
        var (size, window) = ((await full.BoundingBoxAsync())!, page.ViewportSize!);
        Assert.That(size.Width, Is.GreaterThan(window.Width - 50));
        Assert.That(size.Height, Is.GreaterThan(window.Height - 50));
        await Picture.TakeBothAsync(chat, "code-full-screen");
        await full.GetByRole(AriaRole.Button, new() { Name = "Copy" }).ClickAsync();
        await Expect(chat.Announcement).ToHaveTextAsync("Copied.");
        Assert.That(
            await page.EvaluateAsync<string>("() => navigator.clipboard.readText()"),
            Is.EqualTo($"{Code}const name = 1;\n{lines}".TrimEnd('\n')));
        await full.GetByRole(AriaRole.Button, new() { Name = "Wrap lines" }).ClickAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(full).ToHaveCountAsync(0);
        await Expect(Button("Full screen")).ToBeFocusedAsync();
        await Expect(Button("Wrap lines")).ToHaveAttributeAsync("aria-pressed", "true");

        ILocator Button(string name) => block.GetByRole(AriaRole.Button, new() { Name = name });
    }
}

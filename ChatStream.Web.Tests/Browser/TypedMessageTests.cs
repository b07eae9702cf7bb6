using ChatStream.Emulator;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The user's own messages: as they were typed, with code and links, and folded if they are long.</summary>
internal sealed class TypedMessageTests : BrowserTest
{
    private const string Typed =
        "Look  at `let a = 1` and\n   https://example.org/a_b, www.example.net or [the docs](https://docs.example/x).\n\n\n"
        + "# no heading, *no emphasis*\n- no list\n```python\nprint(1)\n```\nThanks `";

    [Test]
    [UsesClipboard]
    public async Task Code_and_links_are_shown_and_all_else_stays_as_it_was_typed()
    {
        Answer(Script.Answer("Yes."));
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        await user.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);

        await chat.SendAsync(Typed);
        await chat.Answer.HasEndedAsync();
        await IsShownAsync();
        await Picture.TakeBothAsync(chat, "typed-message");
        await page.ReloadAsync();
        await IsShownAsync();

        await chat.Messages.First.HoverAsync();
        await chat.Messages.First.Locator("[data-action=copy]").ClickAsync();
        await Expect(chat.Announcement).ToHaveTextAsync("Copied.");
        Assert.That(await page.EvaluateAsync<string>("() => navigator.clipboard.readText()"), Is.EqualTo(Typed));
        await chat.MessageAt(0).Edit.ClickAsync();
        await Expect(chat.Edited).ToHaveValueAsync(Typed);

        async Task IsShownAsync()
        {
            var text = chat.Questions;
            await Expect(text.Locator("> code")).ToHaveTextAsync(["let a = 1"]);
            await Expect(text.Locator(".code code")).ToHaveTextAsync("print(1)\n");
            await Expect(text.Locator(".code .code-language")).ToHaveTextAsync("Python");
            Assert.That(
                await text.Locator("a").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))"),
                Is.EqualTo(new[] { "https://example.org/a_b", "http://www.example.net", "https://docs.example/x" }));
            await Expect(text.Locator("h1, h2, h3, em, ul, p")).ToHaveCountAsync(0);
            await Expect(text.Locator(".hl-name, .hl-number").First).ToBeVisibleAsync();
            var shown = await text.EvaluateAsync<string>(
                "text => [...text.childNodes].map(node => node.matches?.('.code') ? '' : node.textContent).join('')");
            Assert.That(
                shown, Is.EqualTo("Look  at let a = 1 and\n   https://example.org/a_b, www.example.net or the docs.\n\n\n"
                    + "# no heading, *no emphasis*\n- no list\nThanks `"));
        }
    }

    [Test]
    public async Task An_address_leads_to_the_host_that_is_read_in_it_or_is_no_link()
    {
        Answer(Script.Answer("Yes."));
        await using var user = await ArriveAsync();
        await user.Chat.SendAsync(
            "git+https://a.example/b ftp://www.a.example/f x-www.a.example www.a.example/@b.c\n"
            + "https://münchen.de www.köln.de me@a.köln.de https://a_b www. http:// https://bank.example@evil.example/x\n"
            + "见https://a.example/b的，www.c.example。mailto:me@d.example https://e.example www.f.example@g.example/x");
        await user.Chat.Answer.HasEndedAsync();

        await Expect(user.Chat.Questions.Locator("a")).ToHaveTextAsync(
        [
            "www.a.example/@b.c", "https://bank.example@evil.example/x (evil.example)", "https://a.example/b", "www.c.example",
            "mailto:me@d.example", "https://e.example", "www.f.example@g.example",
        ]);
        Assert.That(
            await user.Chat.Questions.Locator("a").EvaluateAllAsync<string[]>("all => all.map(a => a.getAttribute('href'))"),
            Is.EqualTo(new[]
            {
                "http://www.a.example/@b.c", "https://bank.example@evil.example/x", "https://a.example/b", "http://www.c.example",
                "mailto:me@d.example", "https://e.example", "mailto:www.f.example@g.example",
            }));
    }

    [Test]
    [UsesClipboard]
    public async Task A_long_message_is_folded_and_all_of_it_can_be_shown_and_copied()
    {
        var message = string.Join('\n', Enumerable.Range(1, 40).Select(i => $"Line {i}"));
        Answer(Script.Answer("Yes."));
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        await user.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await chat.SendAsync(message);
        await chat.Answer.HasEndedAsync();
        var all = page.GetByRole(AriaRole.Button, new() { Name = "Show all" });
        var less = page.GetByRole(AriaRole.Button, new() { Name = "Show less" });

        await Expect(all).ToBeVisibleAsync();
        Assert.That((await chat.Questions.BoundingBoxAsync())!.Height, Is.InRange(300, 460));
        await Picture.TakeBothAsync(chat, "folded-message");
        await all.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(less).ToBeFocusedAsync();
        await Expect(less).ToHaveAttributeAsync("aria-expanded", "true");
        Assert.That((await chat.Questions.BoundingBoxAsync())!.Height, Is.GreaterThan(900));
        await less.ClickAsync();
        await page.ReloadAsync();
        await Expect(all).ToBeVisibleAsync();
        await chat.Messages.First.HoverAsync();
        await chat.Messages.First.Locator("[data-action=copy]").ClickAsync();
        await Expect(chat.Announcement).ToHaveTextAsync("Copied.");
        Assert.That(await page.EvaluateAsync<string>("() => navigator.clipboard.readText()"), Is.EqualTo(message));

        await using var plain = await ArriveAsync(javaScript: false);
        Answer(Script.Answer("Yes."));
        await plain.Chat.Message.FillAsync(message);
        await plain.Chat.Send.ClickAsync();
        await Expect(plain.Chat.Questions).ToHaveCountAsync(1);
        await plain.Page.WaitForLoadStateAsync();
        var whole = (await plain.Chat.Questions.BoundingBoxAsync())!;
        Assert.That(whole.Height, Is.GreaterThan(900), "without a script all is shown");
        await Expect(plain.Page.Locator(".unfold")).ToBeHiddenAsync();
    }
}

using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>Sharing a conversation on the page, and reading what was shared.</summary>
internal sealed class ShareSheetTests : BrowserTest
{
    private const string Markdown = """
        ## Plan

        1. **First** do this.
        2. Then `that`.

        ```ts
        const a = 1;
        ```

        | Key | Value |
        |---|---|
        | a | 1 |

        $x^2$
        """;

    [TestCase("en-GB", false)]
    [TestCase("zh-CN", true)]
    [UsesClipboard]
    public async Task A_conversation_is_shared_read_and_shared_no_more(string locale, bool isPhone)
    {
        Answer(Script.Start().Reasoning("A thought.").Text(Markdown).Finish("stop").Done());
        await using var user = await ArriveAsync(locale: locale, viewport: isPhone ? Picture.Phone : null);
        var chat = user.Chat;
        await Expect(chat.Share).ToBeHiddenAsync();
        await user.Page.Locator("#message").FillAsync("How do I begin?");
        await chat.Send.ClickAsync();
        await chat.Answer.HasEndedAsync();

        await chat.Share.ClickAsync();
        await Expect(chat.ShareDays).ToBeFocusedAsync();
        await Picture.TakeBothAsync(chat, $"share-{locale}");
        Assert.That(await ViolationsAsync(user.Page), Is.Empty);
        await chat.ShareDays.SelectOptionAsync("7");
        await chat.ShareCreate.ClickAsync();
        await Expect(chat.ShareAddress).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("/s/[\\w-]{43}$"));
        await Expect(chat.ShareAddress).ToBeFocusedAsync();
        await Picture.TakeBothAsync(chat, $"shared-{locale}");
        Assert.That(await ViolationsAsync(user.Page), Is.Empty);
        var address = await chat.ShareAddress.InputValueAsync();

        await using (var reader = await ArriveAsync(path: address, locale: locale))
        {
            await Expect(reader.Page.Locator(".text table")).ToBeVisibleAsync();
            await Expect(reader.Page.Locator(".text .katex").First).ToBeVisibleAsync();
            await Expect(reader.Page.GetByText("A thought.")).ToHaveCountAsync(0);
            await Picture.TakeBothAsync(reader.Chat, $"reading-{locale}");
            Assert.That(await ViolationsAsync(reader.Page), Is.Empty);
            Assert.That(reader.Errors, Is.Empty);
        }
        await using (var plain = await ArriveAsync(path: address, javaScript: false))
        {
            await Expect(plain.Page.GetByText("## Plan")).ToBeVisibleAsync();
            await Picture.TakeAsync(plain.Page, $"reading-plain-{locale}");
        }

        await user.Page.GetByRole(AriaRole.Link, new() { Name = locale == "en-GB" ? "Everything you share" : "我的全部分享" })
            .ClickAsync();
        await Expect(user.Page.Locator(".shares > li")).ToHaveCountAsync(1);
        await user.Page.WaitForLoadStateAsync();
        await Picture.TakeBothAsync(chat, $"shares-{locale}");
        Assert.That(await ViolationsAsync(user.Page), Is.Empty);
        await user.Page.Locator(".shares button").ClickAsync();
        await Expect(user.Page.Locator(".shares > li")).ToHaveCountAsync(0);

        await using var late = await ArriveAsync(path: null, locale: locale);
        Assert.That((await late.Page.GotoAsync(address))!.Status, Is.EqualTo(404));
        await Picture.TakeBothAsync(late.Chat, $"reading-gone-{locale}");
        Assert.That(user.Errors, Is.Empty);
    }

    /// <summary>There is no clipboard over plain HTTP, and what is copied must stand in the dialog.</summary>
    [Test]
    [UsesClipboard]
    public async Task The_address_is_copied_on_a_host_name_in_a_lan()
    {
        Answer(Script.Answer("Hello!"));
        var lan = Chromium.OnLan(App.Address);
        await using var user = await ArriveAsync(lan);
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();
        Assert.That(await user.Page.EvaluateAsync<bool>("() => isSecureContext"), Is.False);

        await chat.Share.ClickAsync();
        await chat.ShareCreate.ClickAsync();
        await Expect(chat.ShareSaid).ToHaveTextAsync("The address is copied.");
        var address = await chat.ShareAddress.InputValueAsync();
        await user.Page.Keyboard.PressAsync("Escape");
        await Expect(chat.ShareAddress).ToHaveCountAsync(0);
        await Expect(chat.Share).ToBeFocusedAsync();
        await chat.Message.FocusAsync();
        await user.Page.Keyboard.PressAsync("Control+V");
        await Expect(chat.Message).ToHaveValueAsync(address);
        Assert.That(address, Does.StartWith(lan.ToString()));

        await chat.Share.ClickAsync();
        await Expect(chat.ShareEnd).ToBeVisibleAsync();
        await chat.ShareEnd.ClickAsync();
        await Expect(chat.ShareSaid).ToHaveTextAsync("The conversation is no longer shared.");
        await Expect(chat.ShareCreate).ToBeFocusedAsync();
    }

    private static async Task<IEnumerable<string>> ViolationsAsync(IPage page) =>
        (await page.RunAxe()).Violations.Select(found =>
            $"{found.Id}: {found.Help} {string.Join(", ", found.Nodes.Select(node => node.Html))}");
}

using ChatStream.Emulator;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>What a reader does with an answer: look at its figures, take a table, quote, listen, jump to a heading.</summary>
internal sealed class AnswerUseTests : BrowserTest
{
    private const string Text =
        "# Plan\n\nThe sun is a star, and it is **bright**.\n\n| Name | Sum |\n|---|--:|\n| =1+1 | -5 |\n| a \"b\" | `x` |\n\n"
        + "## First\n\nA formula $x^2$ and code:\n\n```js\nlet a;\n```\n\n## Second\n\nText.\n\n"
        + "### Third\n\nText.\n\n## Fourth\n\nThe end.\n";

    /// <summary>The browser of the tests has no voices.</summary>
    private const string Voices = """
        window.said = [];
        const waiting = [];
        Object.defineProperty(window, 'SpeechSynthesisUtterance', { value: class extends EventTarget {
            constructor(text) { super(); this.text = text; }
        } });
        Object.defineProperty(window, 'speechSynthesis', { value: Object.assign(new EventTarget(), {
            getVoices: () => [{ lang: 'de-DE' }, { lang: 'en-GB' }],
            speak(one) { said.push(`${one.lang}: ${one.text}`); waiting.push(one); },
            pause() { said.push('pause'); },
            resume() {},
            cancel() { said.push('cancel'); waiting.length = 0; },
        }) });
        window.sayNext = () => waiting.shift()?.dispatchEvent(new Event('end'));
        """;

    [Test]
    public async Task The_figures_stand_behind_one_sign()
    {
        Answer(Script.Start().Text("One two.").Finish("stop").Usage(9, 1_200).Done());
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();
        var sign = chat.Answer.Article.Locator(".info > summary");
        var figures = chat.Answer.Article.Locator(".figures");

        await Expect(figures).ToBeHiddenAsync();
        await sign.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(figures).ToBeVisibleAsync();
        await Expect(figures).ToContainTextAsync("1,200 tokens");
        await Picture.TakeBothAsync(chat, "figures");
        await page.Keyboard.PressAsync("Escape");
        await Expect(figures).ToBeHiddenAsync();
        await Expect(sign).ToBeFocusedAsync();
        await sign.ClickAsync();
        await Expect(figures).ToBeVisibleAsync();
        await chat.Heading.ClickAsync();
        await Expect(figures).ToBeHiddenAsync();
    }

    [Test]
    [UsesClipboard]
    public async Task A_table_is_taken_a_part_quoted_a_heading_found_and_the_answer_read_aloud()
    {
        Answer(Script.Answer(Text));
        await using var user = await ArriveAsync(path: null);
        await user.Page.AddInitScriptAsync(Voices);
        await user.Page.GotoAsync("/");
        var (chat, page) = (user.Chat, user.Page);
        await user.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await chat.SendAsync("Plan");
        await chat.Answer.HasEndedAsync();

        // The table: with the pointer, and with the keyboard. The script of both is there once this button is.
        await Expect(Button("Read aloud")).ToBeVisibleAsync();
        await chat.Answer.Text.Locator(".table").HoverAsync();
        await Expect(Button("Copy the table")).ToBeVisibleAsync();
        await Picture.TakeAsync(page, "table-bar-desktop-light");
        await Button("Copy the table").ClickAsync();
        await Expect(chat.Announcement).ToHaveTextAsync("Copied.");
        Assert.That(
            await page.EvaluateAsync<string>("() => navigator.clipboard.readText()"),
            Is.EqualTo("Name\tSum\n'=1+1\t-5\na \"b\"\tx"));
        await chat.Answer.Text.Locator(".table").FocusAsync();
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await Expect(Button("Download as CSV")).ToBeFocusedAsync();
        var saved = await page.RunAndWaitForDownloadAsync(() => page.Keyboard.PressAsync("Enter"));
        Assert.That(saved.SuggestedFilename, Is.EqualTo("table.csv"));
        Assert.That(
            await File.ReadAllTextAsync(await saved.PathAsync()),
            Is.EqualTo("Name,Sum\r\n'=1+1,-5\r\n\"a \"\"b\"\"\",x\r\n"));

        // A quotation: with the button, and with the key.
        await chat.Message.FillAsync("My words");
        await chat.Message.BlurAsync();
        await SelectAsync("strong");
        var quote = page.GetByRole(AriaRole.Button, new() { Name = "Quote" });
        await Expect(quote).ToBeVisibleAsync();
        await Picture.TakeAsync(page, "quote-desktop-light");
        await quote.ClickAsync();
        await Expect(chat.Message).ToHaveValueAsync("My words\n\n> bright\n\n");
        await Expect(chat.Message).ToBeFocusedAsync();
        await Expect(quote).ToHaveCountAsync(0);
        await chat.Message.BlurAsync();
        await SelectAsync("p");
        await page.Keyboard.PressAsync("q");
        await Expect(chat.Message).ToHaveValueAsync("My words\n\n> bright\n\n> The sun is a star, and it is bright.\n\n");

        // The contents: they come without moving the text.
        var contents = chat.Answer.Article.Locator(".contents");
        await contents.Locator("summary").ClickAsync();
        await Expect(contents.Locator("button")).ToHaveTextAsync(["Plan", "First", "Second", "Third", "Fourth"]);
        await Picture.TakeAsync(page, "contents-desktop-light");
        await contents.Locator("button").Filter(new() { HasText = "Second" }).ClickAsync();
        await Expect(chat.Answer.Text.Locator("h4").Filter(new() { HasText = "Second" })).ToBeFocusedAsync();
        await Expect(contents.Locator("nav")).ToBeHiddenAsync();

        // Read aloud: in the answer's language, and neither code nor formulas are spelled.
        await Button("Read aloud").ClickAsync();
        await Expect(Button("Pause reading")).ToBeVisibleAsync();
        for (var i = 0; i < 4; i++)
            await page.EvaluateAsync("() => sayNext()");
        await Button("Pause reading").ClickAsync();
        await Button("Go on reading").ClickAsync();
        await Picture.TakeAsync(page, "read-aloud-desktop-light");
        await Button("Stop reading").ClickAsync();
        await Expect(Button("Read aloud")).ToBeVisibleAsync();
        Assert.That(
            (await page.EvaluateAsync<string[]>("() => said")).Where(said => said != "cancel"), Is.EqualTo(new[]
            {
                "en-GB: Plan.", "en-GB: The sun is a star, and it is bright.", "en-GB: Name, Sum.", "en-GB: =1+1, -5.",
                "en-GB: a \"b\", x.", "pause",
            }));
        await Button("Read aloud").ClickAsync();
        for (var i = 0; i < 20; i++)
            await page.EvaluateAsync("() => sayNext()");
        await Expect(Button("Read aloud")).ToBeVisibleAsync();
        Assert.That(
            await page.EvaluateAsync<string[]>("() => said"),
            Does.Contain("en-GB: A formula a formula and code: Code is shown here.").And.Contain("en-GB: The end."));

        ILocator Button(string name) => chat.Answer.Article.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
        Task SelectAsync(string selector) => page.EvaluateAsync(
            "selector => getSelection().selectAllChildren(document.querySelector(`[data-role=assistant] > .text ${selector}`))",
            selector);
    }

    [Test]
    public async Task Below_the_answer_of_a_phone_stand_its_signs()
    {
        Answer(Script.Answer(Text));
        await using var user = await ArriveAsync(path: null, viewport: Picture.Phone, dark: true);
        await user.Page.AddInitScriptAsync(Voices);
        await user.Page.GotoAsync("/");
        var chat = user.Chat;
        await chat.SendAsync("Plan");
        await chat.Answer.HasEndedAsync();

        await chat.Answer.Article.Locator(".meta > .contents > summary").ClickAsync();
        await Expect(chat.Answer.Article.Locator(".contents button")).ToHaveCountAsync(5);
        Assert.That(await chat.SidewaysAsync(), Is.LessThanOrEqualTo(0));
        await Picture.TakeAsync(user.Page, "contents-phone-dark");
        await chat.Answer.Article.Locator(".info:not(.contents) > summary").ClickAsync();
        await Expect(chat.Answer.Article.Locator(".contents nav")).ToBeHiddenAsync();
        await Picture.TakeAsync(user.Page, "figures-on-phone-dark");
    }
}

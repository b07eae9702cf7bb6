using System.Text.RegularExpressions;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The theme and the language of the page: the browser's preference or the user's choice.</summary>
internal sealed partial class PreferenceTests : BrowserTest
{
    private const string Background = "() => getComputedStyle(document.body).backgroundColor";

    [Test]
    public async Task A_chosen_theme_applies_at_once_and_to_later_pages()
    {
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        var light = await page.EvaluateAsync<string>(Background);
        var other = await user.NewTabAsync("/");

        await chat.OpenSettingsAsync();
        await page.RunAndWaitForResponseAsync(
            () => chat.Theme("Dark").ClickAsync(), response => response.Url.EndsWith("/preferences", StringComparison.Ordinal));
        await Expect(other.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        var dark = await page.EvaluateAsync<string>(Background);
        Assert.That(dark, Is.Not.EqualTo(light));

        // The markup of the server has the theme, so nothing flashes before the script runs.
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await page.RouteAsync("**/*.js", route => route.AbortAsync());
        await page.ReloadAsync();
        Assert.That(await page.EvaluateAsync<string>(Background), Is.EqualTo(dark));
    }

    [Test]
    public async Task Without_a_choice_the_page_follows_the_systems_theme()
    {
        await using var user = await ArriveAsync();
        var light = await user.Page.EvaluateAsync<string>(Background);

        await user.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        var dark = await user.Page.EvaluateAsync<string>(Background);
        Assert.That(dark, Is.Not.EqualTo(light));

        await user.Chat.OpenSettingsAsync();
        await user.Chat.Theme("Light").ClickAsync();
        Assert.That(await user.Page.EvaluateAsync<string>(Background), Is.EqualTo(light));
        await user.Chat.Theme("Same as the system").ClickAsync();
        Assert.That(await user.Page.EvaluateAsync<string>(Background), Is.EqualTo(dark));
    }

    [TestCase("zh-CN", "zh-Hans", "想了解些什么？")]
    [TestCase("zh-TW", "zh-Hans", "想了解些什么？")]
    [TestCase("de-CH", "de", "Was möchtest du wissen?")]
    [TestCase("en-US", "en", "What would you like to know?")]
    [TestCase("pt-BR", "en", "What would you like to know?")]
    public async Task The_page_speaks_the_language_that_the_browser_asks_for(string locale, string tag, string words)
    {
        await using var user = await ArriveAsync(locale: locale);

        await Expect(user.Page.Locator("html")).ToHaveAttributeAsync("lang", tag);
        await Expect(user.Page.GetByText(words)).ToBeVisibleAsync();
    }

    [Test]
    public async Task Switching_the_language_keeps_the_page_and_the_typed_text()
    {
        Answer(Script.Answer("Hi."));
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();
        await chat.Message.FillAsync("half a thou");

        await chat.OpenSettingsAsync();
        var prompt = user.Page.Locator("dialog .prompts .new");
        await prompt.Locator("summary").ClickAsync();
        await prompt.Locator("[name=text]").FillAsync("half a prompt");
        await chat.Language.SelectOptionAsync("zh");

        await Expect(user.Page.Locator("html")).ToHaveAttributeAsync("lang", "zh-Hans");
        await Expect(chat.Questions).ToHaveTextAsync(["Hello"]);
        await Expect(chat.Composer.GetByLabel("消息")).ToHaveValueAsync("half a thou");
        await chat.OpenSettingsAsync();
        await Expect(prompt.Locator("[name=text]")).ToBeVisibleAsync();
        await Expect(prompt.Locator("[name=text]")).ToHaveValueAsync("half a prompt");
        await user.Page.GotoAsync("/");
        await Expect(user.Page.GetByText("想了解些什么？")).ToBeVisibleAsync();
    }

    [Test]
    public async Task A_choice_that_did_not_reach_the_server_is_told([Values("theme", "language")] string what)
    {
        await using var user = await ArriveAsync();
        var (chat, page) = (user.Chat, user.Page);
        await page.EvaluateAsync("() => { window.isSame = true; }");
        await chat.OpenSettingsAsync();
        await page.RouteAsync("**/preferences", route => route.AbortAsync());

        if (what == "theme")
            await chat.Theme("Dark").ClickAsync();
        else
            await chat.Language.SelectOptionAsync("zh");

        await Expect(chat.Settings.GetByRole(AriaRole.Alert)).ToHaveTextAsync("This choice was not saved. Try again.");
        Assert.That(await page.EvaluateAsync<bool>("() => window.isSame === true"), Is.True);
        await page.UnrouteAllAsync();
        if (what == "theme")
            await chat.Theme("Light").ClickAsync();
        else
            await chat.Language.SelectOptionAsync("de");
        await Expect(page.GetByText("This choice was not saved.")).ToHaveCountAsync(0);
    }

    [Test]
    public async Task Without_a_script_the_switches_work_too()
    {
        await using var user = await ArriveAsync(javaScript: false);

        await user.Chat.SettingsLink.ClickAsync();
        await user.Chat.Theme("Dark").ClickAsync();
        await user.Chat.Language.SelectOptionAsync("zh");
        await user.Page.Locator("#set-figures").UncheckAsync();
        await user.Page.Locator(".save").ClickAsync();
        await Expect(user.Page.Locator(".done")).ToBeVisibleAsync();
        await Expect(user.Page.Locator("html")).ToHaveAttributeAsync("lang", "zh-Hans");
        await Expect(user.Page.Locator("html")).ToHaveAttributeAsync("data-figures", "off");
        await Expect(user.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
    }

    /// <summary>The page also holds, in templates, everything that the script may show.</summary>
    [Test]
    public async Task No_English_is_left_on_the_Chinese_page()
    {
        Answer(AzureErrors.PromptFiltered());
        await using var user = await ArriveAsync(locale: "zh-CN");
        await HasNoEnglishAsync("a new chat");
        await Picture.TakeBothAsync(user.Chat, "chinese-new");
        await user.Page.Locator("[data-action=shortcuts]").ClickAsync();
        await Expect(user.Page.Locator("#shortcuts")).ToBeVisibleAsync();
        await Picture.TakeBothAsync(user.Chat, "chinese-shortcuts");
        await user.Page.Keyboard.PressAsync("Escape");

        await user.Page.Locator("#message").FillAsync("你好");
        await user.Page.Keyboard.PressAsync("Enter");
        await user.Chat.Answer.HasEndedAsync();
        await Expect(user.Chat.Answer.Ending.Last).ToHaveTextAsync("原因：试图绕过模型规则。");
        await HasNoEnglishAsync("a filtered answer");
        Assert.That((await user.Page.RunAxe()).Violations.Select(violation => violation.Help), Is.Empty);
        await Picture.TakeBothAsync(user.Chat, "chinese-filtered");

        await user.Page.Locator("#message").FillAsync(string.Join(' ', Enumerable.Repeat("词", 200)));
        await user.Page.Keyboard.PressAsync("Enter");
        await Expect(user.Chat.Refusal).ToHaveTextAsync(new Regex(@"^消息有 [\d,]+ 个 token，最多可容纳 256 个。$"));
        await HasNoEnglishAsync("a refused message");
        await Picture.TakeBothAsync(user.Chat, "chinese-refused");
        await user.Page.GotoAsync("/chat/AAAAAAAAAAAAAAAA");
        await HasNoEnglishAsync("a page that is not there");

        async Task HasNoEnglishAsync(string state)
        {
            var texts = await user.Page.EvaluateAsync<string[]>("""
                () => {
                    const texts = [document.title];
                    const read = (root) => {
                        for (const element of root.querySelectorAll('*:not(script, style, kbd)')) {
                            for (const name of ['title', 'aria-label', 'placeholder', 'alt']) texts.push(element.getAttribute(name) ?? '');
                            for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) texts.push(node.data);
                            if (element instanceof HTMLTemplateElement) read(element.content);
                        }
                    };
                    read(document);
                    return texts;
                }
                """);
            Assert.That(texts, Has.Some.Matches<string>(text => text.Contains("新对话", StringComparison.Ordinal)), state);
            Assert.That(texts.Where(text => English().IsMatch(Untranslated().Replace(text, ""))), Is.Empty, state);
        }
    }

    protected override Task<ChatApp> StartAppAsync(EmulatorServer emulator) =>
        ChatApp.StartAsync(emulator, setup => setup.Settings["Chat:ContextTokens"] = "256");

    [GeneratedRegex("[A-Za-z]{2,}")]
    private static partial Regex English();

    [GeneratedRegex(@"ChatStream|English|Deutsch|Ctrl|name|CSV|Markdown|JSON|NUL|\bEnter\b|\btoken\b|\bCookie\b|gpt-4o")]
    private static partial Regex Untranslated();
}

using System.Text.RegularExpressions;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>
/// The pages in a <see cref="PseudoLanguage"/>: from right to left, with longer words. It shows what a language such as Arabic
/// needs, and what is not translated.
/// </summary>
internal sealed partial class DirectionTests : BrowserTest
{
    /// <summary>
    /// What stands outside the window, or is cut. An ellipsis is meant; a box that scrolls is no cut; what only screen readers
    /// read is not looked at.
    /// </summary>
    private const string Misfits = """
        () => {
            const found = [];
            const isHidden = (element) =>
                !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
                || element.closest('.visually-hidden, .who, svg, [aria-hidden=true], .skip:not(:focus), .copied');
            const scrolls = (element) => {
                for (let one = element; one; one = one.parentElement)
                    if (/auto|scroll/.test(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth) return true;
                return false;
            };
            for (const element of document.body.querySelectorAll('*')) {
                const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
                if ((!hasText && !element.matches('button, .button, input, select, textarea')) || isHidden(element)) continue;
                const { left, right, width } = element.getBoundingClientRect();
                const style = getComputedStyle(element);
                const name = `${element.tagName}.${element.className} "${(element.textContent || '').trim().slice(0, 40)}"`;
                if (width <= 1 || style.clipPath !== 'none') continue;
                if ((left < -0.5 || right > innerWidth + 0.5) && !scrolls(element)) found.push(`outside: ${name}`);
                const cuts = /hidden|clip/.test(style.overflowX) && style.textOverflow !== 'ellipsis';
                if (cuts && !element.matches('input, textarea, select') && element.scrollWidth > element.clientWidth + 1)
                    found.push(`cut: ${name}`);
                const cutsBelow = /hidden|clip/.test(style.overflowY) && !style.webkitLineClamp.match(/\d/);
                if (cutsBelow && style.textOverflow !== 'ellipsis' && element.scrollHeight > element.clientHeight + 2)
                    found.push(`cut below: ${name}`);
            }
            if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');
            return found;
        }
        """;

    private const string Texts = """
        () => {
            const texts = [document.title];
            const read = (root) => {
                for (const element of root.querySelectorAll(
                    '*:not(script, style, kbd, code, code *, [dir=auto], [dir=auto] *, [lang], option, [data-proxy] > dt, td, text)')) {
                    for (const name of ['title', 'aria-label', 'placeholder', 'alt']) texts.push(element.getAttribute(name) ?? '');
                    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) texts.push(node.data);
                    if (element instanceof HTMLTemplateElement) read(element.content);
                }
            };
            read(document);
            return texts;
        }
        """;

    private static readonly ViewportSize Phone = new() { Width = 390, Height = 844 };

    /// <summary>The longer words hide what is visible from the names of buttons.</summary>
    private static readonly AxeRunOptions Rules =
        new() { Rules = new() { ["label-content-name-mismatch"] = new RuleOptions { Enabled = false } } };

    [Test]
    public async Task Nothing_is_cut_and_nothing_is_left_in_English()
    {
        Answer(Script.Answer("هذا **جواب** قصير.\n\n1. واحد\n2. اثنان\n\n> اقتباس\n\n```\n1 + 2 = 3;\n```"));
        Answer(AzureErrors.PromptFiltered());
        await using var user = await ArriveAsync(viewport: Chromium.Desktop);
        var (page, chat) = (user.Page, user.Chat);
        await Expect(page.Locator("html")).ToHaveAttributeAsync("dir", "rtl");
        await IsFitAsync("new");

        await page.Locator("#message").FillAsync(
            "سؤال طويل بما يكفي لملء الفقاعة على الهاتف، ثم المزيد من الكلمات بعد ذلك حتى يصبح سطرين أو ثلاثة");
        await chat.Send.ClickAsync();
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answers.Locator("[data-action=copy]").First).ToBeVisibleAsync();
        await IsFitAsync("answer");
        await chat.Manner.ClickAsync();
        await IsFitAsync("manner");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("#message").FillAsync("سؤال آخر");
        await chat.Send.ClickAsync();
        await chat.Answer.HasEndedAsync();
        await IsFitAsync("filtered");
        await page.Locator(".more > summary").First.ClickAsync();
        await IsFitOnAsync(Chromium.Desktop, "menu");
        await page.Keyboard.PressAsync("Escape");
        await page.SetViewportSizeAsync(Phone.Width, Phone.Height);
        await page.Locator(".conversations > summary").ClickAsync();
        await page.EvaluateAsync("() => Promise.all(document.getAnimations().map((animation) => animation.finished))");
        await page.Locator(".more > summary").First.ClickAsync();
        await IsFitOnAsync(Phone, "menu");

        await page.GotoAsync("/");
        await page.Keyboard.PressAsync("Escape");
        await page.EvaluateAsync("() => document.activeElement.blur()");
        await page.Keyboard.PressAsync("?");
        await Expect(page.Locator("dialog[open]")).ToBeVisibleAsync();
        await IsFitAsync("shortcuts");

        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("Control+,");
        await Expect(page.Locator(".settings-dialog")).ToBeVisibleAsync();
        foreach (var summary in await page.Locator(".settings-dialog summary:visible").AllAsync())
            await summary.ClickAsync();
        await IsFitAsync("settings-dialog");

        foreach (var path in (string[])["/settings", "/usage", "/account", "/diagnose", "/chat/AAAAAAAAAAAAAAAA", "/nowhere"])
        {
            await page.GotoAsync(path);
            await IsFitAsync(path[1..].Split('/')[0]);
        }

        async Task IsFitAsync(string state)
        {
            await IsFitOnAsync(Phone, state);
            await IsFitOnAsync(Chromium.Desktop, state);
        }

        async Task IsFitOnAsync(ViewportSize size, string state)
        {
            await page.SetViewportSizeAsync(size.Width, size.Height);
            state = $"{state}-{size.Width}";
            Assert.That(await page.EvaluateAsync<string[]>(Misfits), Is.Empty, state);
            var texts = await page.EvaluateAsync<string[]>(Texts);
            Assert.That(texts.Where(text => Plain().IsMatch(Names().Replace(text, ""))), Is.Empty, state);
            Assert.That((await page.RunAxe(Rules)).Violations.Select(violation => violation.Help), Is.Empty, state);
            await Picture.TakeAsync(page, $"pseudo-{state}");
        }
    }

    protected override Task<ChatApp> StartAppAsync(EmulatorServer emulator) =>
        ChatApp.StartAsync(emulator, setup => setup.Services = services => services.AddPseudoLanguage());

    [GeneratedRegex("[A-Za-z]{3,}")]
    private static partial Regex Plain();

    /// <summary>Names, what the texts of the test say, and times: browsers do not know the made-up language.</summary>
    [GeneratedRegex(@"ChatStream|gpt-4o|HTTP|UTC|Markdown|\d+ \w+ \d{4}, \d\d:\d\d")]
    private static partial Regex Names();
}

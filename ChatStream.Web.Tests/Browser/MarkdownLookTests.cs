using ChatStream.Emulator;
using ChatStream.Web.Providers.Demo;
using ChatStream.Web.Tests.Infrastructure;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>
/// A rich answer as its reader meets it: on each screen, with code and formulas that load when they are needed.
/// </summary>
internal sealed class MarkdownLookTests : BrowserTest
{
    [Test]
    public async Task A_rich_answer_fits_its_screen_and_can_be_read(
        [Values("desktop", "phone")] string screen, [Values] bool dark)
    {
        var size = screen == "phone" ? Picture.Phone : Chromium.Desktop;
        Answer(Script.Start().Texts(DemoTexts.Markdown.Chunk(5).Select(piece => new string(piece))).Finish("stop").Done());
        await using var user = await ArriveAsync(viewport: size, dark: dark);
        var chat = user.Chat;

        await chat.SendAsync("How far is the horizon?");
        await chat.Answer.HasEndedAsync();
        await Expect(Text(".katex-display")).ToBeVisibleAsync();
        await Expect(Text(".hl-word").First).ToBeVisibleAsync();
        await user.Page.EvaluateAsync("() => document.fonts.ready.then(() => {})");

        Assert.That(await chat.SidewaysAsync(), Is.LessThanOrEqualTo(0));
        await Expect(Text("tbody tr")).ToHaveCountAsync(4);
        await Expect(Text("li.task")).ToHaveCountAsync(3);
        await Expect(Text("a[href*=wikipedia]")).ToHaveAttributeAsync("rel", "noopener noreferrer");
        await Picture.TakeWholeAsync(user.Page, $"markdown-{screen}-{(dark ? "dark" : "light")}");
        var found = await user.Page.RunAxe();
        Assert.That(
            found.Violations.Select(violation =>
                $"{violation.Id}: {violation.Help} {string.Join(", ", violation.Nodes.Select(node => node.Html))}"), Is.Empty);
        Assert.That(await CodeSniffer.ErrorsAsync(user.Page), Is.Empty);

        ILocator Text(string selector) => chat.Answer.Text.Locator(selector);
    }

    [Test]
    public async Task Text_from_right_to_left_is_laid_out_from_right_to_left()
    {
        Answer(
            Script.Answer(
                "המרחק אל האופק תלוי בגובה העיניים.\n\n- על החוף: 4.7 km\n- on the tower: 27.7 km\n\n`npm ci` מתקין חבילות.\n\n"
                + "| גובה | where |\n|---|---|\n| beach | חוף |\n\nIn English: it depends on the height.\n"));
        await using var user = await ArriveAsync();
        var chat = user.Chat;

        await chat.SendAsync("מה המרחק אל האופק?");
        await chat.Answer.HasEndedAsync();

        await Expect(chat.Questions).ToHaveCSSAsync("direction", "rtl");
        var (bubble, answer) = ((await chat.Questions.BoundingBoxAsync())!, (await chat.Answer.Article.BoundingBoxAsync())!);
        Assert.That(
            bubble.X + bubble.Width, Is.EqualTo(answer.X + answer.Width).Within(1),
            "the reader's own words stand on their own side");
        await Expect(Blocks("p").First).ToHaveCSSAsync("direction", "rtl");
        await Expect(Blocks("ul")).ToHaveCSSAsync("direction", "rtl");
        Assert.That(await DirectionsAsync("li"), Is.EqualTo(new[] { "rtl", "ltr" }));
        Assert.That(await DirectionsAsync("p:has(code), p > code"), Is.EqualTo(new[] { "rtl", "ltr" }));
        await Expect(chat.Answer.Text.Locator("p > code")).ToHaveCSSAsync("unicode-bidi", "isolate");
        Assert.That(await DirectionsAsync("table, th, td"), Is.EqualTo(new[] { "rtl", "rtl", "ltr", "ltr", "rtl" }));
        Assert.That(
            await chat.Answer.Text.Locator("th, td")
            .EvaluateAllAsync<string[]>("all => all.map(cell => getComputedStyle(cell).textAlign)"), Is.All.EqualTo("right"));
        var (list, items) = ((await Blocks("ul").BoundingBoxAsync())!, chat.Answer.Text.Locator("li"));
        var (first, second) = ((await items.First.BoundingBoxAsync())!, (await items.Last.BoundingBoxAsync())!);
        Assert.That(list.X + list.Width - first.X - first.Width, Is.GreaterThan(10), "the mark stands on the right");
        Assert.That(second.X - list.X, Is.GreaterThan(10), "the mark stands on the left");
        await Expect(Blocks("p").Last).ToHaveCSSAsync("direction", "ltr");
        await Picture.TakeBothAsync(chat, "right-to-left");

        ILocator Blocks(string tag) => chat.Answer.Text.Locator($"> {tag}");
        Task<string[]> DirectionsAsync(string selector) => chat.Answer.Text.Locator(selector)
            .EvaluateAllAsync<string[]>("all => all.map(element => getComputedStyle(element).direction)");
    }

    [Test]
    public async Task The_head_of_a_column_stands_where_its_cells_begin()
    {
        Answer(Script.Answer("| Day | Plan |\n|---|---|\n| A cell with a long text in it | Another one with a long text |\n"));
        await using var user = await ArriveAsync();
        await user.Chat.SendAsync("Plan");
        await user.Chat.Answer.HasEndedAsync();

        var begin = await user.Chat.Answer.Text.Locator("th, td").EvaluateAllAsync<double[]>("""
            all => all.map(cell => {
                const text = document.createRange();
                text.selectNodeContents(cell);
                return text.getBoundingClientRect().left;
            })
            """);
        var (heads, cells) = (begin[..2], begin[2..]);
        Assert.That(heads, Is.EqualTo(cells).Within(0.5));
    }

    [Test]
    public async Task History_uses_the_same_renderer_and_loads_only_what_it_needs()
    {
        Answer(Script.Start().Texts(["A **bold** word\n\n- and", " a list\n\n```\nplain\n```\n"]).Finish("stop").Done());
        Answer(Script.Start().Text("```ts\nconst a = 1;\n```\n\n$x$").Finish("stop").Done());
        await using var user = await ArriveAsync();
        var (chat, requested) = (user.Chat, new List<string>());
        user.Page.Request += (_, request) => requested.Add(new Uri(request.Url).AbsolutePath);

        await chat.SendAsync("One");
        await chat.Answer.HasEndedAsync();
        var live = await chat.Answer.Text.InnerHTMLAsync();
        await user.Page.ReloadAsync();
        await Expect(chat.Answer.Text.Locator("strong")).ToHaveTextAsync("bold");

        Assert.That(await chat.Answer.Text.InnerHTMLAsync(), Is.EqualTo(live));
        Assert.That(
            requested.Where(
                path => path.Contains("highlight", StringComparison.Ordinal) || path.Contains("typeset", StringComparison.Ordinal)
                || path.Contains("math", StringComparison.Ordinal)), Is.Empty);

        await chat.SendAsync("Two");
        await Expect(chat.Answer.Text.Locator(".hl-word")).ToHaveTextAsync("const");
        await Expect(chat.Answer.Text.Locator(".katex")).ToBeVisibleAsync();
        Assert.That(
            requested.Where(path => path.Contains("/main", StringComparison.Ordinal)).Distinct().Count(), Is.EqualTo(1),
            "no chunk loads the page's script once more");
    }

    [Test]
    [UsesClipboard]
    public async Task Code_is_copied_and_wrapped_on_a_plain_host_of_the_network()
    {
        Answer(Script.Start().Text("```js\nlet x = `<b>`;\nlet y;\n```\n").Finish("stop").Done());
        await using var user = await ArriveAsync(address: Chromium.OnLan(App.Address));
        var chat = user.Chat;
        await chat.SendAsync("Code");
        await chat.Answer.HasEndedAsync();
        Assert.That(await user.Page.EvaluateAsync<bool>("() => isSecureContext"), Is.False);
        await user.Page.EvaluateAsync(
            "() => { window.copied = []; document.addEventListener('copy', () => copied.push(document.activeElement.value)); }");

        // The button has its other name for 2 s.
        var copy = chat.Answer.Text.Locator("[data-code=copy]");
        await copy.EvaluateAsync("""
            button => {
                window.names = [];
                new MutationObserver(() => names.push(button.ariaLabel)).observe(button, { attributeFilter: ['aria-label'] });
            }
            """);
        await copy.ClickAsync();

        await user.Page.WaitForFunctionAsync("() => names.includes('Copied')");
        await Expect(copy).ToBeFocusedAsync();
        Assert.That(await user.Page.EvaluateAsync<string[]>("() => copied"), Is.EqualTo(["let x = `<b>`;\nlet y;"]));

        var wrap = chat.Answer.Text.GetByRole(AriaRole.Button, new() { Name = "Wrap lines" });
        await wrap.ClickAsync();
        await Expect(wrap).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(chat.Answer.Text.Locator("code")).ToHaveCSSAsync("white-space-collapse", "preserve");
        await user.Page.ReloadAsync();
        await Expect(wrap).ToHaveAttributeAsync("aria-pressed", "true"); // the choice stays
        await Expect(chat.Answer.Text.Locator("code")).ToHaveCSSAsync("text-wrap-mode", "wrap");
    }
}

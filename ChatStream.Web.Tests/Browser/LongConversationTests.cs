using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>Distant messages of a long conversation are not laid out, but can be found and jumped to.</summary>
internal sealed class LongConversationTests : BrowserTest
{
    private const int Exchanges = 9;

    /// <summary>
    /// Returns the position of an element in the window after a jump, and how far it moved in the frames after that.
    /// </summary>
    private const string Settle = """
        (element) => new Promise((done) => {
            const tops = [];
            const look = () => {
                tops.push(element.getBoundingClientRect().top);
                if (tops.length < 20) requestAnimationFrame(look);
                else done([tops[0], Math.max(...tops) - Math.min(...tops)]);
            };
            requestAnimationFrame(() => requestAnimationFrame(look));
        })
        """;

    /// <summary>Scrolls up by 400 pixels, and returns how far what is in view has moved in the frames after.</summary>
    private const string Wheel = """
        () => new Promise((done) => {
            const articles = [...document.querySelectorAll('article.message')];
            const seen = articles.find((article) => article.getBoundingClientRect().bottom > 300);
            const from = seen.getBoundingClientRect().top;
            scrollBy(0, -400);
            const moved = [];
            const look = () => {
                moved.push(seen.getBoundingClientRect().top - from);
                if (moved.length < 12) requestAnimationFrame(look);
                else done(moved.slice(2));
            };
            requestAnimationFrame(look);
        })
        """;

    [Test]
    public async Task Only_messages_near_the_window_are_laid_out()
    {
        await using var user = await ReloadedAsync();
        var chat = user.Chat;

        Assert.That(() => IsLaidOutAsync(chat.AnswerAt(0)).GetAwaiter().GetResult(), Is.False.After(10_000, 100));
        Assert.That(await IsLaidOutAsync(chat.AnswerAt(Exchanges - 1)), Is.True);
        await Expect(chat.AnswerAt(0).Text).ToHaveCSSAsync("content-visibility", "auto");
        await Expect(chat.AnswerAt(Exchanges - 1).Text).ToHaveCSSAsync("content-visibility", "visible");

        await user.Page.EmulateMediaAsync(new() { Media = Media.Print });
        await Expect(chat.AnswerAt(0).Text).ToHaveCSSAsync("content-visibility", "visible");
    }

    [Test]
    public async Task A_jump_arrives_at_its_target_and_nothing_moves_afterwards()
    {
        await using var user = await ReloadedAsync();
        var (chat, page) = (user.Chat, user.Page);

        await page.EvaluateAsync("() => scrollTo(0, 0)");
        await StandsAsync(chat.Questions.First, "the beginning");
        Assert.That(await chat.ScrollTopAsync(), Is.Zero);

        await page.EvaluateAsync("() => document.querySelectorAll('article.message')[8].scrollIntoView()");
        await StandsAsync(chat.Questions.Nth(4), "one in the middle");
        await Picture.TakeAsync(page, "long-conversation");

        // A link of the page, in a block that is not laid out.
        await page.EvaluateAsync("() => location.hash = document.querySelectorAll('.text .note')[1].id");
        await StandsAsync(chat.AnswerAt(1).Text.Locator(".note"), "an anchor");

        // Finds text as Ctrl+F does.
        Assert.That(await page.EvaluateAsync<bool>("() => getSelection().empty() ?? find('Line 17 of answer 6')"), Is.True);
        await StandsAsync(chat.AnswerAt(6).Text.GetByText("Line 17 of answer 6", new() { Exact = true }), "what is searched");

        await chat.Newest.ClickAsync();
        await StandsAsync(chat.Answer.Info, "the end");
    }

    /// <summary>200 messages with tables, code and formulas: opened, and read upwards while the rest becomes Markdown.</summary>
    [Test]
    public async Task A_conversation_of_200_rich_messages_is_usable_at_once_and_nothing_jumps_under_the_readers_eyes()
    {
        await using var user = await ArriveAsync();
        var conversation = new ImportedConversation("Long");
        for (var i = 0; i < 100; i++)
            conversation.Exchange($"Question {i}", Rich(i));
        var path = await conversation.ImportAsync(user);
        await user.Page.AddInitScriptAsync("""
            window.shifted = 0;
            new PerformanceObserver((list) => { for (const { value } of list.getEntries()) shifted += value; })
                .observe({ type: 'layout-shift', buffered: true });
            """);
        await user.Page.GotoAsync(path);
        var (chat, page) = (user.Chat, user.Page);

        // At once, while most answers are still plain text.
        await chat.Message.FillAsync("Usable");
        await Expect(chat.Answer.Text.Locator(".katex")).ToBeVisibleAsync();
        for (var i = 0; i < 6; i++)
            Assert.That(await page.EvaluateAsync<double[]>(Wheel), Has.All.EqualTo(400).Within(24), $"turn {i} of the wheel");

        await Expect(page.Locator("#conversation .text.markdown")).ToHaveCountAsync(100);
        // What shifts depends on how busy the machine is.
        if (Soak.IsOn)
            Assert.That(await page.EvaluateAsync<double>("() => shifted"), Is.LessThan(0.1));
        Assert.That(await chat.Message.InputValueAsync(), Is.EqualTo("Usable"));
    }

    private static string Rich(int i)
    {
        var part = i % 2 == 0
            ? $"| a | b |\n|---|---|\n| {i} | 2 |\n| 3 | 4 |\n\n```js\nconst answer = {i};\nlog(answer);\n```\n\n$$x^2 + {i}$$"
            : "- one\n- two";
        var words = string.Concat(Enumerable.Repeat("A sentence that is as long as most of them are. ", 5 + i % 7 * 4));
        return $"## Part {i}\n\nA paragraph with **bold** words and `code` in it.\n\n{part}\n\n{words}\n\nEnd $x_{{{i}}}$.";
    }

    private static async Task StandsAsync(ILocator element, string what)
    {
        var settled = await element.EvaluateAsync<double[]>(Settle);
        Assert.That(settled[1], Is.LessThanOrEqualTo(1), $"{what} has moved");
        await Expect(element).ToBeInViewportAsync();
    }

    private static Task<bool> IsLaidOutAsync(AnswerObject answer) =>
        answer.Text.Locator("p")
            .First.EvaluateAsync<bool>("paragraph => paragraph.checkVisibility({ contentVisibilityAuto: true })");

    private async Task<BrowserUser> ReloadedAsync()
    {
        var user = await ArriveAsync();
        for (var i = 0; i < Exchanges; i++)
        {
            // The lengths differ, so the estimated height is wrong for each.
            var lines = string.Concat(Enumerable.Range(0, 20 + 10 * (i % 4)).Select(line => $"Line {line} of answer {i}\n\n"));
            Answer(Script.Answer($"See below.[^1]\n\n{lines}[^1]: A note."));
            await user.Chat.SendAsync($"Question {i}");
            await Expect(user.Chat.Answers).ToHaveCountAsync(i + 1);
            await user.Chat.Answer.HasEndedAsync();
        }
        await user.Page.ReloadAsync();
        await Expect(user.Page.Locator("#conversation .text.markdown")).ToHaveCountAsync(Exchanges);
        await Expect(user.Page.Locator("#conversation .rest")).ToHaveCountAsync(0);
        await Expect(user.Chat.Times).ToHaveCountAsync(2 * Exchanges);
        await user.Page.EvaluateAsync("() => scrollTo(0, document.documentElement.scrollHeight)");
        return user;
    }
}

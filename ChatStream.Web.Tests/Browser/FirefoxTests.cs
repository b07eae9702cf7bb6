using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Browser;

/// <summary>What depends on the browser's own behaviour works in Firefox too.</summary>
internal sealed class FirefoxTests : BrowserTest
{
    private const string Text = "document.querySelector('article:last-of-type > .text')?.textContent";
    private const string State = "document.querySelector('article:last-of-type')?.dataset.state";
    private const string Field = "document.querySelector('#message').value";
    private const string AtEnd = "document.documentElement.scrollHeight - innerHeight - scrollY < 3";

    [Test]
    public async Task An_answer_is_streamed_resumed_rendered_copied_scrolled_and_stopped()
    {
        const string Markdown = "# A **title**\n\n- [x] done\n\n```js\nlet a = 1;\n```\n\n| a | b |\n|---|---|\n| 1 | $x^2$ |\n\n"
            + "```mermaid\ngraph LR\nA --> B\n```\n";
        var gate = new Gate();
        Answer(Answers.InHalves(gate));
        Answer(Script.Answer(Markdown));
        Answer(Script.Start().Texts(Enumerable.Range(0, 80).Select(i => $"Line {i}\n\n")).Wait(gate).Text("So far").Stall());
        await using var page = await FirefoxPage.StartAsync(Timeout);

        // It streams, and a reload goes on with it.
        await page.GotoAsync(App.Address.ToString());
        await page.TypeAsync("Hello\uE007");
        await page.UntilAsync(Text, Answers.FirstHalf);
        await page.ReloadAsync();
        await page.UntilAsync(Text, Answers.FirstHalf);
        gate.LetOne();
        await page.UntilAsync(State, "ended");
        await page.UntilAsync(Text, Answers.Whole);

        // Markdown, and its copy.
        await page.ClickAsync("#message");
        await page.TypeAsync("Show\uE007");
        await page.UntilAsync("document.querySelectorAll('article').length", "4");
        await page.UntilAsync(State, "ended");
        await page.UntilAsync("document.querySelectorAll('strong, .task-mark, .hl-word, td .katex').length", "4");
        await page.UntilAsync("document.querySelectorAll('.diagram img').length", "1");
        await page.ClickAsync("article:last-of-type [data-action=copy]");
        await page.UntilAsync("document.querySelector('#announcement').textContent", "Copied.");
        await page.ClickAsync("#message");
        await page.PressWithControlAsync('v');
        await page.UntilAsync(Field, Markdown);
        await page.PressWithControlAsync('a');

        // The end is followed until the user scrolls up. Escape stops the answer.
        await page.TypeAsync("Go on\uE007");
        await page.UntilAsync($"{Text}.includes('Line 79') && {AtEnd}", "true");
        await page.WheelAsync(-400);
        await page.UntilAsync(AtEnd, "false");
        var top = await page.ReadAsync("scrollY");
        gate.LetOne();
        await page.UntilAsync($"{Text}.includes('So far')", "true");
        Assert.That(await page.ReadAsync("scrollY"), Is.EqualTo(top));
        await page.TypeAsync("\uE00C");
        await page.UntilAsync(State, "ended");
        await page.UntilAsync("document.querySelector('article:last-of-type').dataset.finish", "stopped");
        await Requests[^1].Ended;
    }

    [Test]
    public async Task Each_item_of_a_list_stands_on_the_side_of_its_own_direction()
    {
        Answer(Script.Answer("- Redis\n- قاعدة البيانات\n"));
        await using var page = await FirefoxPage.StartAsync(Timeout);
        await page.GotoAsync(App.Address.ToString());
        await page.TypeAsync("List\uE007");
        await page.UntilAsync("document.querySelectorAll('article:last-of-type[data-state=ended] li').length", "2");

        var sides = await page.ReadAsync("""
            [...document.querySelectorAll('li > p')].map(paragraph => {
                const text = document.createRange();
                text.selectNodeContents(paragraph.firstChild);
                const [of, within] = [text.getBoundingClientRect(), paragraph.getBoundingClientRect()];
                return of.left - within.left < 1 ? 'left' : within.right - of.right < 1 ? 'right' : 'between';
            }).join(' ')
            """);
        Assert.That(sides, Is.EqualTo("left right"));
    }
}

using ChatStream.Emulator;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>A reader is not disturbed: the page stays where they look, and what they select stays selected.</summary>
internal sealed class ReadingTests : BrowserTest
{
    private const string Lines = "A\n\nB\n\nC\n\nD\n\nE\n\nF\n\nG\n\nH\n\nI\n\nJ\n\n";

    private const string Distance = "document.documentElement.scrollHeight - innerHeight - scrollY";

    private const string WatchMoving = """
        () => {
            window.isMoving = false;
            addEventListener('scroll', () => window.isMoving = true);
            addEventListener('scrollend', () => window.isMoving = false);
        }
        """;

    [Test]
    public async Task Any_wish_to_go_up_ends_the_following_until_the_reader_comes_back()
    {
        var gate = new Gate();
        const string Long = Lines + Lines + Lines;
        Answer(
            Enumerable.Range(0, 20)
            .Aggregate(Script.Start().Text(Long), (script, i) => script.Wait(gate).Text($"Part {i}.\n\n{Lines}")).Stall());
        await using var user = await ArriveAsync();
        var (chat, mouse, keyboard) = (user.Chat, user.Page.Mouse, user.Page.Keyboard);
        await user.Page.EvaluateAsync(WatchMoving);
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text.GetByText("H", new() { Exact = true })).ToHaveCountAsync(3);
        await user.Page.WaitForFunctionAsync($"() => {Distance} < 2");
        await Expect(chat.Answer.Status).ToBeInViewportAsync();
        await chat.Message.BlurAsync();
        await mouse.MoveAsync(700, 300);
        var part = 0;

        foreach (var pixels in new[] { 1, 30, 53, 100 })
            await StaysAfterAsync($"a wheel by {pixels}", () => GoUpAsync(() => mouse.WheelAsync(0, -pixels)));
        foreach (var key in new[] { "ArrowUp", "PageUp", "Shift+Space" })
            await StaysAfterAsync(key, () => GoUpAsync(() => keyboard.PressAsync(key)));

        // The button is still down while the text grows.
        var word = await chat.Answer.Text.GetByText("H", new() { Exact = true }).Last.BoundingBoxAsync();
        await StaysAfterAsync("a selection that is being made", async () =>
        {
            await mouse.MoveAsync(word!.X, word.Y + 4);
            await mouse.DownAsync();
            await mouse.MoveAsync(word.X + 100, word.Y - 120, new() { Steps = 5 });
        }, comesBack: false);
        Assert.That(await user.Page.EvaluateAsync<string>("() => getSelection().toString()"), Has.Length.InRange(3, 60));
        await mouse.UpAsync();
        await StaysAfterAsync("a selection that was made", () => Task.CompletedTask);

        async Task StaysAfterAsync(string wish, Func<Task> act, bool comesBack = true)
        {
            await act();
            var top = await chat.ScrollTopAsync();
            await GrowAsync();
            Assert.That(await chat.ScrollTopAsync(), Is.LessThanOrEqualTo(top), wish);
            Assert.That(await user.Page.EvaluateAsync<double>($"() => {Distance}"), Is.GreaterThan(200), wish);
            await Expect(chat.Newest).ToBeVisibleAsync();
            if (!comesBack)
                return;

            await keyboard.PressAsync("End");
            await Expect(chat.Newest).ToBeHiddenAsync();
            await GrowAsync();
            await user.Page.WaitForFunctionAsync($"() => {Distance} < 2");
        }

        // Chromium drops a key that comes while the scrolling of the key before ends.
        async Task GoUpAsync(Func<Task> act)
        {
            var top = await chat.ScrollTopAsync();
            await act();
            await user.Page.WaitForFunctionAsync("top => scrollY < top && !isMoving", top);
        }

        async Task GrowAsync()
        {
            gate.LetOne();
            await Expect(chat.Answer.Text).ToContainTextAsync($"Part {part++}.");
        }
    }

    [Test]
    public async Task The_End_key_finds_the_end_of_an_answer_that_is_written_fast()
    {
        Answer(
            Enumerable.Range(0, 500)
            .Aggregate(
                Script.Start().Text(Lines + Lines), (script, i) => script.Delay(TimeSpan.FromMilliseconds(10)).Text($"{i}\n\n"))
            .Stall());
        await using var user = await ArriveAsync();
        var (chat, keyboard) = (user.Chat, user.Page.Keyboard);
        await chat.SendAsync("Hello");
        await user.Page.WaitForFunctionAsync("() => scrollY > 300");
        await chat.Message.BlurAsync();
        await user.Page.EvaluateAsync(WatchMoving);

        for (var i = 0; i < 5; i++)
            await keyboard.PressAsync("ArrowUp");
        await Expect(chat.Newest).ToBeVisibleAsync();
        // The scrolling of these keys goes on for a moment, and would move the page away from its end.
        await user.Page.WaitForFunctionAsync("() => !isMoving");
        await keyboard.PressAsync("End");
        await Expect(chat.Newest).ToBeHiddenAsync();
        await user.Page.WaitForFunctionAsync($"() => {Distance} < 2");
    }

    [Test]
    [UsesClipboard]
    public async Task Selected_code_stays_selected_when_its_fence_closes_and_the_answer_ends()
    {
        var gate = new Gate();
        Answer(
            Script.Start().Text("See [the map][m].\n\n```js\nlet first = 1; // one\nlet second = 2;\n").Wait(gate)
            .Text("```\n\nAnd **so").Wait(gate).Text(" on**.\n\n[m]: https://example.com/map\n").Finish("stop").Done());
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await user.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await chat.SendAsync("Code");
        await Expect(chat.Answer.Text.Locator("code")).ToContainTextAsync("second");
        await chat.Message.BlurAsync();
        await user.Page.EvaluateAsync("""
            () => {
                const texts = document.createTreeWalker(document.querySelector('#conversation code'), NodeFilter.SHOW_TEXT);
                const placeOf = (at) => {
                    texts.currentNode = texts.root;
                    for (let text = texts.nextNode(); text; at -= text.length, text = texts.nextNode())
                        if (at < text.length) return [text, at];
                };
                getSelection().setBaseAndExtent(...placeOf(4), ...placeOf(21));
            }
            """);

        gate.LetOne();
        await Expect(chat.Answer.Text.Locator("strong")).ToBeVisibleAsync();
        await Expect(chat.Answer.Text.Locator(".hl-word")).ToHaveCountAsync(2);
        Assert.That(await SelectedAsync(), Is.EqualTo("first = 1; // one"));

        // A selection over several blocks, of which the definition of the link changes the first.
        await user.Page.EvaluateAsync("""
            () => {
                const [text] = document.querySelectorAll('[data-role=assistant] > .text');
                const [from, to] = [text.querySelector('strong'), text.querySelector('p')];
                getSelection().setBaseAndExtent(from.firstChild, 2, to.firstChild, 1);
            }
            """);
        gate.LetOne();
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Text.GetByRole(AriaRole.Link, new() { Name = "the map" })).ToBeVisibleAsync();
        await user.Page.Keyboard.PressAsync("Control+c");

        Assert.That(
            await user.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()"),
            Is.EqualTo("ee the map.\n\nlet first = 1; // one\nlet second = 2;\n\nAnd so"));

        Task<string> SelectedAsync() => user.Page.EvaluateAsync<string>("() => getSelection().toString()");
    }

    [Test]
    [UsesClipboard]
    public async Task What_is_copied_is_the_text_once_without_buttons_and_figures()
    {
        Answer(
            Script.Answer(
                "The area is $\\pi r^2$, or\n\n$$\\frac{a}{b}$$\n\n- one\n- two\n\n3. three\n   - deep\n4. four\n\n"
                + "- [x] done[^1]\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
                + "```py\ndef f(x):\n    return x\n```\n\n<details>\n<summary>More</summary>\n\nWithin.\n\n</details>\n\n"
                + "Done.\n\n[^1]: A note."));
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await user.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await chat.SendAsync("How large?");
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Text.Locator(".katex")).ToHaveCountAsync(2);
        await Expect(chat.Answer.Text.Locator(".hl-word").First).ToBeVisibleAsync();
        await chat.Answer.Text.Locator("summary").ClickAsync();

        await chat.Message.BlurAsync();
        await user.Page.EvaluateAsync("() => getSelection().selectAllChildren(document.body)");
        await user.Page.Keyboard.PressAsync("Control+c");

        Assert.That(
            (await user.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()")).Split('\n')
            .Where(line => line.Length > 0),
            Is.EqualTo(new[]
            {
                "How large?", "The area is $\\pi r^2$, or", "$$\\frac{a}{b}$$", "- one", "- two", "3. three", "  - deep",
                "4. four", "☑ done1", "a\tb", "1\t2", "def f(x):", "    return x", "More", "Within.", "Done.", "1.", "A note.",
            }));

        // Items that are selected in part keep their numbers, and what is pasted as markup has lists.
        await user.Page.EvaluateAsync("""
            () => {
                const [, , , deep, four] = document.querySelectorAll('.markdown li p');
                getSelection().setBaseAndExtent(deep.firstChild, 1, four.firstChild, 4);
            }
            """);
        await user.Page.Keyboard.PressAsync("Control+c");
        Assert.That(
            await user.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()"),
            Is.EqualTo("3. \n  - eep\n4. four").Or.EqualTo("3.\n  - eep\n4. four"));
        Assert.That(
            await user.Page.EvaluateAsync<string>("""
                async () => {
                    const [item] = await navigator.clipboard.read();
                    return (await item.getType('text/html')).text();
                }
                """), Does.Match("<ol[^>]* start=\"3\"").And.Not.Contain("mark-of-item"));
    }
}

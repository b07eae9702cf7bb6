using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Playwright;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Browser;

/// <summary>What a screen reader says of an answer: while it is written, and when its user walks through it afterwards.</summary>
internal sealed class ScreenReaderTests : BrowserTest
{
    private const int MostUtterances = 6;

    private const string Rich = """
        # Plan

        First do *this*, then **that**.

        - one
        - two
          1. inner

        | Key | Value |
        |---|---|
        | a | 1 |

        - [x] done
        - [ ] open

        ```js
        let a = 1;
        ```

        The area is $\pi r^2$.[^1]

        > Measure H<sub>2</sub>O first.

        [Read on](https://example.com/)

        [^1]: A note.
        """;

    private const string WalkThrough = """
        async (article) => {
            const { virtual } = await import("/virtual-screen-reader.js");
            await virtual.start({ container: article });
            const first = await virtual.lastSpokenPhrase();
            for (let steps = 0; steps < 500; steps++) {
                await virtual.next();
                if ((await virtual.lastSpokenPhrase()) === first) break;
            }
            const log = await virtual.spokenPhraseLog();
            await virtual.stop();
            return log.slice(0, -1);
        }
        """;

    private const string Listen = """
        () => {
            window.said = [];
            const region = document.querySelector("#announcement");
            new MutationObserver(() => window.said.push(region.textContent)).observe(region, { childList: true });
        }
        """;

    [Test]
    public async Task A_rich_answer_is_spoken_word_for_word()
    {
        Answer(Script.Answer(Rich));
        await using var user = await ArriveAsync();
        await user.Page.RouteAsync("**/virtual-screen-reader.js", route => route.FulfillAsync(new()
        {
            ContentType = "text/javascript",
            Body = File.ReadAllText(
                RealParts.Package("@guidepup/virtual-screen-reader", "lib", "esm", "index.browser.js")),
        }));
        await user.Page.EvaluateAsync(Listen);
        await user.Chat.SendAsync("What is the plan?");
        await user.Chat.Answer.HasEndedAsync();
        await Assertions.Expect(user.Chat.Announcement).ToContainTextAsync("complete");

        var said = await user.Page.EvaluateAsync<string[]>("() => window.said");
        Assert.That(said, Has.Length.LessThanOrEqualTo(MostUtterances));
        Assert.That(
            said[^1],
            Is.EqualTo(
                "The answer is complete. Plan. First do this, then that. one. two. inner. Key, Value. a, 1. "));

        var walked = await user.Chat.Answer.Article.EvaluateAsync<string[]>(WalkThrough);
        Assert.That(string.Join('\n', walked), Is.EqualTo(""));
    }
}

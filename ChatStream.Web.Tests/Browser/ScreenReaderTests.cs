using System.Text.RegularExpressions;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Playwright;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Browser;

/// <summary>What a screen reader says of an answer: while it is written, and when its user walks through it afterwards.</summary>
internal sealed partial class ScreenReaderTests : BrowserTest
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

    private const string Spoken = """
        article
        heading, Assistant, level 2
        heading, Plan, level 3
        paragraph
        First do
        emphasis
        this
        end of emphasis
        , then
        strong
        that
        end of strong
        .
        end of paragraph
        list
        listitem, level 1, position 1, set size 2
        paragraph
        one
        end of paragraph
        end of listitem, level 1, position 1, set size 2
        listitem, level 1, position 2, set size 2
        paragraph
        two
        end of paragraph
        list
        listitem, level 2, position 1, set size 1
        paragraph
        inner
        end of paragraph
        end of listitem, level 2, position 1, set size 1
        end of list
        end of listitem, level 1, position 2, set size 2
        end of list
        table
        rowgroup
        row, Key Value
        columnheader, Key
        columnheader, Value
        end of row, Key Value
        end of rowgroup
        rowgroup
        row, a 1
        cell, a
        cell, 1
        end of row, a 1
        end of rowgroup
        end of table
        list
        listitem, level 1, position 1, set size 2
        paragraph
        image, Done
        ☑
        end of image, Done
        done
        end of paragraph
        end of listitem, level 1, position 1, set size 2
        listitem, level 1, position 2, set size 2
        paragraph
        image, To do
        ☐
        end of image, To do
        open
        end of paragraph
        end of listitem, level 1, position 2, set size 2
        end of list
        JavaScript
        button, Wrap lines of the code, not pressed
        Wrap lines
        end of button, Wrap lines of the code, not pressed
        button, Full screen view of the code
        Full screen
        end of button, Full screen view of the code
        button, Download the code
        Download
        end of button, Download the code
        button, Copy the code
        Copy
        end of button, Copy the code
        code
        let
        a =
        1
        ;
        end of code
        paragraph
        The area is
        math
        π
        r
        2
        end of math
        .
        superscript
        link, Note 1
        1
        end of link, Note 1
        end of superscript
        end of paragraph
        blockquote
        paragraph
        Measure H
        subscript
        2
        end of subscript
        O first.
        end of paragraph
        end of blockquote
        paragraph
        link, Read on
        end of paragraph
        1.
        paragraph
        A note.
        link, Back to reference 1
        ↩
        end of link, Back to reference 1
        end of paragraph
        button, Copy the answer, Copy as Markdown
        button, Regenerate the answer, Regenerate
        group
        About this answer
        About this answer
        end, About this answer
        end of group
        end of article
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
        Answer(Script.Answer("$x$"));
        Answer(Script.Answer(Rich));
        await using var user = await ArriveAsync();
        await GiveScreenReaderAsync(user.Page);
        // What typesets formulas is loaded with the first one.
        await user.Chat.SendAsync("What is a formula?");
        await Assertions.Expect(user.Chat.Answer.Text.Locator(".katex")).ToBeVisibleAsync();
        await user.Chat.Answer.HasEndedAsync();
        await Assertions.Expect(user.Chat.Announcement).ToContainTextAsync("complete");
        await user.Page.EvaluateAsync(Listen);
        await user.Chat.SendAsync("What is the plan?");
        await user.Chat.Answer.HasEndedAsync();
        await Assertions.Expect(user.Chat.Announcement).ToContainTextAsync("Plan");

        var announced = await user.Page.EvaluateAsync<string[]>("() => window.said");
        Assert.That(announced, Has.Length.LessThanOrEqualTo(MostUtterances));
        Assert.That(announced[^1], Is.EqualTo(
            "The answer is complete. Plan. First do this, then that. one. two. inner. Key, Value. a, 1. Done: done. To do: open. "
            + "let a = 1; The area is π r 2. Measure H2O first. Read on. 1. A note."));

        // Code is coloured in pieces, and each is a stop of the walk.
        await Assertions.Expect(user.Chat.Answer.Text.Locator(".hl-word")).ToBeVisibleAsync();
        var walked = await user.Chat.Answer.Article.EvaluateAsync<string[]>(WalkThrough).WaitAsync(Timeout);
        // The script that comes later adds the time: maybe in the middle of the walk.
        var said = walked.Where(phrase => !Moment().IsMatch(phrase) && phrase is not ("time" or "end of time"));
        Assert.That(Seconds().Replace(string.Join('\n', said), "0 s"), Is.EqualTo(Spoken));
        foreach (var link in await user.Chat.Answer.Text.Locator("a[href^='#']").AllAsync())
        {
            var box = (await link.BoundingBoxAsync())!;
            Assert.That(Math.Min(box.Width, box.Height), Is.GreaterThanOrEqualTo(24), "a finger hits the way to a note and back");
        }
    }

    [Test]
    public async Task Files_are_spoken_by_their_names_before_and_after_they_are_sent()
    {
        Answer(Script.Answer("A red picture."));
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await GiveScreenReaderAsync(user.Page);
        await chat.FileInput.SetInputFilesAsync(
        [
            new FilePayload { Name = "red.png", MimeType = "image/png", Buffer = Files.Pictures.Png(60, 40) },
            new FilePayload { Name = "notes.txt", MimeType = "text/plain", Buffer = "Tea: 3 €"u8.ToArray() },
        ]);
        await Assertions.Expect(chat.Attached).ToHaveCountAsync(2);
        await Assertions.Expect(chat.Attached.Last).ToContainTextAsync("tokens");

        var attached = await chat.Attached.First.Locator("..").EvaluateAsync<string[]>(WalkThrough).WaitAsync(Timeout);
        await chat.SendAsync("What is it?");
        await chat.Answer.HasEndedAsync();
        await Assertions.Expect(chat.SentFiles).ToHaveCountAsync(2);
        var sent = await chat.SentFiles.First.Locator("..").EvaluateAsync<string[]>(WalkThrough).WaitAsync(Timeout);

        Assert.That(attached, Has.Some.Matches("^(img|image), red\\.png").And.Some.Contains("notes.txt"));
        Assert.That(attached, Has.Some.Contains("tokens"));
        Assert.That(attached.Count(phrase => phrase.StartsWith("button, Remove", StringComparison.Ordinal)), Is.EqualTo(2));
        Assert.That(sent, Has.Some.Matches("^(img|image), red\\.png").And.Some.EqualTo("link, notes.txt"));
        Assert.That(sent, Has.Some.StartsWith("list, Files"));
    }

    private static Task<IAsyncDisposable> GiveScreenReaderAsync(IPage page) => page.RouteAsync(
        "**/virtual-screen-reader.js",
        route => route.FulfillAsync(new()
        {
            ContentType = "text/javascript",
            Body = File.ReadAllText(RealParts.Package("@guidepup/virtual-screen-reader", "lib", "esm", "index.browser.js")),
        }));

    protected override Task<ChatApp> StartAppAsync(EmulatorServer emulator) =>
        ChatApp.StartAsync(emulator, setup => setup.Settings["Feedback:Enabled"] = "false");

    [GeneratedRegex(@"\d+ \w+ \d{4}, \d\d:\d\d")]
    private static partial Regex Moment();

    [GeneratedRegex(@"\d+(\.\d+)? s\b")]
    private static partial Regex Seconds();
}

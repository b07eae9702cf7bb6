using ChatStream.Emulator;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>An answer that was cut and continued is one message with one text.</summary>
internal sealed class ContinueTests : BrowserTest
{
    private const string Compare = """
        texts => texts.map(text => text.innerHTML.replace(/(note|reference)-\d+-/g, "$1-"))
            .flatMap((html, at, all) => at % 2 === 1 && html !== all[at - 1] ? [`${all[at - 1]}\n\n${html}`] : [])
        """;

    /// <summary>Each as it comes in parts.</summary>
    private static readonly string[][] Cut =
    [
        ["```python\ndef add(n):\n", "    return total\n\nprint(add([1, 2]))\n```\n\nThat is **all** of it.\n\n- one"],
        ["Code:\n\n``", "`js\nlet a", " = 1;\n`", "``\nEnd."],
        ["> - quoted\n>   ```\n>   a", "b\n>   ```\n> - more"],
        ["It ends in the mid", "dle of a word, of an \ud83d\ude42 and cafe", "\u0301."],
        ["| a | b |\n|---|---|\n| c | 3 |\n", "| d | 4 |\n| e", " | 5 |\n"],
        ["| a | b |\n|-", "--|---|\n| c | 3 |\n"],
        ["1. one\n2. tw", "o\n", "   - inner\n3. three\n"],
        ["Sum:\n\n$$\n\\frac{1}", "{2} + x\n$$\n\nand \\(a + ", "b\\) too"],
        ["A **bo", "ld** and *em", "phasis*, `co", "de` and ~~go", "ne~~"],
        ["A [li", "nk](https://example.com/a?b=", "c) and https://example.com/pa", "th here"],
        ["See[^1].\n\n[^1]: A no", "te.\n\nMore", " text, [by name].\n\n[by name]: https://example.com\n"],
        ["First paragraph.\n\n", "Second paragraph."],
        ["First paragraph.", "\n\nSecond paragraph.\n", "\n# Heading\n\nThird."],
        ["# Hea", "ding\n---", "\nAfter the rule."],
    ];

    [Test]
    public async Task A_continued_answer_looks_like_the_same_text_in_one_piece()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        var texts = chat.Answers.Locator("> .text");
        foreach (var parts in Cut)
        {
            Answer(Script.Answer(string.Concat(parts)));
            await chat.SendAsync("In one piece");
            await chat.Answer.HasEndedAsync();

            Answer(Script.Start().Text(parts[0]).Finish("length").Done());
            await chat.SendAsync("In parts");
            for (var at = 1; at < parts.Length; at++)
            {
                await chat.Answer.HasEndedAsync();
                var ending = at < parts.Length - 1 ? "length" : "stop";
                var letters = parts[at].EnumerateRunes().Select(letter => letter.ToString());
                Answer(Script.Start().Texts(letters).Finish(ending).Done());
                await chat.Answer.Continue.ClickAsync();
            }
            await chat.Answer.HasEndedAsync();
        }
        await AreEqualAsync();
        Assert.That(
            Requests[^1].Body, Does.Contain("After the rule.").And.Contains("\"# Heading\\n---\""), "the parts are one turn");

        await user.Page.ReloadAsync();
        await AreEqualAsync();

        async Task AreEqualAsync()
        {
            await Expect(texts).ToHaveCountAsync(2 * Cut.Length);
            // Formulas and colours may come a little later.
            Assert.That(() => texts.EvaluateAllAsync<string[]>(Compare).GetAwaiter().GetResult(), Is.Empty.After(10_000, 100));
        }
    }

    [Test]
    public async Task A_continuation_is_received_from_its_middle_in_every_tab()
    {
        var gate = new Gate();
        Answer(Script.Start().Reasoning("Think.").Text("It ends in the mid").Finish("length").Usage(9, 5).Done());
        Answer(Script.Start().Reasoning("Again.").Text("dle").Wait(gate).Text(" of a word.").Finish("stop").Usage(9, 4).Done());
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await chat.Answer.Continue.ClickAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync("It ends in the middle");
        await Expect(chat.Answer.Copy).ToBeHiddenAsync();

        var other = await user.NewTabAsync(new Uri(user.Page.Url).AbsolutePath);
        await Expect(other.Answer.Text).ToHaveTextAsync("It ends in the middle");
        await using var plain = await ArriveAsync(path: null, javaScript: false);
        await plain.Context.AddCookiesAsync(
            [.. (await user.Context.CookiesAsync()).Select(cookie => new Microsoft.Playwright.Cookie
            {
                Name = cookie.Name, Value = cookie.Value, Domain = cookie.Domain, Path = cookie.Path,
            })]);
        await plain.Page.GotoAsync(user.Page.Url);
        await Expect(plain.Chat.Answer.Text).ToHaveTextAsync("It ends in the middle");
        gate.Open();
        await IsOneAsync(chat);
        await Expect(chat.Announcement).ToHaveTextAsync("The answer is complete. middle of a word.");
        await IsOneAsync(other);
        await user.Page.ReloadAsync();
        await IsOneAsync(chat);

        async Task IsOneAsync(ChatPageObject page)
        {
            await page.Answer.HasEndedAsync();
            await Expect(page.Answer.Text).ToHaveTextAsync("It ends in the middle of a word.");
            await Expect(page.Messages).ToHaveCountAsync(2);
            await Expect(page.Answer.Ending).ToHaveCountAsync(0);
            await Expect(page.Answer.Copy).ToHaveCountAsync(1);
            await Expect(page.Answer.Tokens).ToHaveTextAsync("9 tokens");
            await Expect(page.Answer.ReasoningText).ToHaveTextAsync(["Think.", "Again."]);
        }
    }

    [Test]
    public async Task A_part_that_fails_is_written_again_and_all_versions_are_kept()
    {
        Answer(Script.Start().Text("One, ").Stall());
        Answer(AzureErrors.ServiceUnavailable());
        Answer(Script.Start().Text("tw").Cut());
        Answer(Script.Start().Text("two, ").Finish("length").Done());
        Answer(Script.Answer("three."));
        Answer(Script.Answer("Uno."));
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        var message = chat.MessageAt(1);
        await chat.SendAsync("Count");
        await Expect(chat.Answer.Text).ToHaveTextAsync("One,");
        await chat.Stop.ClickAsync();

        await chat.Answer.Continue.ClickAsync();
        await Expect(chat.Answer.Ending).ToHaveTextAsync(["The model could not be reached."], new() { UseInnerText = true });
        await Expect(chat.Answer.Text).ToHaveTextAsync("One,");
        await Expect(chat.Answer.Copy).ToBeVisibleAsync();
        await Expect(chat.Answer.Actions).ToHaveTextAsync(["Retry"]);
        await chat.Answer.Retry.ClickAsync();
        await Expect(chat.Answer.Ending).ToHaveTextAsync(["The connection to the model was lost."]);
        await Expect(chat.Answer.Text).ToHaveTextAsync("One, tw");
        await Expect(message.Version).ToHaveTextAsync("2/2");
        await user.Page.ReloadAsync();
        await chat.Answer.Retry.ClickAsync();
        await chat.Answer.Continue.ClickAsync();
        await chat.Answer.HasEndedAsync();
        await IsShownAsync("One, two, three.", "3/3");

        // The part in the middle has versions, the last has none.
        await message.Previous.ClickAsync();
        await IsShownAsync("One, tw", "2/3");
        await Expect(message.Previous).ToBeFocusedAsync();
        await message.Next.ClickAsync();
        await IsShownAsync("One, two, three.", "3/3");

        // The whole answer, again.
        await message.Regenerate.ClickAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync("Uno.");
        await chat.Answer.HasEndedAsync();
        await IsShownAsync("Uno.", "2/2");
        await message.Previous.ClickAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync("One, two, three.");
        await Expect(message.Version).ToHaveTextAsync(["1/2", "3/3"]);
        await Expect(chat.Messages).ToHaveCountAsync(2);

        async Task IsShownAsync(string text, string version)
        {
            await Expect(chat.Answer.Text).ToHaveTextAsync(text);
            await Expect(message.Version).ToHaveTextAsync([version]);
        }
    }

    [Test]
    public async Task A_refused_continuation_changes_nothing()
    {
        Answer(Script.Start().Text("So far").Finish("length").Done());
        Answer(Script.Answer(" and on."));
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Continue).ToBeVisibleAsync();
        await user.Page.RouteAsync("**/chat/stream", route => route.FulfillAsync(new() { Status = 400 }));

        await chat.Answer.Continue.ClickAsync();
        await Expect(chat.Refusal).ToBeVisibleAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync("So far");
        await Expect(chat.Answer.Ending).ToHaveTextAsync(["The answer reached the model's length limit."]);
        await user.Page.UnrouteAsync("**/chat/stream");
        await chat.Answer.Continue.ClickAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync("So far and on.");
    }
}

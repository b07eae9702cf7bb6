using ChatStream.Emulator;
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

    [Test]
    public async Task Only_messages_near_the_window_are_laid_out()
    {
        await using var user = await ReloadedAsync();
        var chat = user.Chat;

        Assert.That(await IsLaidOutAsync(chat.AnswerAt(0)), Is.False);
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
        await StandsAsync(chat.Answer.Figures.Last, "the end");
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
        await user.Page.EvaluateAsync("() => scrollTo(0, document.documentElement.scrollHeight)");
        return user;
    }
}

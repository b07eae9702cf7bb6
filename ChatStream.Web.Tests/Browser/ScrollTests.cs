using ChatStream.Emulator;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The page follows the answer only for as long as its reader does.</summary>
internal sealed class ScrollTests : BrowserTest
{
    private static readonly string Lines = string.Concat(Enumerable.Range(0, 80).Select(i => $"Line {i}\n\n"));

    [Test]
    public async Task Who_has_scrolled_up_is_offered_the_newest_and_followed_again_from_there()
    {
        var gate = new Gate();
        Answer(Script.Start().Text(Lines).Wait(gate).Text("more\n\n" + Lines).Wait(gate).Text("The end.").Finish("stop").Done());
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Status).ToBeInViewportAsync();
        await Expect(chat.Newest).ToBeHiddenAsync();

        await chat.ScrollUpAsync(600);
        await Expect(chat.Newest).ToBeVisibleAsync();
        var top = await chat.ScrollTopAsync();
        gate.LetOne();
        await Expect(chat.Answer.Text).ToContainTextAsync("more");
        Assert.That(await chat.ScrollTopAsync(), Is.EqualTo(top));

        await chat.Newest.ClickAsync();
        await Expect(chat.Newest).ToBeHiddenAsync();
        await Expect(chat.Message).ToBeFocusedAsync();
        gate.LetOne();
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Figures.Last).ToBeInViewportAsync();
    }

    /// <summary>Code that is highlighted, or math that arrives: here a box that grows.</summary>
    [TestCase(false)]
    [TestCase(true)]
    public async Task What_grows_late_moves_nobody(bool readsFurtherUp)
    {
        Answer(Script.Answer(Lines));
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Figures.Last).ToBeInViewportAsync();
        if (readsFurtherUp)
        {
            await chat.ScrollUpAsync(600);
            await Expect(chat.Newest).ToBeVisibleAsync();
        }
        const string Seen = "() => [...document.querySelectorAll('.meta')].at(-1).getBoundingClientRect().top";
        var before = await user.Page.EvaluateAsync<double>(Seen);

        await user.Page.EvaluateAsync("""
            () => new Promise((done) => {
                const box = document.createElement('div');
                box.style.height = '300px';
                document.querySelector('#conversation .text').before(box);
                requestAnimationFrame(() => requestAnimationFrame(() => done()));
            })
            """);

        Assert.That(await user.Page.EvaluateAsync<double>(Seen), Is.EqualTo(before).Within(1));
    }
}

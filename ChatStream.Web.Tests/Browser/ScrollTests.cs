using ChatStream.Emulator;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The page follows the answer until the user scrolls up.</summary>
internal sealed class ScrollTests : BrowserTest
{
    private static readonly string Lines = string.Concat(Enumerable.Range(0, 80).Select(i => $"Line {i}\n\n"));

    [Test]
    public async Task The_end_of_a_long_answer_is_followed_until_the_user_scrolls_up()
    {
        var gate = new Gate();
        var lines = string.Concat(Enumerable.Range(0, 80).Select(i => $"Line {i}\\\n"));
        Answer(Script.Start().Text(lines).Wait(gate).Text("more\\\n" + lines).Wait(gate).Text("The end.").Finish("stop").Done());
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Status).ToBeInViewportAsync();

        gate.LetOne();
        await Expect(chat.Answer.Text).ToContainTextAsync("more");
        await Expect(chat.Answer.Status).ToBeInViewportAsync();
        await chat.ScrollUpAsync(600);
        await Expect(chat.Answer.Status).Not.ToBeInViewportAsync();
        var top = await chat.ScrollTopAsync();
        gate.LetOne();
        await chat.Answer.HasEndedAsync();

        Assert.That(await chat.ScrollTopAsync(), Is.EqualTo(top), "who reads is left where they are");
    }

    [Test]
    public async Task A_user_who_scrolled_up_can_jump_to_the_newest_text_and_follow_again()
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
        await Expect(chat.Answer.Info).ToBeInViewportAsync();
    }

    [Test]
    public async Task A_finger_that_draws_the_text_down_a_little_is_not_fought_and_one_that_goes_on_to_the_end_follows_again()
    {
        var gate = new Gate();
        Answer(Script.Start().Text(Lines).Wait(gate).Text("more\n\n" + Lines).Wait(gate).Text("The end.").Finish("stop").Done());
        await using var user = await ArriveAsync(viewport: Picture.Phone);
        var chat = user.Chat;
        var touch = await user.Context.NewCDPSessionAsync(user.Page);
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Status).ToBeInViewportAsync();
        await chat.UntilStillAsync(100);

        var end = await chat.ScrollTopAsync();
        await DrawAsync(60);
        await user.Page.WaitForFunctionAsync("end => scrollY < end - 20", end);
        await RestsAsync();
        var top = await chat.ScrollTopAsync();
        gate.LetOne();
        await Expect(chat.Answer.Text).ToContainTextAsync("more");
        // It may still glide the reader's way. It is never drawn back to the end.
        Assert.That(await chat.ScrollTopAsync(), Is.LessThanOrEqualTo(top));

        while (!await user.Page.EvaluateAsync<bool>("() => scrollY + innerHeight >= document.documentElement.scrollHeight - 2"))
            await DrawAsync(-250);
        gate.LetOne();
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Info).ToBeInViewportAsync();

        async Task DrawAsync(int by)
        {
            var y = by > 0 ? 200 : 450;
            await SendAsync("touchStart", y);
            for (var moved = 0; Math.Abs(moved) < Math.Abs(by); moved += Math.Sign(by) * 10)
                await SendAsync("touchMove", y + moved);
            await SendAsync("touchMove", y + by);
            await touch.SendAsync(
                "Input.dispatchTouchEvent", new() { ["type"] = "touchEnd", ["touchPoints"] = Array.Empty<object>() });
        }

        Task SendAsync(string type, int y) => touch.SendAsync(
            "Input.dispatchTouchEvent", new() { ["type"] = type, ["touchPoints"] = new[] { new { x = 180, y } } });

        // The page may glide on.
        Task RestsAsync() => user.Page.WaitForFunctionAsync("""
            () => new Promise((done) => {
                const top = scrollY;
                requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(() => done(scrollY === top))));
            })
            """);
    }

    /// <summary>A growing box stands for highlighted code and late math.</summary>
    [TestCase(false)]
    [TestCase(true)]
    public async Task A_block_that_grows_late_does_not_move_the_page(bool readsFurtherUp)
    {
        Answer(Script.Answer(Lines));
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Info).ToBeInViewportAsync();
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

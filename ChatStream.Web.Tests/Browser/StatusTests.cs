using System.Text.RegularExpressions;
using ChatStream.Emulator;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The phase of a running answer, and the figures of an ended one.</summary>
internal sealed class StatusTests : BrowserTest
{
    [Test]
    public async Task After_eight_seconds_of_silence_the_page_says_that_it_still_waits()
    {
        var gate = new Gate();
        Answer(Script.Start().Text("One").Wait(gate).Text(" two").Wait(gate).Finish("stop").Done());
        await using var user = await ArriveAsync(path: null);
        await user.Page.Clock.InstallAsync();
        await user.Page.GotoAsync("/");
        var answer = user.Chat.Answer;
        await user.Chat.SendAsync("Hello");
        await Expect(answer.Text).ToHaveTextAsync("One");
        await Expect(answer.Phase).ToHaveTextAsync("Writing");

        await user.Page.Clock.FastForwardAsync(9_000);
        await Expect(answer.Phase).ToHaveTextAsync("Still waiting for the model");
        gate.LetOne();
        await Expect(answer.Text).ToHaveTextAsync("One two");
        await Expect(answer.Phase).ToHaveTextAsync("Writing");
        gate.LetOne();
        await answer.HasEndedAsync();
    }

    [Test]
    public async Task The_figures_of_an_answer_are_its_model_tokens_and_times()
    {
        var (before, during) = (new Gate(), new Gate());
        Answer(Script.Start().Wait(before).Text("One").Wait(during).Text(" two.").Finish("stop").Usage(9, 3_600).Done());
        await using var user = await ArriveAsync(path: null);
        await user.Page.Clock.InstallAsync();
        await user.Page.GotoAsync("/");
        var answer = user.Chat.Answer;

        await user.Chat.SendAsync("Hello");
        await Expect(answer.Phase).ToHaveTextAsync("Thinking");
        await user.Page.Clock.FastForwardAsync(10_000);
        before.Open();
        await Expect(answer.Text).ToHaveTextAsync("One");
        await user.Page.Clock.FastForwardAsync(30_000);
        during.Open();
        await answer.HasEndedAsync();

        await Expect(answer.Figures).ToHaveTextAsync(
        [
            new Regex("^gpt-4o$"), new Regex("^3,600 tokens$"), new Regex(@"^1[012]\d tokens/s$"),
            new Regex(@"^1\d s$"), new Regex(@"^[45]\d s$"),
        ]);
    }

    /// <summary>The times are those of the server, without the time that the network took.</summary>
    [Test]
    public async Task The_figures_are_there_after_a_late_join_and_after_a_reload()
    {
        var gate = new Gate();
        Answer(
            Script.Start().Reasoning("Let me see.").Text("One").Wait(gate).Text(" two.").Finish("stop").Usage(9, 1_200).Done());
        await using var user = await ArriveAsync();
        var answer = user.Chat.Answer;
        await user.Chat.SendAsync("Hello");
        await Expect(answer.Text).ToHaveTextAsync("One");
        await user.Page.ReloadAsync();
        await Expect(answer.Text).ToHaveTextAsync("One");

        gate.Open();
        await answer.HasEndedAsync();
        await SaysAsync();
        await user.Page.ReloadAsync();
        await SaysAsync();

        async Task SaysAsync()
        {
            await Expect(answer.Thought).ToHaveTextAsync(new Regex(@"^Thought for \d+ s$"));
            // The number of pieces varies: a speed is shown only if the answer took long enough.
            Assert.That(
                string.Concat(await answer.Figures.AllTextContentsAsync()),
                Does.Match(@"^gpt-4o1,200 tokens([\d,]+ tokens/s)?\d+\.\d s\d+(\.\d)? s$"));
        }
    }

    [Test]
    public async Task Reasoning_can_be_opened_while_it_grows_and_shows_its_time_afterwards()
    {
        var gate = new Gate();
        Answer(Script.Start().Reasoning("Let me ").Wait(gate).Reasoning("see.").Wait(gate).Text("Yes.").Finish("stop").Done());
        await using var user = await ArriveAsync(path: null);
        await user.Page.Clock.InstallAsync();
        await user.Page.GotoAsync("/");
        var answer = user.Chat.Answer;
        await user.Chat.SendAsync("Hello");
        await Expect(answer.Reasoning).ToBeVisibleAsync();
        await Expect(answer.ReasoningText).ToBeHiddenAsync();

        await answer.Thought.ClickAsync();
        await Expect(answer.ReasoningText).ToBeVisibleAsync();
        gate.LetOne();
        await Expect(answer.ReasoningText).ToHaveTextAsync("Let me see.");
        await Picture.TakeBothAsync(user.Chat, "reasoning-open");
        await user.Page.Clock.FastForwardAsync(60_000);
        gate.LetOne();
        await answer.HasEndedAsync();

        await Expect(answer.Thought).ToHaveTextAsync(new Regex(@"^Thought for 1:0\d$"));
        await Expect(answer.ReasoningText).ToBeVisibleAsync();
    }

    [Test]
    public async Task Screen_readers_hear_a_finished_answer_once_and_none_of_its_words_before()
    {
        var gate = new Gate();
        Answer(Answers.WordByWord(gate));
        await using var user = await ArriveAsync();
        await user.Page.EvaluateAsync("""
            () => {
                window.said = [];
                const region = document.querySelector('#announcement');
                new MutationObserver(() => window.said.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
            }
            """);
        var chat = user.Chat;

        await chat.SendAsync("Hello");
        gate.Open();
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Announcement).ToHaveTextAsync($"The answer is complete. {Answers.Whole}");

        var said = await user.Page.EvaluateAsync<string[]>("() => window.said");
        Assert.That(said[^1], Is.EqualTo($"The answer is complete. {Answers.Whole}"));
        Assert.That(said[..^1], Is.SubsetOf(new[] { "Analyzing", "Thinking", "Writing" }));
        Assert.That(said, Is.Unique);
        await Expect(user.Page.Locator("#conversation")).ToHaveAttributeAsync("aria-live", "off");
        await Expect(user.Page.Locator("#conversation")).ToHaveAttributeAsync("aria-busy", "false");
    }
}

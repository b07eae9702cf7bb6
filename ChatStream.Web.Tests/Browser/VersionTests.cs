using ChatStream.Emulator;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>Any message can be edited or answered again. Every version is kept, and the shown path is remembered.</summary>
internal sealed class VersionTests : BrowserTest
{
    [Test]
    public async Task An_edit_of_the_first_message_keeps_the_earlier_version()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await TalkAsync(chat, "One", "Two");

        await chat.MessageAt(0).Edit.ClickAsync();
        await Expect(chat.Edited).ToHaveValueAsync("One");
        Answer(Script.Answer("To Uno"));
        await chat.EditAsync("Uno");
        await Expect(chat.Answer.Text).ToHaveTextAsync("To Uno");
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Questions).ToHaveTextAsync(["Uno"]);
        await Expect(chat.MessageAt(0).Version).ToHaveTextAsync("2/2");
        await Expect(chat.MessageAt(0).Next).ToBeDisabledAsync();

        await chat.MessageAt(0).Previous.ClickAsync();
        await Expect(chat.Questions).ToHaveTextAsync(["One", "Two"]);
        await Expect(chat.Answers.Locator("> .text")).ToHaveTextAsync(["To One", "To Two"]);
        await Expect(chat.MessageAt(0).Version).ToHaveTextAsync("1/2");

        var other = await user.NewTabAsync(new Uri(user.Page.Url).AbsolutePath);
        await Expect(other.Questions).ToHaveTextAsync(["One", "Two"]);
        await other.MessageAt(0).Next.ClickAsync();
        await Expect(other.Questions).ToHaveTextAsync(["Uno"]);
        await Expect(chat.Questions).ToHaveTextAsync(["Uno"]);
    }

    [Test]
    public async Task A_switch_to_a_longer_version_does_not_move_the_page()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await TalkAsync(chat, "One");
        Answer(Script.Answer(string.Concat(Enumerable.Range(0, 80).Select(i => $"Line {i}\n\n$x_{{{i}}}$\n\n"))));
        await chat.SendAsync("Two");
        await chat.Answer.HasEndedAsync();
        Answer(Script.Answer("Short."));
        await chat.MessageAt(0).Edit.ClickAsync();
        await chat.EditAsync("Uno");
        await chat.Answer.HasEndedAsync();
        var before = await TopAsync();

        await chat.MessageAt(0).Previous.ClickAsync();

        await Expect(chat.Questions).ToHaveTextAsync(["One", "Two"]);
        await Expect(chat.Answer.Text.Locator(".katex")).ToHaveCountAsync(80);
        Assert.That(await TopAsync(), Is.EqualTo(before).Within(1));
        await Expect(chat.Newest).ToBeVisibleAsync();

        async Task<double> TopAsync() => (await chat.MessageAt(0).Version.BoundingBoxAsync())!.Y;
    }

    [Test]
    public async Task An_answer_in_the_middle_can_be_regenerated_beside_the_first()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await TalkAsync(chat, "One", "Two");

        Answer(Script.Answer("To One, again"));
        await chat.MessageAt(1).Regenerate.ClickAsync();
        await Expect(chat.MessageAt(1).Text).ToHaveTextAsync("To One, again");
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Messages).ToHaveCountAsync(2);
        await Expect(chat.MessageAt(1).Version).ToHaveTextAsync("2/2");
        await Expect(chat.MessageAt(0).Version).ToHaveCountAsync(0);

        await user.Page.ReloadAsync();
        await Expect(chat.MessageAt(1).Version).ToHaveTextAsync("2/2");
        await chat.MessageAt(1).Previous.FocusAsync();
        await user.Page.Keyboard.PressAsync("Enter");
        await Expect(chat.Questions).ToHaveTextAsync(["One", "Two"]);
        await Expect(chat.MessageAt(1).Next).ToBeFocusedAsync();
        Assert.That(Requests, Has.Count.EqualTo(3));
        Assert.That(Requests[2].Body, Does.Not.Contain("Two"));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_reload_after_a_switch_back_does_not_repeat_the_start(bool edited)
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await TalkAsync(chat, "One");
        Answer(Script.Answer("Again"));
        if (edited)
        {
            await chat.MessageAt(0).Edit.ClickAsync();
            await chat.EditAsync("Uno");
        }
        else
            await chat.MessageAt(1).Regenerate.ClickAsync();
        await Expect(chat.MessageAt(1).Text).ToHaveTextAsync("Again");
        await chat.Answer.HasEndedAsync();
        await chat.MessageAt(edited ? 0 : 1).Previous.ClickAsync();
        await Expect(chat.MessageAt(1).Text).ToHaveTextAsync("To One");
        var starts = 0;
        user.Page.Request += (_, request) => starts += request.Url.EndsWith("/chat/stream", StringComparison.Ordinal) ? 1 : 0;

        await user.Page.ReloadAsync();
        await Expect(chat.MessageAt(1).Text).ToHaveTextAsync("To One");
        await Expect(chat.MessageAt(edited ? 0 : 1).Version).ToHaveTextAsync("1/2");
        await user.Page.ReloadAsync();

        await Expect(chat.MessageAt(1).Text).ToHaveTextAsync("To One");
        await Expect(chat.Stop).ToBeHiddenAsync();
        Assert.That(starts, Is.Zero);
        Assert.That(Requests, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task An_answer_goes_on_while_another_version_is_shown()
    {
        var gate = new Gate();
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await TalkAsync(chat, "One");
        Answer(Answers.InHalves(gate));
        await chat.MessageAt(1).Regenerate.ClickAsync();
        await Expect(chat.MessageAt(1).Text).ToHaveTextAsync(Answers.FirstHalf);

        await chat.MessageAt(1).Previous.ClickAsync();
        await Expect(chat.MessageAt(1).Text).ToHaveTextAsync("To One");
        await Expect(chat.Send).ToBeEnabledAsync();
        await Expect(chat.Stop).ToBeHiddenAsync();

        await chat.MessageAt(1).Next.ClickAsync();
        await Expect(chat.MessageAt(1).Text).ToHaveTextAsync(Answers.FirstHalf);
        await Expect(chat.Stop).ToBeVisibleAsync();
        gate.Open();
        await chat.Answer.HasEndedAsync();
        await Expect(chat.MessageAt(1).Text).ToHaveTextAsync(Answers.Whole);
        Assert.That(Requests, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task An_edit_in_one_tab_is_followed_in_another()
    {
        var gate = new Gate();
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await TalkAsync(chat, "One", "Two");
        var other = await user.NewTabAsync(new Uri(user.Page.Url).AbsolutePath);

        Answer(Answers.InHalves(gate));
        await chat.MessageAt(0).Edit.ClickAsync();
        await chat.EditAsync("Uno");

        await Expect(other.Questions).ToHaveTextAsync(["Uno"]);
        await Expect(other.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        await Expect(other.MessageAt(0).Version).ToHaveTextAsync("2/2");
        gate.Open();
        await other.Answer.HasEndedAsync();
        await Expect(other.Answer.Text).ToHaveTextAsync(Answers.Whole);
        Assert.That(Requests, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task A_refused_or_cancelled_edit_changes_nothing()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await TalkAsync(chat, "One", "Two");
        await chat.Message.FillAsync("A draft");

        await chat.MessageAt(0).Edit.ClickAsync();
        var tooLong = string.Concat(Enumerable.Repeat("word ", 40_000));
        await chat.EditAsync(tooLong);
        await Expect(chat.Refusal).ToContainTextAsync("at most");
        await Expect(chat.Questions).ToHaveTextAsync(["One", "Two"]);
        await Expect(chat.Edited).ToHaveValueAsync(tooLong);
        await Expect(chat.Edited).ToBeFocusedAsync();

        await user.Page.Keyboard.PressAsync("Escape");
        await Expect(chat.Edited).ToHaveCountAsync(0);
        await Expect(chat.Message).ToHaveValueAsync("A draft");
        await Expect(chat.Questions).ToHaveTextAsync(["One", "Two"]);
        Assert.That(Requests, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task An_unfinished_edit_survives_a_reload_and_changes_in_another_tab()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await TalkAsync(chat, "One");
        await chat.MessageAt(0).Edit.ClickAsync();
        await chat.Edited.FillAsync("Uno, half");

        var other = await user.NewTabAsync(new Uri(user.Page.Url).AbsolutePath);
        await TalkAsync(other, "Two");
        await Expect(chat.Questions).ToHaveCountAsync(2);
        await Expect(chat.Edited).ToHaveValueAsync("Uno, half");
        await user.Page.ReloadAsync();
        await chat.MessageAt(0).Edit.ClickAsync();
        await Expect(chat.Edited).ToHaveValueAsync("Uno, half");

        await chat.CancelEdit.ClickAsync();
        await chat.MessageAt(0).Edit.ClickAsync();
        await Expect(chat.Edited).ToHaveValueAsync("One");
    }

    private async Task TalkAsync(ChatPageObject chat, params string[] messages)
    {
        foreach (var message in messages)
        {
            Answer(Script.Answer($"To {message}"));
            await chat.SendAsync(message);
            await Expect(chat.Answer.Text).ToHaveTextAsync($"To {message}");
            await chat.Answer.HasEndedAsync();
        }
    }
}

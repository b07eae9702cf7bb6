using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Deque.AxeCore.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The rule above which the model sees nothing, and the summary that the user may have in its place.</summary>
internal sealed class SummaryTests : BrowserTest
{
    private static readonly string[] Texts = [.. Enumerable.Range(0, 8).Select(i =>
        $"Message {i}: " + string.Join(' ', Enumerable.Repeat($"word{i}", 60)))];

    protected override Task<ChatApp> StartAppAsync(EmulatorServer emulator) =>
        ChatApp.StartAsync(emulator, setup => setup.Settings["Chat:ContextTokens"] = "1000");

    [TestCase("en-GB", "The model no longer sees what stands above this line.", "Continue with a summary")]
    [TestCase("zh-CN", "模型不再看到此线以上的内容。", "用摘要继续")]
    public async Task The_rule_stands_where_the_context_begins(string locale, string words, string button)
    {
        await using var user = await ArriveAsync(locale: locale);
        var chat = user.Chat;
        await user.Page.GotoAsync(await user.ImportAsync("Long", Texts));

        await Expect(chat.ContextLine.Filter(new() { HasText = words })).ToBeVisibleAsync();
        await Expect(chat.Summarise).ToHaveTextAsync(button);
        await chat.ContextLine.ScrollIntoViewIfNeededAsync();
        await Picture.TakeBothAsync(chat, $"context-line-{locale}");
        await chat.Summarise.ClickAsync();
        await Expect(chat.SummaryText).ToBeEditableAsync();
        await chat.ContextLine.ScrollIntoViewIfNeededAsync();
        await Picture.TakeBothAsync(chat, $"summary-{locale}");
        var found = await user.Page.RunAxe();
        Assert.That(found.Violations.Select(violation => $"{violation.Id}: {violation.Help}"), Is.Empty);
    }

    [Test]
    public async Task The_rule_comes_with_the_answer_that_makes_the_conversation_too_long()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync(Texts[0]);
        await chat.Answer.HasEndedAsync();
        await Expect(chat.ContextLine).ToHaveCountAsync(0);
        for (var i = 1; i < 5; i++)
        {
            await chat.SendAsync(Texts[i]);
            await Expect(chat.Answers).ToHaveCountAsync(i + 1);
            await chat.Answer.HasEndedAsync();
        }

        await Expect(chat.ContextLine).ToBeVisibleAsync();
        var first = await chat.ContextLine.GetAttributeAsync("data-first");
        Assert.That(await chat.ContextLine.EvaluateAsync<string>("line => line.nextElementSibling.dataset.messageId"),
            Is.EqualTo(first));
        await user.Page.ReloadAsync();
        await Expect(chat.ContextLine).ToHaveAttributeAsync("data-first", first!);

        await chat.NewChat.ClickAsync();
        await Expect(chat.ContextLine).ToHaveCountAsync(0);
        await chat.Conversations.First.ClickAsync();
        await Expect(chat.ContextLine).ToHaveAttributeAsync("data-first", first!);
    }

    [Test]
    public async Task A_summary_is_written_changed_accepted_and_sent([Values] bool isPhone)
    {
        var gate = new Gate();
        await using var user = await ArriveAsync(viewport: isPhone ? Picture.Phone : null);
        var chat = user.Chat;
        await user.Page.GotoAsync(await user.ImportAsync("Long", Texts));

        Answer(Script.Start().Text("They spoke").Wait(gate).Text(" of words.").Finish("stop").Done());
        await chat.Summarise.ClickAsync();
        await Expect(chat.SummaryText).ToHaveValueAsync("They spoke");
        await Expect(chat.SummaryProgress).ToHaveTextAsync("The model is writing a summary");
        await Expect(chat.StopSummary).ToBeFocusedAsync();
        gate.Open();
        await Expect(chat.SummaryText).ToBeFocusedAsync();
        await Expect(chat.SummaryText).ToHaveValueAsync("They spoke of words.");
        await chat.SummaryText.FillAsync("They spoke of many words.");
        await chat.UseSummary.ClickAsync();
        await Expect(chat.Summary).ToHaveTextAsync("The model sees a summary of what stands above.");
        await Expect(chat.Summary).ToBeFocusedAsync();
        await Expect(chat.Summarise).ToBeHiddenAsync();

        await chat.SendAsync("And now?");
        await Expect(chat.Answers).ToHaveCountAsync(5);
        await chat.Answer.HasEndedAsync();
        Assert.That((await RequestAsync(1)).Body, Does.Contain(
            "Summary of our conversation so far:\\n\\nThey spoke of many words."));

        await user.Page.ReloadAsync();
        await chat.Summary.ClickAsync();
        await Expect(chat.SummaryShown).ToHaveTextAsync("They spoke of many words.");
        await Picture.TakeBothAsync(chat, "summary-in-place");
        await chat.EditSummary.ClickAsync();
        await chat.SummaryText.FillAsync("Changed.");
        await chat.UseSummary.ClickAsync();
        await Expect(chat.SummaryShown).ToHaveTextAsync("Changed.");
        await chat.RemoveSummary.ClickAsync();
        await Expect(chat.Summarise).ToBeFocusedAsync();
        await Expect(chat.Announcement).ToHaveTextAsync("The summary is removed.");
    }

    [Test]
    public async Task A_summary_that_is_stopped_or_fails_leaves_everything_as_it_was()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await user.Page.GotoAsync(await user.ImportAsync("Long", Texts));

        Answer(Script.Start().Text("They").Stall());
        await chat.Summarise.ClickAsync();
        await Expect(chat.SummaryText).ToHaveValueAsync("They");
        await chat.StopSummary.ClickAsync();
        await Expect(chat.Summarise).ToBeFocusedAsync();
        Assert.That((await (await RequestAsync(0)).Ended).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));

        Answer(AzureErrors.RateLimited(TimeSpan.FromSeconds(90)));
        await chat.Summarise.ClickAsync();
        await Expect(chat.SummaryEnding).ToContainTextAsync("The model is busy: its rate limit has been reached.");
        await Expect(chat.SummaryText).ToBeHiddenAsync();
        await Expect(chat.DiscardSummary).ToBeVisibleAsync();
        await chat.DiscardSummary.ClickAsync();
        await Expect(chat.Summarise).ToBeVisibleAsync();
    }
}

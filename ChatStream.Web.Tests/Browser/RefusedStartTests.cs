using System.Text.RegularExpressions;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>A message that the server refuses stays in the composer, and the page gives the reason.</summary>
internal sealed class RefusedStartTests : BrowserTest
{
    [Test]
    public async Task A_message_that_is_too_long_stays_in_the_composer_and_the_limit_is_shown()
    {
        var message = string.Join(' ', Enumerable.Repeat("word", 300));
        await using var user = await ArriveAsync();
        var chat = user.Chat;

        await chat.SendAsync(message);

        await Expect(chat.Refusal).ToHaveTextAsync(new Regex(@"^The message is 30\d tokens long; at most 256 fit\.$"));
        await Expect(chat.SendAgain).ToBeHiddenAsync();
        await Expect(chat.Message).ToHaveValueAsync(message);
        await Expect(chat.Messages).ToHaveCountAsync(0);
        await Expect(user.Page).ToHaveURLAsync(new Regex("/$"));

        Answer(Script.Answer("Short."));
        await chat.SendAsync("word");
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Refusal).ToBeHiddenAsync();
        Assert.That(Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Over_the_limit_of_running_answers_the_message_stays_until_it_can_be_sent()
    {
        var gate = new Gate();
        Answer(Answers.InHalves(gate));
        Answer(Script.Answer("Your turn."));
        await using var user = await ArriveAsync();
        await user.Chat.SendAsync("First");
        await Expect(user.Chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        var second = await user.NewTabAsync("/models");
        await second.Page.Clock.InstallAsync();
        await second.Page.GotoAsync("/");

        await second.SendAsync("Second");
        await Expect(second.Refusal)
            .ToHaveTextAsync(new Regex(@"^Too many answers are running\. You can send it again in [45] s\.$"));
        await Expect(second.SendAgain).ToBeDisabledAsync();
        await Expect(second.Message).ToHaveValueAsync("Second");
        await Expect(second.Messages).ToHaveCountAsync(0);

        gate.Open();
        await user.Chat.Answer.HasEndedAsync();
        await second.Page.Clock.FastForwardAsync(6_000);
        await Expect(second.Refusal).ToHaveTextAsync("Too many answers are running.");
        await second.SendAgain.ClickAsync();
        await Expect(second.Answer.Text).ToHaveTextAsync("Your turn.");
        await Expect(second.Refusal).ToBeHiddenAsync();
        await Expect(second.Message).ToHaveValueAsync("");
    }

    [Test]
    public async Task After_an_error_page_of_a_proxy_the_message_can_be_sent_again()
    {
        Answer(Script.Answer("Here."));
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await user.Page.RouteAsync("**/chat/stream", route =>
            route.FulfillAsync(new() { Status = 502, ContentType = "text/html", Body = "<h1>Bad gateway</h1>" }));

        await chat.SendAsync("Hello");
        await Expect(chat.Refusal).ToHaveTextAsync("The server could not accept the message. Try again.");
        await Expect(chat.Message).ToHaveValueAsync("Hello");
        await user.Page.UnrouteAllAsync();
        await chat.SendAgain.ClickAsync();

        await Expect(chat.Answer.Text).ToHaveTextAsync("Here.");
        await Expect(chat.Message).ToHaveValueAsync("");
    }

    [Test]
    public async Task A_refused_Retry_leaves_the_answer_where_it_was()
    {
        Answer(AzureErrors.ServerError());
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Retry).ToBeVisibleAsync();
        await user.Page.RouteAsync("**/chat/stream", route => route.FulfillAsync(new() { Status = 503 }));

        await chat.Answer.Retry.ClickAsync();

        await Expect(chat.Refusal).ToBeVisibleAsync();
        await Expect(chat.Messages).ToHaveCountAsync(2);
        await Expect(chat.Answer.Ending).ToHaveTextAsync(["The model could not be reached."], new() { UseInnerText = true });
        await Expect(chat.Message).ToHaveValueAsync("");
    }

    protected override Task<ChatApp> StartAppAsync(EmulatorServer emulator) => ChatApp.StartAsync(emulator, setup =>
    {
        setup.Settings["Chat:ContextTokens"] = "256";
        setup.Settings["Limits:RunningPerUser"] = "1";
    });
}

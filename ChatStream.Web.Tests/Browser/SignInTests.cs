using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>
/// A proxy in front asks for a new sign-in, because the old one has expired. The page says so, and nothing is lost.
/// </summary>
internal sealed class SignInTests : BrowserTest
{
    private const string Notice = "Your sign-in has expired. Load this page again to sign in. What you typed is kept.";

    /// <summary>What such proxies answer: a redirect to another site or here, their page, or a refusal with a page.</summary>
    private static readonly TestCaseData[] SignIns =
    [
        new TestCaseData(Redirect("https://login.example/authorize")).SetArgDisplayNames("redirect away"),
        new TestCaseData(Redirect("/models")).SetArgDisplayNames("redirect here"),
        new TestCaseData(Html(200)).SetArgDisplayNames("200"),
        new TestCaseData(Html(401)).SetArgDisplayNames("401"),
        new TestCaseData(Html(403)).SetArgDisplayNames("403"),
    ];

    [TestCaseSource(nameof(SignIns))]
    public async Task A_start_is_not_lost(RouteFulfillOptions signIn)
    {
        Answer(Script.Answer("Here."));
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await user.Page.RouteAsync("**/chat/stream", route => route.FulfillAsync(signIn));

        await chat.SendAsync("Hello");
        await Expect(chat.Connection).ToHaveTextAsync(Notice);
        await Expect(chat.Message).ToHaveValueAsync("Hello");
        await Expect(chat.Messages).ToHaveCountAsync(0);
        await Expect(chat.Refusal).ToBeHiddenAsync();
        await Expect(chat.Send).ToBeEnabledAsync();

        await user.Page.UnrouteAllAsync();
        await chat.LoadAgain.ClickAsync();
        await Expect(chat.Connection).ToBeHiddenAsync();
        await Expect(chat.Message).ToHaveValueAsync("Hello");
        await chat.Message.PressAsync("Enter");
        await Expect(chat.Answer.Text).ToHaveTextAsync("Here.");
        Assert.That(Requests, Has.Count.EqualTo(1));
    }

    [TestCaseSource(nameof(SignIns))]
    public async Task An_answer_goes_on_after_the_page_is_loaded_again(RouteFulfillOptions signIn)
    {
        var gate = new Gate();
        Answer(Answers.InHalves(gate));
        await using var proxy = FaultProxy.Start(App.Address);
        await using var user = await ArriveAsync(proxy.Address);
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        await chat.Message.FillAsync("And then?");

        await user.Page.RouteAsync("**/chat/stream/*", route => route.FulfillAsync(signIn));
        proxy.LoseConnections();
        await Expect(chat.Answer.Ending)
            .ToHaveTextAsync(["Your sign-in has expired. Load this page again to see the rest of this answer."]);
        await Expect(chat.Answer.Status).ToBeHiddenAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);

        await user.Page.UnrouteAllAsync();
        await chat.Answer.Reload.ClickAsync();
        await Expect(chat.Answer.Phase).ToHaveTextAsync("Writing");
        await Expect(chat.Message).ToHaveValueAsync("And then?");
        gate.Open();
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        Assert.That(Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_list_and_its_changes_tell_it_too()
    {
        Answer(Script.Answer("Here."));
        await using var user = await ArriveAsync();
        var (chat, list) = (user.Chat, user.Chat.List);
        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();
        await user.Page.GotoAsync("/");
        await user.Page.RouteAsync("**/conversations/**", route => route.FulfillAsync(Html(200)));

        await list["Hello"].DeleteAsync();
        await Expect(chat.Connection).ToBeVisibleAsync();
        await Expect(chat.Conversations).ToHaveCountAsync(1);

        await user.Page.UnrouteAllAsync();
        await list["Hello"].DeleteAsync();
        await Expect(chat.Conversations).ToHaveCountAsync(0);
        await Expect(chat.Connection).ToBeHiddenAsync();
        await user.Page.RouteAsync("**/conversations?**", route => route.FulfillAsync(Redirect("https://login.example/")));
        await list.Search.FillAsync("x");
        await Expect(chat.Connection).ToBeVisibleAsync();
    }

    [Test]
    public async Task The_notice_speaks_Chinese()
    {
        await using var user = await ArriveAsync(locale: "zh-CN");
        await user.Page.RouteAsync("**/chat/stream", route => route.FulfillAsync(Html(200)));

        await user.Page.Locator("#message").FillAsync("你好");
        await user.Page.Locator("#message").PressAsync("Enter");

        await Expect(user.Chat.Connection).ToContainTextAsync("你的登录已过期");
    }

    private static RouteFulfillOptions Redirect(string location) =>
        new() { Status = 302, Headers = [new("Location", location)] };

    private static RouteFulfillOptions Html(int status) =>
        new() { Status = status, ContentType = "text/html; charset=utf-8", Body = "<!DOCTYPE html><title>Sign in</title>" };
}

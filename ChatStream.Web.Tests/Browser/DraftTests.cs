using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>Typed text is never taken away.</summary>
internal sealed class DraftTests : BrowserTest
{
    /// <summary>A tab of a busy machine takes longer than 300 ms to say that it is open.</summary>
    private const string Patience =
        "{ const set = setTimeout; window.setTimeout = (then, time, ...rest) => "
        + "set(then, time === 300 ? 3_000 : time, ...rest); }";

    [Test]
    public async Task Each_tab_has_its_own_draft_of_a_new_chat()
    {
        Answer(Script.Answer("Here."));
        await using var user = await ArriveAsync();
        await user.Context.AddInitScriptAsync(Patience);
        await user.Chat.Message.FillAsync("The first");
        var tab = await user.NewTabAsync("/");
        // By then the first tab has said that it is open.
        await tab.Page.WaitForFunctionAsync("() => performance.now() > 4000");
        await Expect(tab.Message).ToHaveValueAsync("");

        await tab.SendAsync("The second");
        await tab.Answer.HasEndedAsync();
        await user.Page.ReloadAsync();

        await Expect(user.Chat.Message).ToHaveValueAsync("The first");
        await Expect(tab.Message).ToHaveValueAsync("");
    }

    [Test]
    public async Task The_next_new_chat_has_the_draft_of_a_closed_tab()
    {
        await using var user = await ArriveAsync();
        await user.Context.AddInitScriptAsync(Patience);
        await user.Chat.Message.FillAsync("The first");
        var tab = await user.NewTabAsync("/");
        await tab.Message.FillAsync("The second");
        await tab.Page.CloseAsync();

        var next = await user.NewTabAsync("/");

        await Expect(next.Message).ToHaveValueAsync("The second");
        await user.Page.ReloadAsync();
        await Expect(user.Chat.Message).ToHaveValueAsync("The first");
        await next.Page.ReloadAsync();
        await Expect(next.Message).ToHaveValueAsync("The second");
    }

    [Test]
    public async Task A_start_that_never_arrived_is_sent_after_a_reload_although_another_tab_has_spoken()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        Answer(Script.Answer("To One"));
        await chat.SendAsync("One");
        await chat.Answer.HasEndedAsync();
        await user.Page.RouteAsync("**/chat/stream", route => route.AbortAsync());
        await chat.SendAsync("From here");
        await Expect(chat.Answer.Phase).ToHaveTextAsync("Waiting for the connection");
        var other = await user.NewTabAsync(new Uri(user.Page.Url).AbsolutePath);
        Answer(Script.Answer("To the other"));
        await other.SendAsync("From there");
        await other.Answer.HasEndedAsync();

        Answer(Script.Answer("To you")); // before the page's next try, which gets through
        await user.Page.UnrouteAllAsync();
        await user.Page.ReloadAsync();

        await Expect(chat.Answer.Text).ToHaveTextAsync("To you");
        await Expect(chat.Questions).ToHaveTextAsync(["One", "From here"]);
        await Expect(chat.Message).ToHaveValueAsync("");
        await Expect(chat.MessageAt(2).Version).ToHaveTextAsync("2/2");
        Assert.That(
            Requests.Select(request => request.LastUserMessage), Is.EqualTo(new[] { "One", "From there", "From here" }));
    }

    [Test]
    public async Task A_start_that_the_server_still_does_not_take_stays_in_the_composer()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        Answer(Script.Answer("To One"));
        await chat.SendAsync("One");
        await chat.Answer.HasEndedAsync();
        await user.Page.RouteAsync("**/chat/stream", route => route.AbortAsync());
        await chat.SendAsync("From here");
        await Expect(chat.Answer.Phase).ToHaveTextAsync("Waiting for the connection");
        var gate = new Gate();
        var other = await user.NewTabAsync(new Uri(user.Page.Url).AbsolutePath);
        Answer(Answers.InHalves(gate));
        await other.SendAsync("From there");
        await Expect(other.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);

        await user.Page.UnrouteAllAsync();
        await user.Page.RouteAsync("**/chat/stream", route => route.FulfillAsync(new() { Status = 503 }));
        await user.Page.ReloadAsync();

        await Expect(chat.Refusal).ToHaveTextAsync("The server could not accept the message. Try again.");
        await Expect(chat.Message).ToHaveValueAsync("From here");
        await Expect(chat.Questions).ToHaveTextAsync(["One", "From there"]);
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        gate.Open();
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Where_the_storage_is_forbidden_a_message_is_still_paid_for_once(bool local)
    {
        Answer(Script.Answer("Here."));
        var lost = Fault.Silence;
        await using var proxy =
            FaultProxy.Start(App.Address, exchange =>
                exchange.RequestLine.StartsWith("POST /chat/stream ", StringComparison.Ordinal) ? lost : Fault.None);
        await using var user = await ArriveAsync(proxy.Address, path: null);
        foreach (var storage in local ? new[] { "sessionStorage", "localStorage" } : ["sessionStorage"])
            await user.Page.AddInitScriptAsync(
                $"Object.defineProperty(window, '{storage}', {{ get() {{ throw new DOMException('No', 'SecurityError'); }} }});");
        await user.Page.GotoAsync("/");
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await RequestAsync(0);

        await chat.Stop.ClickAsync();
        await chat.Stop.ClickAsync();
        await Expect(chat.Message).ToHaveValueAsync("Hello");
        lost = Fault.None;
        await chat.SendAgain.ClickAsync();

        await Expect(chat.Answer.Text).ToHaveTextAsync("Here.");
        await Expect(chat.Message).ToHaveValueAsync("");
        Assert.That(Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task What_is_typed_here_is_kept_although_another_tab_has_sent_a_message([Values] bool isNewPage)
    {
        Answer(Script.Answer("Hi."));
        Answer(Script.Answer("Here."));
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();
        var path = new Uri(user.Page.Url).AbsolutePath;
        var other = await user.NewTabAsync(path);
        await chat.Message.FillAsync("A long text");
        await other.SendAsync("Short");
        await Expect(other.Answer.Text).ToHaveTextAsync("Here.");
        await other.Answer.HasEndedAsync();
        await other.Message.FillAsync("And more");

        if (isNewPage)
        {
            await user.Page.GotoAsync("/usage");
            await user.Page.GotoAsync(path);
        }
        else
        {
            await chat.NewChat.ClickAsync();
            await Expect(chat.Heading).ToHaveTextAsync("New chat");
            await chat.Conversations.First.ClickAsync();
        }

        await Expect(chat.Message).ToHaveValueAsync("And more\n\nA long text");
    }
}

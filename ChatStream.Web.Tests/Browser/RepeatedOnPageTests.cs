using System.Text.RegularExpressions;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>A start is repeated when its answer's log has left memory, or its conversation was deleted.</summary>
internal sealed class RepeatedOnPageTests : BrowserTest
{
    [Test]
    public async Task A_repeated_start_whose_log_is_gone_shows_the_stored_answer_and_moves_to_its_conversation()
    {
        Answer(Script.Answer(Answers.Words));
        var starts = 0;
        await using var proxy =
            FaultProxy.Start(App.Address, exchange => IsStart(exchange) && starts++ == 0 ? Fault.BeforeFirstByte : Fault.None);
        await using var user = await ArriveAsync(proxy.Address);
        var chat = user.Chat;

        await chat.SendAsync("Hello");

        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        await Expect(chat.Questions).ToHaveTextAsync(["Hello"]);
        await Expect(chat.Message).ToHaveValueAsync("");
        await Expect(user.Page).ToHaveURLAsync(new Regex("/chat/[A-Za-z0-9_-]{16}$"));
        await Expect(chat.Conversations).ToHaveTextAsync(["Hello"]);
        Assert.That(starts, Is.EqualTo(2));
        Assert.That(Requests, Has.Count.EqualTo(1));
        await chat.SendAsync("More");
        await Expect(chat.Questions).ToHaveTextAsync(["Hello", "More"]);
        await chat.Answer.HasEndedAsync();
    }

    [Test]
    public async Task A_reload_before_the_first_frame_finds_the_stored_answer()
    {
        Answer(Script.Answer(Answers.Words));
        var lost = Fault.Silence;
        await using var proxy = FaultProxy.Start(App.Address, exchange => IsStart(exchange) ? lost : Fault.None);
        await using var user = await ArriveAsync(proxy.Address);
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await (await RequestAsync(0)).Ended.WaitAsync(Timeout);

        lost = Fault.None;
        await user.Page.ReloadAsync();

        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        await Expect(chat.Questions).ToHaveTextAsync(["Hello"]);
        await Expect(user.Page).ToHaveURLAsync(new Regex("/chat/[A-Za-z0-9_-]{16}$"));
        Assert.That(Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task After_the_conversation_was_deleted_the_text_stays_and_the_next_start_is_a_new_one()
    {
        Answer(Script.Answer("Here."));
        await using var user = await ArriveAsync(path: null);
        await user.Page.AddInitScriptAsync("""
            window.intervals = new Set();
            const { setInterval: set, clearInterval: clear } = window;
            window.setInterval = (...all) => { const id = set(...all); intervals.add(id); return id; };
            window.clearInterval = id => { intervals.delete(id); clear(id); };
            """);
        await user.Page.GotoAsync("/");
        var chat = user.Chat;
        var keys = new List<string>();
        await user.Page.RouteAsync("**/chat/stream", async route =>
        {
            keys.Add((await route.Request.HeaderValueAsync("Idempotency-Key"))!);
            if (keys.Count > 1)
                await route.ContinueAsync();
            else
                await route.FulfillAsync(new() { Status = 410, ContentType = "application/problem+json", Body = "{}" });
        });

        await chat.SendAsync("Hello");
        await Expect(chat.Refusal).ToHaveTextAsync(
            "The conversation with this message has been deleted. Your text is kept: send it again to have it answered anew.");
        await Expect(chat.Message).ToHaveValueAsync("Hello");
        await Expect(chat.Messages).ToHaveCountAsync(0);
        Assert.That(await user.Page.EvaluateAsync<int>("() => intervals.size"), Is.Zero, "no clock goes on");

        await chat.Message.PressAsync("Enter");
        await Expect(chat.Answer.Text).ToHaveTextAsync("Here.");
        Assert.That(keys, Has.Count.EqualTo(2).And.Unique);
    }

    protected override Task<ChatApp> StartAppAsync(EmulatorServer emulator) =>
        ChatApp.StartAsync(emulator, setup => setup.Settings["Generation:KeepEndedCount"] = "0");

    private static bool IsStart(Exchange exchange) =>
        exchange.RequestLine.StartsWith("POST /chat/stream ", StringComparison.Ordinal);
}

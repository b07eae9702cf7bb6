using System.Text.RegularExpressions;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The bar that says what is wrong with the connection, and what the user can do meanwhile.</summary>
internal sealed class ConnectionTests : BrowserTest
{
    private const string Offline = "You are offline. Your message is kept and will be sent when the connection is back.";

    /// <summary>Whether cookies are lost between the browser and the app.</summary>
    private bool _losesCookies;

    [Test]
    public async Task What_is_sent_without_a_network_stands_in_one_place_and_is_sent_when_it_is_back()
    {
        Answer(Script.Answer("Here."));
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await user.Context.SetOfflineAsync(true);
        await Expect(chat.Connection).ToHaveTextAsync("You are offline.");
        await Expect(chat.TakeBack).ToBeHiddenAsync();

        await chat.SendAsync("Hello");
        await Expect(chat.Connection).ToHaveTextAsync(Offline);
        await Expect(chat.Questions).ToHaveTextAsync(["Hello"]);
        await Expect(chat.Message).ToHaveValueAsync("");
        await Expect(chat.Answer.Phase).ToHaveTextAsync("Not sent yet");
        await chat.TryNow.ClickAsync();
        await Expect(chat.Connection).ToHaveTextAsync(Offline);

        // Taken back, it is in the field again, with what was typed meanwhile. It cannot have arrived, so nothing is said.
        await chat.Message.FillAsync("And more");
        await chat.TakeBack.ClickAsync();
        await Expect(chat.Message).ToHaveValueAsync("Hello\n\nAnd more");
        await Expect(chat.Message).ToBeFocusedAsync();
        await Expect(chat.Messages).ToHaveCountAsync(0);
        await Expect(chat.Refusal).ToBeHiddenAsync();

        await chat.Message.PressAsync("Enter");
        await Expect(chat.Answer.Phase).ToHaveTextAsync("Not sent yet");
        await user.Context.SetOfflineAsync(false);
        await Expect(chat.Answer.Text).ToHaveTextAsync("Here.");
        await Expect(chat.Connection).ToBeHiddenAsync();
        await Expect(chat.Message).ToHaveValueAsync("");
        Assert.That(Requests.Select(request => request.LastUserMessage), Is.EqualTo(new[] { "Hello\n\nAnd more" }));
    }

    [Test]
    public async Task Stop_without_a_server_gives_the_page_back_and_stops_the_answer_once_it_is_reached()
    {
        Answer(Script.Start().Text("So far").Stall());
        Answer(Script.Answer("And so on."));
        var isGone = false;
        await using var proxy = FaultProxy.Start(App.Address, _ => isGone ? Fault.BeforeFirstByte : Fault.None);
        await using var user = await ArriveAsync(proxy.Address);
        var chat = user.Chat;
        await user.Page.EvaluateAsync("""
            () => {
                window.said = [];
                const region = document.querySelector('#announcement');
                new MutationObserver(() => window.said.push(region.textContent)).observe(region, { childList: true });
            }
            """);
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync("So far");

        isGone = true;
        proxy.LoseConnections();
        await Expect(chat.Connection)
            .ToHaveTextAsync(new Regex(@"^The server cannot be reached\. Trying again in \d+ s\.$"));
        await chat.Message.PressAsync("Escape");
        await Expect(chat.Answer.Ending).ToHaveTextAsync(
        [
            "You stopped this answer, but the server cannot be reached. "
            + "The answer may go on there until the connection is back. Then it is stopped.",
        ]);
        await Expect(chat.Send).ToBeEnabledAsync();
        await chat.SendAsync("Next");
        await Expect(chat.Answer.Phase).ToHaveTextAsync("Not sent yet");
        await Expect(chat.Message).ToHaveValueAsync("");
        await Expect(chat.Connection).ToContainTextAsync(" Trying again in ");

        isGone = false;
        await Expect(chat.Answer.Text).ToHaveTextAsync("And so on.");
        await Expect(chat.AnswerAt(0).Ending).ToHaveTextAsync(["You stopped this answer."]);
        await Expect(chat.AnswerAt(0).Text).ToHaveTextAsync("So far");
        await Expect(chat.Connection).ToBeHiddenAsync();
        var end = await (await RequestAsync(0)).Ended.WaitAsync(Timeout);
        Assert.That(end.Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
        Assert.That(Requests, Has.Count.EqualTo(2));
        var said = await user.Page.EvaluateAsync<string[]>("() => window.said");
        Assert.That(said.Where(text => text.StartsWith("The server cannot", StringComparison.Ordinal)), Has.Exactly(1).Items);
    }

    [Test]
    public async Task A_stopped_answer_whose_server_is_silent_does_not_hold_the_page()
    {
        Answer(Script.Start().Text("So far").Stall());
        await using var proxy = FaultProxy.Start(App.Address);
        await using var user = await ArriveAsync(proxy.Address, path: null);
        await user.Page.Clock.InstallAsync();
        await user.Page.GotoAsync("/");
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync("So far");
        await user.Page.RouteAsync("**/stop", _ => Task.CompletedTask);

        await chat.Stop.ClickAsync();
        await Expect(chat.Answer.Phase).ToHaveTextAsync("Stopping");
        await user.Page.Clock.FastForwardAsync(11_000);

        await Expect(chat.Answer.Ending).ToHaveTextAsync([new Regex("^You stopped this answer, but ")]);
        await Expect(chat.Send).ToBeEnabledAsync();
        await user.Page.UnrouteAllAsync();
        await user.Page.Clock.FastForwardAsync(30_000);
        await Expect(chat.Answer.Ending).ToHaveTextAsync(["You stopped this answer."]);
    }

    [Test]
    public async Task Blocked_cookies_are_named_before_the_second_message()
    {
        Answer(Script.Answer("Here."));
        Answer(Script.Answer("Again."));
        _losesCookies = true;
        await using var user = await ArriveAsync();
        var chat = user.Chat;

        await chat.SendAsync("Hello");
        await Expect(chat.Connection).ToHaveTextAsync(
            "Cookies are blocked, so this page cannot find your conversations again. "
            + "Allow cookies for this site, then load the page again.");
        await Expect(chat.Answer.Text).ToHaveTextAsync("Here.");
        await chat.SendAsync("And then?");
        await Expect(chat.Refusal).ToHaveTextAsync(
            "The message was not sent, because the server does not recognise this browser. Its cookie is missing.");
        await Expect(chat.Message).ToHaveValueAsync("And then?");

        _losesCookies = false;
        await chat.LoadAgain.ClickAsync();
        await Expect(chat.Message).ToHaveValueAsync("And then?");
        await chat.Message.PressAsync("Enter");
        await Expect(chat.Answer.Text).ToHaveTextAsync("Again.");
        await Expect(chat.Connection).ToBeHiddenAsync();
    }

    [Test]
    public async Task A_message_to_a_conversation_that_is_gone_can_be_sent_as_a_new_chat()
    {
        Answer(Script.Answer("Here."));
        Answer(Script.Answer("Anew."));
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Hello");
        await chat.Answer.HasEndedAsync();
        // Soon after an answer the page reads the list, and would find out by itself.
        await user.Page.ReloadAsync();
        await chat.MessageAt(0).Edit.ClickAsync();
        await chat.Edited.FillAsync("Hello there");
        await user.Context.APIRequest.DeleteAsync($"/conversations/{new Uri(user.Page.Url).Segments[^1]}");

        await chat.SendAsync("And then?");
        await Expect(chat.Connection).ToHaveTextAsync(
            "This conversation was deleted elsewhere. What you typed is kept: you can send it as a new chat.");
        await Expect(chat.Message).ToHaveValueAsync("And then?\n\nHello there");
        await Expect(chat.Messages).ToHaveCountAsync(0);
        await Expect(chat.Conversations).ToHaveCountAsync(0);
        await Expect(chat.Refusal).ToBeHiddenAsync();

        await chat.Message.PressAsync("Enter");
        await Expect(chat.Answer.Text).ToHaveTextAsync("Anew.");
        await Expect(chat.Connection).ToBeHiddenAsync();
        await Expect(chat.Conversations).ToHaveCountAsync(1);
    }

    [Test]
    public async Task The_page_of_a_deleted_conversation_is_a_new_chat_with_the_list_and_the_typed_text()
    {
        Answer(Script.Answer("First."));
        Answer(Script.Answer("Second."));
        Answer(Script.Answer("Anew."));
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await chat.SendAsync("Stays");
        await chat.Answer.HasEndedAsync();
        await chat.NewChat.ClickAsync();
        await chat.SendAsync("Goes");
        await chat.Answer.HasEndedAsync();
        await chat.Message.FillAsync("Half a thought");
        var conversation = new Uri(user.Page.Url).AbsolutePath;
        await user.Page.GotoAsync("/models");
        await user.Page.EvaluateAsync(
            "path => fetch(`/conversations/${path.split('/').at(-1)}`, { method: 'DELETE' })", conversation);

        var response = await user.Page.GotoAsync(conversation);

        Assert.That(response!.Status, Is.EqualTo(404));
        await Expect(chat.Refusal).ToContainTextAsync("This conversation was not found.");
        await Expect(chat.Conversations).ToHaveTextAsync(["Stays"]);
        await Expect(chat.Message).ToHaveValueAsync("Half a thought");
        await Expect(user.Page).ToHaveURLAsync(App.Address.ToString());

        await chat.Message.PressAsync("Enter");
        await Expect(chat.Answer.Text).ToHaveTextAsync("Anew.");
        await Expect(chat.Refusal).ToBeHiddenAsync();
        await Expect(chat.Conversations).ToHaveTextAsync(["Half a thought", "Stays"]);
    }

    [Test]
    public async Task A_link_in_an_answer_starts_no_answer()
    {
        Answer(Script.Answer($"[Go on]({App.Address}chat/stream?message=spend)"));
        await using var user = await ArriveAsync();
        await user.Chat.SendAsync("Hello");
        await user.Chat.Answer.HasEndedAsync();

        var opened = await user.Context.RunAndWaitForPageAsync(() => user.Chat.Answer.Text.Locator("a").ClickAsync());
        await Expect(opened.Locator("h1")).ToHaveTextAsync("This is not allowed");
        await opened.GotoAsync("/");

        await Expect(user.Chat.Conversations).ToHaveTextAsync(["Hello"]);
        Assert.That(Requests, Has.Count.EqualTo(1));
    }

    [TearDown]
    public void Cookies_arrive_again() => _losesCookies = false;

    protected override Task<ChatApp> StartAppAsync(EmulatorServer emulator) => ChatApp.StartAsync(
        emulator, setup => setup.Services = services => services.AddSingleton<IStartupFilter>(new Cookies(() => _losesCookies)));

    private sealed class Cookies(Func<bool> areLost) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((HttpContext http, RequestDelegate rest) =>
            {
                if (areLost())
                    http.Request.Headers.Remove("Cookie");
                return rest(http);
            });
            next(app);
        };
    }
}

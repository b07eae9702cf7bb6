using System.Text.RegularExpressions;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Deque.AxeCore.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>One message is answered by two models side by side.</summary>
internal sealed class CompareTests : BrowserTest
{
    private const string Second = "mini";

    [Test]
    public async Task Two_answers_run_survive_a_reload_and_one_is_chosen([Values] bool second, [Values] bool isPhone)
    {
        var (gate, other) = (new Gate(), new Gate());
        await using var user = await ArriveAsync(viewport: isPhone ? Picture.Phone : null);
        var chat = user.Chat;
        await LoadLateAsync(chat);
        Answer(Script.Start().Text("The first begins").Wait(gate).Text(" and ends.").Finish("stop").Done());
        Answer(Second, Script.Start().Text("The second begins").Wait(other).Text(" and ends.").Finish("stop").Done());

        await chat.Compare.ClickAsync();
        await Expect(chat.SecondModel).ToHaveValueAsync("mini");
        await chat.SendAsync("How far is the horizon?");
        await Expect(chat.Answer.Text).ToHaveTextAsync("The first begins");
        await Expect(chat.Rival).ToHaveTextAsync("The second begins");
        await Expect(chat.Compare).ToHaveAttributeAsync("aria-pressed", "false");
        await user.Page.ReloadAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync("The first begins");
        await Expect(chat.Rival).ToHaveTextAsync("The second begins");
        var tab = await user.NewTabAsync(new Uri(user.Page.Url).AbsolutePath);
        await Expect(tab.Rival).ToHaveTextAsync("The second begins", new() { Timeout = 30_000 });
        other.Open();
        await Expect(tab.Rival).ToHaveTextAsync("The second begins and ends.");
        await Expect(chat.Rival).ToHaveTextAsync("The second begins and ends.");
        gate.Open();
        await Expect(chat.Answer.Text).ToHaveTextAsync("The first begins and ends.");
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Contenders).ToHaveTextAsync(["GPT-4o", "Mini"]);
        await Picture.TakeBothAsync(chat, $"compare-{(isPhone ? "phone" : "desktop")}");
        var found = await user.Page.RunAxe();
        Assert.That(found.Violations.Select(violation => $"{violation.Id}: {violation.Help}"), Is.Empty);

        await chat.Choose.Nth(second ? 1 : 0).ClickAsync();
        await Expect(chat.Rival).ToHaveCountAsync(0);
        await Expect(chat.Answer.Text).ToHaveTextAsync($"The {(second ? "second" : "first")} begins and ends.");
        Answer(Script.Answer("Further."));
        await chat.SendAsync("And from a tower?");
        await Expect(chat.Answer.Text).ToHaveTextAsync("Further.");
        await user.Page.ReloadAsync();
        await Expect(chat.AnswerAt(1).Text).ToHaveTextAsync($"The {(second ? "second" : "first")} begins and ends.");
        await Expect(chat.Rival).ToHaveCountAsync(0);
        Assert.That(Requests, Has.Count.EqualTo(4), "one before, two beside each other, one after");
        Assert.That(Requests[^1].Body, Does.Contain(second ? "The second begins" : "The first begins"));
        Assert.That(user.Errors, Is.Empty);
    }

    [Test]
    public async Task The_pair_is_there_after_a_reload_that_came_before_the_server_knew_which_is_shown()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await LoadLateAsync(chat);
        Answer(Script.Start().Text("The first").Stall());
        Answer(Second, Script.Start().Text("The second").Stall());
        var lost = 0;
        await user.Page.RouteAsync("**/conversations/*", route =>
            route.Request.Method == "PATCH" && Interlocked.Increment(ref lost) == 1 ? route.AbortAsync() : route.FallbackAsync());
        await chat.Compare.ClickAsync();
        await chat.SendAsync("Hello");
        await Expect(chat.Rival).ToHaveTextAsync("The second");

        await user.Page.ReloadAsync();

        await Expect(chat.Rival).ToHaveTextAsync("The second");
        await Expect(chat.Answer.Text).ToHaveTextAsync("The first");
        Assert.That(lost, Is.GreaterThan(1));
    }

    [Test]
    public async Task Stop_ends_both()
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await LoadLateAsync(chat);
        Answer(Script.Start().Text("The first").Stall());
        Answer(Second, Script.Start().Text("The second").Stall());
        await chat.Compare.ClickAsync();
        await chat.SendAsync("Hello");
        await Expect(chat.Answer.Text).ToHaveTextAsync("The first");
        await Expect(chat.Rival).ToHaveTextAsync("The second");

        await chat.Stop.ClickAsync();

        foreach (var request in Requests.Skip(1))
            Assert.That((await request.Ended.WaitAsync(Timeout)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
        await Expect(chat.Answer.Ending).ToHaveTextAsync(["You stopped this answer."]);
        await Expect(chat.Rival).ToHaveTextAsync("The second");
    }

    [Test]
    public async Task A_pair_is_left_with_its_conversation_and_is_there_again_on_the_way_back()
    {
        var other = new Gate();
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await user.ImportAsync("Another", ["One", "Two"], 1);
        await user.Page.ReloadAsync();
        await LoadLateAsync(chat);
        Answer(Script.Start().Text("The first").Stall());
        Answer(Second, Script.Start().Text("The second").Wait(other).Text(" ends.").Finish("stop").Done());
        await chat.Compare.ClickAsync();
        await chat.SendAsync("Hello");
        await Expect(chat.Rival).ToHaveTextAsync("The second");

        await chat.List["Another"].Link.ClickAsync();
        await Expect(chat.Heading).ToHaveTextAsync("Another");
        await Expect(chat.ComparingLog).ToHaveCountAsync(0);
        await chat.Message.PressAsync("Escape");
        await chat.List["Hi"].Link.ClickAsync();
        await Expect(chat.Rival).ToHaveTextAsync("The second");
        await Expect(chat.Answer.Text).ToHaveTextAsync("The first");
        await Expect(chat.ComparingLog).ToHaveCountAsync(1);
        other.Open();

        await Expect(chat.Rival).ToHaveTextAsync("The second ends.");
    }

    [Test]
    public async Task A_start_that_was_refused_begins_no_second_answer_elsewhere([Values] bool isHeldBack)
    {
        await using var user = await ArriveAsync();
        var chat = user.Chat;
        await LoadLateAsync(chat);
        Answer(Script.Start().Text("Running").Stall());
        await chat.NewChat.ClickAsync();
        await chat.SendAsync("Elsewhere");
        await Expect(chat.Answer.Text).ToHaveTextAsync("Running");
        await chat.List["Hi"].Link.ClickAsync();
        await Expect(chat.Heading).ToHaveTextAsync("Hi");
        await chat.Compare.ClickAsync();
        if (isHeldBack)
        {
            await user.Page.RouteAsync(new Regex(@"/files(\?|$)"), _ => { });
            await chat.FileInput.SetInputFilesAsync([GivenFiles.FileOf("a.txt", "a"u8.ToArray())]);
            await chat.SendAsync("Hello");
            await Expect(chat.Refusal).ToHaveTextAsync("The files are still being uploaded.");
        }
        else
        {
            await user.Page.RouteAsync(
                "**/chat/stream", route => route.FulfillAsync(new() { Status = 429 }), new() { Times = 1 });
            await chat.SendAsync("Hello");
            await Expect(chat.Refusal).ToBeVisibleAsync();
        }

        await chat.List["Elsewhere"].Link.ClickAsync();
        await Expect(chat.Answer.Text).ToHaveTextAsync("Running");
        await chat.Stop.ClickAsync();
        await chat.Answer.HasEndedAsync();

        await Expect(chat.Rival).ToHaveCountAsync(0);
        Assert.That(Requests, Has.Count.EqualTo(2));
    }

    // The button comes with the script that is loaded late.
    private async Task LoadLateAsync(ChatPageObject chat)
    {
        Answer(Script.Answer("Hello!"));
        await chat.SendAsync("Hi");
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Compare).ToBeVisibleAsync();
    }

    protected override Task<ChatApp> StartAppAsync(EmulatorServer emulator) => ChatApp.StartAsync(setup =>
    {
        foreach (var (index, name, label) in new[] { (0, "gpt-4o", "GPT-4o"), (1, Second, "Mini") })
        {
            setup.Settings[$"Models:{index}:Name"] = name;
            setup.Settings[$"Models:{index}:Label"] = label;
            setup.Settings[$"Models:{index}:Deployments:0:Endpoint"] = emulator.Endpoint.ToString();
            setup.Settings[$"Models:{index}:Deployments:0:Deployment"] = name;
            setup.Settings[$"Models:{index}:Deployments:0:ApiKey"] = "emulator-key";
        }
    });
}

using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace ChatStream.Web.Tests.Browser;

/// <summary>The app process is killed in mid-answer, and another one starts on the same data at the same address.</summary>
[CancelAfter(120_000)]
internal sealed class RestartTests
{
    private EmulatorServer _emulator = null!;
    private string _data = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _emulator = await EmulatorServer.StartAsync();
        _data = Directory.CreateTempSubdirectory("chatstream-data-").FullName;
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _emulator.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Test]
    public async Task After_a_kill_all_tabs_show_the_kept_text_and_one_of_them_goes_on(CancellationToken timeout)
    {
        _emulator.Enqueue(Script.Start().Texts(Answers.Words.Take(3)).Stall());
        _emulator.Enqueue(Script.Answer(Answers.Words.Skip(3)));
        await using var killed = await LiveAsync();
        await using var proxy = FaultProxy.Start(killed.Address);
        await using var user = await BrowserUser.ArriveAsync(proxy.Address);
        await user.Chat.SendAsync("Hello");
        await Expect(user.Chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        var tab = await user.NewTabAsync(user.Page.Url);
        await Expect(tab.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        await killed.LineAsync($"up to character {Answers.FirstHalf.Length}.").WaitAsync(timeout);

        await killed.KillAsync().WaitAsync(timeout);
        foreach (var chat in new[] { user.Chat, tab })
        {
            await Expect(chat.Connection).ToContainTextAsync("The server cannot be reached.");
            await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        }
        await using var app = await LiveAsync();
        proxy.Target = app.Address;

        foreach (var chat in new[] { user.Chat, tab })
            await AssertInterruptedAsync(chat);
        await user.Page.ReloadAsync();
        await AssertInterruptedAsync(user.Chat);
        await user.Chat.Answer.Continue.ClickAsync();
        await user.Chat.Answer.HasEndedAsync();
        await Expect(user.Chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        await Expect(user.Chat.Answers).ToHaveCountAsync(1);
        Assert.That(_emulator.Requests, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task An_answer_that_ended_before_the_kill_is_whole_on_a_page_that_missed_its_end(CancellationToken timeout)
    {
        var gate = new Gate();
        _emulator.Enqueue(Answers.InHalves(gate));
        await using var killed = await LiveAsync();
        await using var proxy = FaultProxy.Start(killed.Address);
        await using var user = await BrowserUser.ArriveAsync(proxy.Address);
        await user.Chat.SendAsync("Hello");
        await Expect(user.Chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);

        proxy.SilenceResponses();
        gate.Open();
        await killed.LineAsync("A generation ended: Completed").WaitAsync(timeout);
        await killed.KillAsync().WaitAsync(timeout);
        await using var app = await LiveAsync();
        proxy.Target = app.Address;

        await user.Chat.Answer.HasEndedAsync();
        await Expect(user.Chat.Answer.Text).ToHaveTextAsync(Answers.Whole);
        await Expect(user.Chat.Answer.Actions).ToHaveCountAsync(0);
        await Expect(user.Chat.Messages).ToHaveCountAsync(2);
        Assert.That(_emulator.Requests, Has.Count.EqualTo(1));
    }

    private static async Task AssertInterruptedAsync(ChatPageObject chat)
    {
        await chat.Answer.HasEndedAsync();
        await Expect(chat.Answer.Article).ToHaveAttributeAsync("data-finish", "interrupted");
        await Expect(chat.Answer.Text).ToHaveTextAsync(Answers.FirstHalf);
        await Expect(chat.Messages).ToHaveCountAsync(2);
        await Expect(chat.Answer.Continue).ToBeVisibleAsync();
    }

    private Task<AppProcess> LiveAsync() => AppProcess.StartAsync(
        AppProcess.Built, _data,
        ("AzureOpenAI:Endpoint", _emulator.Endpoint.ToString()), ("AzureOpenAI:Deployment", "gpt-4o"),
            ("AzureOpenAI:ApiKey", "emulator-key"),
        ("Conversations:ModelTitles", "false"), ("CHATSTREAM_LOG_LEVEL", "Debug"));
}

using ChatStream.Emulator;
using ChatStream.Web.Providers;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>
/// Where the processor is full, answers come in larger pieces, and nothing else is different. Time stands still until a test
/// moves it.
/// </summary>
internal sealed class FullProcessorTests : AppTest
{
    private readonly WatchedTime _time = new();

    protected override void Configure(ChatApp.Setup setup) =>
        setup.Services = services => services.AddSingleton<TimeProvider>(_time).AddSingleton(_ => new ReadTurns(_time));

    private ReadTurns Turns => App.Services.GetRequiredService<ReadTurns>();

    /// <summary>Where time stands still, a stopped stream leaves its place in the queue behind.</summary>
    [TearDown]
    public Task Renew() => App.RestartAsync();

    [Test]
    public async Task Tokens_that_arrive_between_two_turns_are_one_frame()
    {
        var (first, rest, written) = (new Gate(), new Gate(), new Gate());
        Answers(
            "Hi",
            Script.Start().Text("a").Wait(first).Text("b").Wait(rest).Text("c").Text("d").Text("e").Wait(written).Finish("stop")
            .Done());
        await using var stream = await UntilItWaitsAsync(first);

        rest.Open();
        await written.Reached.WaitAsync(Token);
        _time.Advance(ReadTurns.Longest);
        await stream.UntilTextAsync("e");
        written.Open();
        await EndAsync(stream);

        var texts = stream.Frames.Where(frame => frame.Event == "message").Select(frame => frame.Text);
        // Whether it read one token more before it had to wait is chance.
        Assert.That(string.Join('|', texts), Is.EqualTo("a|b|cde").Or.EqualTo("a|bcde"));
        Assert.That(
            stream.Frames.Select(frame => frame.Number), Is.EqualTo(Enumerable.Range(0, stream.Frames.Count).Select(n => $"{n}")),
            "no gap");
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
    }

    [Test]
    public async Task Stop_waits_for_no_turn()
    {
        var first = new Gate();
        Answers("Hi", Script.Start().Text("a").Wait(first).Text("b").Stall());
        await using var stream = await UntilItWaitsAsync(first);

        await User.StopAsync(stream.GenerationId);

        Assert.That((await (await AskedAsync()).Ended.WaitAsync(Token)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
        await stream.ToEndAsync();
        Assert.That(stream.Text, Does.StartWith("a"));
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"stopped"}"""));
    }

    /// <summary>Starts, fills the processor after the first token, and returns once the stream waits for its turn.</summary>
    private async Task<EventStream> UntilItWaitsAsync(Gate afterFirst)
    {
        var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("a");
        var waits = _time.NextAsync(ReadTurns.Tick, Token);
        while (Turns.Apart < ReadTurns.Longest)
            Turns.Observe(TimeSpan.FromSeconds(1));
        afterFirst.Open();
        await waits;
        return stream;
    }

    /// <summary>Lets turns pass until the stream has ended, one for each time that it waits for one.</summary>
    private async Task EndAsync(EventStream stream)
    {
        var end = stream.ToEndAsync();
        while (!end.IsCompleted)
        {
            var waits = _time.NextAsync(ReadTurns.Tick, Token);
            _time.Advance(ReadTurns.Longest);
            await Task.WhenAny(end, waits);
        }
        await end;
    }
}

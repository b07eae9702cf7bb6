using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>An answer goes on for 15 minutes without a reader.</summary>
internal sealed class UnreadAnswerTests : AppTest
{
    private static readonly TimeSpan AbandonAfter = TimeSpan.FromMinutes(15);

    private readonly WatchedTime _time = new();

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Services = services => services.AddSingleton<TimeProvider>(_time);
        // The model is silent for as long as a test likes.
        setup.Settings["ModelTimeouts:FirstByte"] = "01:00:00";
        setup.Settings["ModelTimeouts:BetweenBytes"] = "01:00:00";
        setup.Settings["ModelTimeouts:Total"] = "1.00:00:00";
    }

    [Test]
    public async Task An_answer_goes_on_without_its_reader_and_is_read_whole_later()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("a").Wait(gate).Text("b").Finish("stop").Done());
        var id = await LeaveAsync("Hi");

        gate.Open();
        Assert.That((await (await AskedAsync()).Ended.WaitAsync(Token)).Outcome, Is.EqualTo(RequestOutcome.Completed));
        await using var stream = await (await User.AttachAsync(id)).ToEndAsync();

        Assert.That(stream.Text, Is.EqualTo("ab"));
        Assert.That(stream.Frames.Select(frame => frame.Number), Is.EqualTo(Enumerable.Range(0, 9).Select(n => $"{n}")));
    }

    [Test]
    public async Task An_answer_without_a_reader_for_15_minutes_is_interrupted()
    {
        Answers("Hi", Script.Start().Text("a").Stall());
        var id = await LeaveAsync("Hi");

        _time.Advance(AbandonAfter);

        Assert.That((await (await AskedAsync()).Ended.WaitAsync(Token)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
        await using var stream = await (await User.AttachAsync(id)).ToEndAsync();
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"interrupted"}"""));
    }

    [Test]
    public async Task Reading_the_state_counts_as_reading_the_answer()
    {
        Answers("Hi", Script.Start().Text("a").Stall());
        var id = await LeaveAsync("Hi");

        for (var look = 0; look < 3; look++)
        {
            _time.Advance(AbandonAfter - TimeSpan.FromSeconds(1));
            var counts = _time.NextAsync(AbandonAfter, Token);
            Assert.That(await StateAsync(id), Is.EqualTo("running"));
            await counts;
        }
        _time.Advance(AbandonAfter);

        Assert.That((await (await AskedAsync()).Ended.WaitAsync(Token)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
    }

    [Test]
    public async Task A_reader_that_comes_back_in_time_gets_another_15_minutes()
    {
        Answers("Hi", Script.Start().Text("a").Stall());
        var id = await LeaveAsync("Hi");
        _time.Advance(AbandonAfter - TimeSpan.FromSeconds(1));

        await using var stream = await User.AttachAsync(id);
        await stream.UntilTextAsync("a");
        _time.Advance(AbandonAfter);

        Assert.That(await StateAsync(id), Is.EqualTo("running"), "while it is read");
        await User.StopAsync(id);
    }

    [Test]
    public async Task An_answer_that_was_promised_for_later_is_never_abandoned(
        [Values("respond-async", "wait=1")] string preference)
    {
        Answers("Later", Script.Start().Text("a").Stall());
        using var request = ChatClient.Post(new { message = "Later" }, accept: "application/json");
        request.Headers.Add("Prefer", preference);
        var (waits, unread) = (_time.NextAsync(TimeSpan.FromSeconds(1), Token), _time.NextAsync(AbandonAfter, Token));
        var asking = User.JsonAsync(request);
        if (preference == "wait=1")
        {
            await waits;
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        var (response, body) = await asking;
        Assert.That((int)response.StatusCode, Is.EqualTo(202));
        var id = body.GetProperty("generationId").GetString()!;
        await unread;

        _time.Advance(AbandonAfter);
        Assert.That(await StateAsync(id), Is.EqualTo("running"), "unread");

        // A reader that came and went is no reason either.
        var reader = await User.AttachAsync(id);
        await reader.UntilTextAsync("a");
        await CutAsync(reader);
        _time.Advance(AbandonAfter);
        Assert.That(await StateAsync(id), Is.EqualTo("running"), "read and left");
        await User.StopAsync(id);
    }

    [Test]
    public async Task A_repeat_that_asks_for_the_answer_later_also_prevents_abandonment()
    {
        Answers("Later", Script.Start().Text("a").Stall());
        var stream = await User.StreamAsync(ChatClient.Post(new { message = "Later" }, idempotencyKey: "later"), Token);
        await stream.UntilTextAsync("a");
        using var repeat = ChatClient.Post(new { message = "Later" }, idempotencyKey: "later");
        repeat.Headers.Add("Prefer", "respond-async");
        await User.JsonAsync(repeat);

        await CutAsync(stream);
        _time.Advance(AbandonAfter);

        Assert.That(await StateAsync(stream.GenerationId), Is.EqualTo("running"));
        await User.StopAsync(stream.GenerationId);
    }

    private async Task<string?> StateAsync(string id) => (await User.FindAsync(id)).GetProperty("state").GetString();

    private async Task<string> LeaveAsync(string message)
    {
        var stream = await User.StartAsync(message);
        await stream.UntilTextAsync("a");
        var id = stream.GenerationId;
        await CutAsync(stream);
        return id;
    }

    /// <summary>Leaves, and waits until the app has seen it.</summary>
    private async Task CutAsync(EventStream stream)
    {
        var left = _time.NextAsync(AbandonAfter, Token);
        await stream.CutAsync();
        await left;
    }
}

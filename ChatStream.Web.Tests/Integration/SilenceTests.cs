using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>A model that falls silent: first byte within 5 min, 2 min between bytes, 30 min in all.</summary>
internal sealed class SilenceTests : AppTest
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly WatchedTime _time = new();

    protected override void Configure(ChatApp.Setup setup) => setup.Services = services =>
        services.AddSingleton<TimeProvider>(_time);

    [Test]
    public async Task Silence_from_the_start_is_a_timeout_after_5_minutes([Values] bool withHeaders)
    {
        Answers("Hi", withHeaders ? Script.HeadersOnly().Stall() : Script.Silent().Stall());
        await using var stream = await User.StartAsync("Hi");
        var request = await AskedAsync();

        Pass(TimeSpan.FromMinutes(5) - Second);
        Assert.That(await StateAsync(stream), Is.EqualTo("running"));
        Pass(TimeSpan.FromSeconds(2));

        await ExpectTimeoutAsync(stream, request, "The model sent nothing within the time limit.");
    }

    [Test]
    public async Task Silence_in_mid_answer_is_a_timeout_after_2_minutes()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("so far");

        Pass(TimeSpan.FromMinutes(2) - Second);
        Assert.That(await StateAsync(stream), Is.EqualTo("running"));
        Pass(TimeSpan.FromSeconds(2));

        await ExpectTimeoutAsync(stream, await AskedAsync(), "The model fell silent in mid-answer.");
        Assert.That(stream.Text, Is.EqualTo("so far"));
    }

    [Test]
    public async Task An_answer_that_never_ends_is_a_timeout_after_30_minutes()
    {
        var gate = new Gate();
        var script = Script.Start();
        for (var minute = 0; minute < 30; minute++)
            script = script.Text($"{minute} ").Wait(gate);
        Answers("Hi", script.Stall());
        await using var stream = await User.StartAsync("Hi");
        for (var minute = 0; minute < 30; minute++)
        {
            await stream.UntilTextAsync($"{minute} ");
            Pass(TimeSpan.FromMinutes(1));
            gate.LetOne();
        }
        Pass(Second);

        await ExpectTimeoutAsync(stream, await AskedAsync(), "The answer took longer than the time limit.");
    }

    [Test]
    public async Task A_service_that_holds_the_stream_open_after_the_end_is_not_waited_for_longer_than_5_seconds()
    {
        Answers("Hi", Script.Start().Text("all").Usage(1, 2).Finish("stop").Stall());
        var finished = _time.NextAsync(TimeSpan.FromSeconds(5), Token);
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("all");
        await finished;

        Pass(TimeSpan.FromSeconds(6));

        await stream.ToEndAsync();
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
    }

    // The clock moves in steps of a second, because a timer that was set late is due late.
    private void Pass(TimeSpan time)
    {
        for (; time > TimeSpan.Zero; time -= Second)
            _time.Advance(Second);
    }

    private async Task<string?> StateAsync(EventStream stream)
    {
        if (stream.Frames.Count == 0)
            await stream.NextAsync();
        return (await User.FindAsync(stream.GenerationId)).GetProperty("state").GetString();
    }

    private static async Task ExpectTimeoutAsync(EventStream stream, EmulatedRequest request, string message)
    {
        await stream.ToEndAsync();
        Assert.That(stream.Frames.TakeLast(3).Select(frame => frame.Data), Is.EqualTo(new[]
        {
            $$"""{"code":"model_timeout","message":"{{message}}"}""", """{"reason":"failed"}""", "stopped",
        }));
        Assert.That((await request.Ended.WaitAsync(Token)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
    }
}

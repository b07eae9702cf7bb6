using System.Net;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>While the app stops, running answers get time to finish.</summary>
internal sealed class DrainTests : AppTest
{
    private static readonly TimeSpan DrainFor = TimeSpan.FromSeconds(37);

    private readonly WatchedTime _time = new();

    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["Generation:DrainFor"] = "00:00:37";
        setup.Services = services => services.AddSingleton<TimeProvider>(_time);
    }

    [Test]
    public async Task Running_answers_finish_and_can_be_attached_to_but_nothing_is_started()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("a").Wait(gate).Text("b").Finish("stop").Done());
        await using var first = await User.StartAsync("Hi");
        await first.UntilTextAsync("a");
        Assert.That(await ReadyAsync(), Is.EqualTo(HttpStatusCode.OK));
        var restarting = await StopAsync();

        await using var second = await User.AttachAsync(first.GenerationId);
        await second.UntilTextAsync("a");
        var (refused, problem) = await User.JsonAsync(ChatClient.Post(new { message = "Another" }));
        Assert.That((int)refused.StatusCode, Is.EqualTo(503));
        Assert.That(refused.Headers.RetryAfter!.ToString(), Is.EqualTo("5"));
        Assert.That(problem.GetProperty("detail").GetString(), Is.EqualTo("The server is stopping."));
        Assert.That(await ReadyAsync(), Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await User.Http.GetStringAsync("/health/live", Token), Is.EqualTo("Healthy"));
        gate.Open();
        await Task.WhenAll(first.ToEndAsync(), second.ToEndAsync());

        Assert.That(first.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
        Assert.That(second.Frames, Is.EqualTo(first.Frames));
        await restarting;
        Assert.That((await User.FindAsync(first.GenerationId)).GetProperty("text").GetString(), Is.EqualTo("ab"));
    }

    [Test]
    public async Task Answers_that_do_not_finish_in_time_are_interrupted()
    {
        Answers("Hi", Script.Start().Text("a").Stall());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("a");
        var restarting = await StopAsync();

        _time.Advance(DrainFor);

        await stream.ToEndAsync();
        Assert.That(
            stream.Frames.TakeLast(2).Select(frame => frame.Data),
            Is.EqualTo(new[] { """{"reason":"interrupted"}""", "stopped" }));
        await restarting;
    }

    [Test]
    public async Task A_repeat_still_attaches_during_the_drain()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("a").Wait(gate).Finish("stop").Done());
        await using var first = await User.StreamAsync(ChatClient.Post(new { message = "Hi" }, idempotencyKey: "drain"), Token);
        await first.UntilTextAsync("a");
        var restarting = await StopAsync();

        await using var repeat = await User.StreamAsync(ChatClient.Post(new { message = "Hi" }, idempotencyKey: "drain"), Token);
        gate.Open();
        await Task.WhenAll(first.ToEndAsync(), repeat.ToEndAsync());

        Assert.That(repeat.Frames, Is.EqualTo(first.Frames));
        await restarting;
    }

    [Test]
    public async Task A_stop_during_the_drain_ends_it()
    {
        Answers("Hi", Script.Start().Text("a").Stall());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("a");
        var restarting = await StopAsync();

        using var stopped = await User.StopAsync(stream.GenerationId);

        Assert.That((int)stopped.StatusCode, Is.EqualTo(204));
        await stream.ToEndAsync();
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"stopped"}"""));
        await restarting;
    }

    private async Task<HttpStatusCode> ReadyAsync()
    {
        using var ready = await User.Http.GetAsync(new Uri("/health/ready", UriKind.Relative), Token);
        return ready.StatusCode;
    }

    /// <returns>Completes when the drain has begun. The inner task completes when the app has stopped and started
    /// again.</returns>
    private async Task<Task> StopAsync()
    {
        var draining = _time.NextAsync(DrainFor, Token);
        var restarting = RestartAsync();
        await draining;
        return restarting;
    }
}

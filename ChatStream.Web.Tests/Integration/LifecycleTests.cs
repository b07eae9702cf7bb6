using System.Diagnostics;
using ChatStream.Emulator;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>The app stops and starts while answers run. <c>DrainFor</c> is zero.</summary>
internal sealed class LifecycleTests : AppTest
{
    private static readonly string[] Interrupted =
    [
        """failure {"code":"interrupted","message":"The server was stopped."}""", """finish {"reason":"interrupted"}""",
            "stop stopped",
    ];

    // The host never gives up waiting, so a stop that relied on its timeout would not end.
    protected override void Configure(ChatApp.Setup setup) => setup.Services = services =>
        services.PostConfigure<HostOptions>(host => host.ShutdownTimeout = Timeout.InfiniteTimeSpan);

    [Test]
    public async Task A_stop_of_the_app_gives_every_reader_the_end_and_cancels_the_model()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        await using var first = await User.StartAsync("Hi");
        await first.UntilTextAsync("so far");
        await using var second = await User.AttachAsync(first.GenerationId);
        await second.UntilTextAsync("so far");
        var request = await AskedAsync();

        var asked = Stopwatch.GetTimestamp();
        await RestartAsync().WaitAsync(Token);
        var took = Stopwatch.GetElapsedTime(asked);

        await Task.WhenAll(first.ToEndAsync(), second.ToEndAsync());
        Assert.That(first.Frames.TakeLast(3).Select(frame => $"{frame.Event} {frame.Data}"), Is.EqualTo(Interrupted));
        Assert.That(second.Frames, Is.EqualTo(first.Frames));
        Assert.That((await request.Ended.WaitAsync(Token)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
        await TestContext.Out.WriteLineAsync($"Stop and start with an open stream: {took.TotalMilliseconds:0} ms");
        // A bound on real time holds only on a machine that does nothing else.
        if (Soak.IsOn)
            Assert.That(took, Is.LessThan(TimeSpan.FromSeconds(2)));
    }

    [Test]
    public async Task After_a_restart_a_complete_reader_gets_204_and_an_incomplete_one_gets_the_text()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        await using var stream = await User.StartAsync("Hi");
        var part = await stream.UntilTextAsync("so far");
        await RestartAsync();
        await stream.ToEndAsync();

        using var request =
            new HttpRequestMessage(HttpMethod.Get, "/chat/stream?message=Hi")
            {
                Headers = { { "Last-Event-ID", stream.Frames[^1].Id } },
            };
        using var all = await User.Http.SendAsync(request, Token);
        await using var rest = await (await User.AttachAsync(stream.GenerationId, part.Id)).ToEndAsync();

        Assert.That((int)all.StatusCode, Is.EqualTo(204));
        Assert.That(rest.Frames.Select(frame => $"{frame.Number} {frame.Event} {frame.Data}"), Is.EqualTo(new[]
        {
            $"s0 start {stream.Frames[0].Data}", """s1 snapshot {"text":"so far"}""", """s2 finish {"reason":"interrupted"}""",
            "s3 stop stopped",
        }));
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task After_a_restart_a_repeat_gets_the_kept_text()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        var start = ChatClient.Post(new { message = "Hi" }, idempotencyKey: "lives");
        await using var stream = await User.StreamAsync(start, Token);
        await stream.UntilTextAsync("so far");
        await RestartAsync();

        var (response, body) =
            await User.JsonAsync(ChatClient.Post(new { message = "Hi" }, accept: "application/json", idempotencyKey: "lives"));

        Assert.That((int)response.StatusCode, Is.EqualTo(200));
        Assert.That(WireText.WithoutIds(body.GetRawText()), Is.EqualTo(
            """{"generationId":"G","conversationId":"C","messageId":"G","model":"gpt-4o","state":"ended","text":"so far","finishReason":"interrupted","failure":{"code":"interrupted","message":"The server was stopped."},"usage":{"inputTokens":5,"outputTokens":2,"estimated":true}}"""));
        Assert.That(Asked, Is.EqualTo(1));
    }

    [Test]
    public async Task An_answer_left_running_by_a_dead_process_is_interrupted_at_the_next_start()
    {
        var answer = await User.AskAsync("Hello");
        var id = answer.GetProperty("generationId").GetString()!;
        await App.Services.GetRequiredService<IChatDatabase>().WriteAsync(default, db => db.Messages.IgnoreQueryFilters()
            .Where(message => message.Id == id)
            .ExecuteUpdateAsync(message =>
                message.SetProperty(m => m.FinishReason, (FinishReason?)null).SetProperty(m => m.LastFrame, (int?)null)));
        await RestartAsync();

        var found = await User.FindAsync(id);
        await using var stream = await (await User.AttachAsync(id, $"{id}.5")).ToEndAsync();

        Assert.That(found.GetProperty("finishReason").GetString(), Is.EqualTo("interrupted"));
        Assert.That(
            found.GetProperty("failure").GetRawText(),
            Is.EqualTo("""{"code":"interrupted","message":"The server went away while it answered."}"""));
        Assert.That(
            stream.Frames.Skip(1).Select(frame => frame.Data),
            Is.EqualTo(new[] { """{"text":"Hello"}""", """{"reason":"interrupted"}""", "stopped" }));
        Assert.That((stream.Frames[0].Event, stream.GenerationId), Is.EqualTo(("start", id)));
        Assert.That(
            (await User.AskAsync("And on", answer.GetProperty("conversationId").GetString())).GetProperty("text").GetString(),
            Is.EqualTo("And on"));
    }
}

using System.Diagnostics;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

internal sealed class StopTests : AppTest
{
    // An ended answer is not kept in memory, so the tests read it from the database.
    protected override void Configure(ChatApp.Setup setup) => setup.Settings["Generation:KeepEndedCount"] = "0";

    [Test]
    public async Task Stop_keeps_the_text_and_cancels_the_model()
    {
        Answers("Hi", Script.Start().Text("so").Text(" far").Stall());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync(" far");

        using var stopped = await User.StopAsync(stream.GenerationId);

        Assert.That((int)stopped.StatusCode, Is.EqualTo(204));
        Assert.That(await stopped.Content.ReadAsStringAsync(Token), Is.Empty);
        Assert.That((await (await AskedAsync()).Ended.WaitAsync(Token)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
        await stream.ToEndAsync();
        Assert.That(stream.Frames.TakeLast(2).Select(frame => $"{frame.Event} {frame.Data}"),
            Is.EqualTo(new[] { """finish {"reason":"stopped"}""", "stop stopped" }));
        Assert.That(stream.Frames.Select(frame => frame.Event), Does.Not.Contain("failure"));
        var stored = await User.FindAsync(stream.GenerationId);
        Assert.That(stored.GetRawText(), Is.EqualTo($$$"""
            {"generationId":"{{{stream.GenerationId}}}","conversationId":"{{{stream.ConversationId}}}","messageId":"{{{stream.GenerationId}}}","model":"gpt-4o","state":"ended","text":"so far","finishReason":"stopped","usage":{"inputTokens":5,"outputTokens":2,"estimated":true}}
            """));
    }

    [Test]
    public async Task Once_Stop_has_answered_every_reader_sees_the_end()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("so far");

        using var stopped = await User.StopAsync(stream.GenerationId);

        Assert.That((await User.FindAsync(stream.GenerationId)).GetProperty("finishReason").GetString(), Is.EqualTo("stopped"));
    }

    [Test]
    public async Task Stop_may_be_repeated_and_changes_nothing_that_has_ended()
    {
        var answer = await User.AskAsync("Hello there");
        var id = answer.GetProperty("generationId").GetString()!;

        using var first = await User.StopAsync(id);
        using var second = await User.StopAsync(id);

        Assert.That(new[] { (int)first.StatusCode, (int)second.StatusCode }, Is.All.EqualTo(204));
        Assert.That((await User.FindAsync(id)).GetRawText(), Is.EqualTo(answer.GetRawText()));
    }

    [Test]
    public async Task Stop_before_the_model_has_answered_leaves_an_empty_answer()
    {
        Answers("Hi", Script.Silent().Stall());
        await using var stream = await User.StartAsync("Hi");
        await stream.NextAsync();
        var request = await AskedAsync();

        using var stopped = await User.StopAsync(stream.GenerationId);

        Assert.That((await request.Ended.WaitAsync(Token)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
        await stream.ToEndAsync();
        Assert.That(
            stream.Frames.Select(frame => frame.Event), Is.EqualTo(new[] { "start", "status", "usage", "finish", "stop" }));
    }

    [Test]
    [SoakOnly] // A bound on real time holds only on a machine that does nothing else.
    public async Task Stop_reaches_the_model_within_100_ms()
    {
        var times = new List<double>();
        for (var n = 0; n < 50; n++)
        {
            Answers($"Stop {n}", Script.Start().Text("a").Stall());
            await using var stream = await User.StartAsync($"Stop {n}");
            await stream.UntilTextAsync("a");
            var request = await AskedAsync(n);

            var sent = Stopwatch.GetTimestamp();
            using var stopped = await User.StopAsync(stream.GenerationId);
            times.Add(Stopwatch.GetElapsedTime(sent, (await request.Ended.WaitAsync(Token)).Timestamp).TotalMilliseconds);
        }

        times.Sort();
        await TestContext.Out.WriteLineAsync($"Stop to closed upstream: median {times[25]:0.0} ms, longest {times[^1]:0.0} ms");
        Assert.That(times[25], Is.LessThan(100));
    }

    [Test]
    public async Task Stop_that_races_with_the_end_of_the_answer_leaves_one_end()
    {
        var stops = 0;
        for (var n = 0; n < 100; n++)
        {
            var gate = new Gate();
            Answers($"Race {n}", Script.Start().Text("a").Wait(gate).Text("b").Finish("stop").Usage(1, 2).Done());
            await using var stream = await User.StartAsync($"Race {n}");
            await stream.UntilTextAsync("a");

            // In turn, the stop is sent first, the end is sent first, or the end has a long lead. Each wins often enough.
            if (n % 3 > 0)
                gate.Open();
            if (n % 3 > 1)
                await stream.UntilTextAsync("b");
            var stopping = User.StopAsync(stream.GenerationId);
            gate.Open();
            using var stopped = await stopping;
            var stored = await User.FindAsync(stream.GenerationId);
            await stream.ToEndAsync();

            Assert.That(stream.Frames.Count(frame => frame.Event == "finish"), Is.EqualTo(1));
            Assert.That(stream.Frames.Count(frame => frame.Event == "stop"), Is.EqualTo(1));
            Assert.That(
                stream.Frames.Select(frame => frame.Number),
                Is.EqualTo(Enumerable.Range(0, stream.Frames.Count).Select(i => $"{i}")));
            var reason = stream.Frames[^2].Json.GetProperty("reason").GetString();
            Assert.That(reason, Is.EqualTo("completed").Or.EqualTo("stopped"));
            Assert.That(stored.GetProperty("finishReason").GetString(), Is.EqualTo(reason));
            Assert.That(stored.GetProperty("text").GetString(), Is.EqualTo(stream.Text));
            stops += reason == "stopped" ? 1 : 0;
        }
        await TestContext.Out.WriteLineAsync($"{stops} of 100 were stopped first");
    }
}

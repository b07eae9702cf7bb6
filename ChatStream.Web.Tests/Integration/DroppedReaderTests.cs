using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>With the setting of the tutorial, an answer ends when its last reader leaves.</summary>
internal sealed class DroppedReaderTests : AppTest
{
    protected override void Configure(ChatApp.Setup setup)
    {
        setup.Settings["Generation:AbandonAfter"] = "00:00:00";
        setup.Settings["Streaming:DropStalledAfter"] = "00:00:03";
    }

    [Test]
    public async Task Each_of_200_dropped_readers_cancels_its_model()
    {
        Emulator.On(request =>
            request.LastUserMessage.StartsWith("Drop ", StringComparison.Ordinal) ? Script.Start().Text("a").Stall() : null);
        await User.IdentifyAsync();
        var dropped = new List<string>();
        for (var batch = 0; batch < 8; batch++)
            dropped.AddRange(await Task.WhenAll(Enumerable.Range(0, 25).Select(n => DropAsync($"Drop {batch} {n}"))));

        var ends = await Task.WhenAll(
            Enumerable.Range(0, 200).Select(async n => (await (await AskedAsync(n)).Ended.WaitAsync(Token)).Outcome));
        Assert.That(ends, Is.All.EqualTo(RequestOutcome.ClientClosed));
        foreach (var id in dropped)
        {
            await using var stream = await (await User.AttachAsync(id)).ToEndAsync();
            Assert.That(stream.Frames.TakeLast(5).Select(frame => frame.Data), Is.EqualTo(new[]
            {
                """{"text":"a"}""", """{"inputTokens":9,"outputTokens":1,"estimated":true}""",
                """{"code":"interrupted","message":"The answer had no reader for too long."}""",
                """{"reason":"interrupted"}""", "stopped",
            }));
        }
    }

    [Test]
    public async Task A_client_that_leaves_before_the_headers_of_the_model_cancels_it_too()
    {
        Answers("Hi", Script.Silent().Stall());
        var stream = await User.StartAsync("Hi");
        var request = await AskedAsync();

        await stream.CutAsync();

        Assert.That((await request.Ended.WaitAsync(Token)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
    }

    [Test]
    public async Task A_program_that_waits_for_json_and_leaves_cancels_its_model()
    {
        Answers("Hi", Script.Start().Text("a").Stall());
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var waiting = User.Http.SendAsync(ChatClient.Post(new { message = "Hi" }, accept: "application/json"), leave.Token);
        var request = await AskedAsync();

        await leave.CancelAsync();

        Assert.That((await request.Ended.WaitAsync(Token)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
        Assert.That(async () => await waiting, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task The_model_is_cancelled_with_the_last_of_two_readers()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("a").Wait(gate).Text("b").Stall());
        var first = await User.StartAsync("Hi");
        await first.UntilTextAsync("a");
        var second = await User.AttachAsync(first.GenerationId);
        await second.UntilTextAsync("a");

        await first.CutAsync();
        gate.Open();
        await second.UntilTextAsync("b");
        await second.CutAsync();

        Assert.That((await (await AskedAsync()).Ended.WaitAsync(Token)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
    }

    [Test]
    public async Task Only_the_reader_that_reads_nothing_is_dropped()
    {
        const int texts = 9; // an answer has at most 4 MB
        Answers(
            "Much",
            Script.Start().Texts(Enumerable.Repeat(string.Concat(Enumerable.Repeat("many words ", 40_000)), texts)).Stall());
        await using var quick = await User.StartAsync("Much");
        using var dead =
            await RawConnection.GetAsync(User, $"/chat/stream/{(await StartOf(quick)).GenerationId}", Token, receiveBuffer: 4096);

        for (var read = 0; read < texts; read++)
            await quick.UntilAsync(frame => frame.Event == "message");
        await quick.CutAsync();

        // Only the stalled reader is left. Once it is dropped, the answer has no reader.
        Assert.That((await (await AskedAsync()).Ended.WaitAsync(Token)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
        Assert.That(await dead.ReadUntilAsync("stopped", Token), Does.Not.Contain("stopped"));
    }

    private async Task<string> DropAsync(string message)
    {
        var stream = await User.StartAsync(message);
        await stream.UntilTextAsync("a");
        var id = stream.GenerationId;
        await stream.CutAsync();
        return id;
    }

    private static async Task<EventStream> StartOf(EventStream stream)
    {
        await stream.NextAsync();
        return stream;
    }
}

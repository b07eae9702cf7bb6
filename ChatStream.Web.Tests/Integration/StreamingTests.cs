using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

internal sealed class StreamingTests
{
    [Test]
    public async Task Each_token_arrives_before_the_next_is_sent()
    {
        await using var emulator = await EmulatorServer.StartAsync();
        await using var app = await ChatApp.StartAsync(emulator);
        using var user = app.NewUser();
        var gate = new Gate();
        emulator.Enqueue(Script.Silent().Wait(gate).PromptFilter().Role().Text("Hel").Wait(gate).Text("lo").Wait(gate).Finish("stop").Usage(5, 2).Done());

        await using var stream = await user.StartAsync("Hi");
        Assert.That((await stream.NextAsync())!.Event, Is.EqualTo("start"), "before the model has answered");
        Assert.That((await stream.NextAsync())!.Data, Is.EqualTo("""{"phase":"analyzing"}"""));
        gate.LetOne();
        await stream.UntilTextAsync("Hel");
        gate.LetOne();
        await stream.UntilTextAsync("lo");
        gate.LetOne();
        await stream.ToEndAsync();

        Assert.That(stream.Frames.Select(frame => frame.Event), Is.EqualTo(
            new[] { "start", "status", "status", "status", "message", "message", "usage", "finish", "stop" }));
        Assert.That(stream.Frames.Select(frame => frame.Number), Is.EqualTo(Enumerable.Range(0, 9).Select(n => $"{n}")));
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
    }
}

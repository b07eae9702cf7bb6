using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

internal sealed class ReadersTests : AppTest
{
    [Test]
    public async Task Two_readers_get_the_same_frames_while_a_third_reads_nothing()
    {
        var gate = new Gate();
        var (script, words) = (Script.Start(), string.Concat(Enumerable.Repeat("many words ", 15_000)));
        // Nearly 4 MB, the most that an answer may have.
        for (var n = 0; n < 24; n++)
            script = script.Text($"{n} {words}").Wait(gate);
        Answers("Much", script.Finish("stop").Done());
        await using var first = await User.StartAsync("Much");
        await first.UntilAsync(frame => frame.Event == "message");
        await using var second = await User.AttachAsync(first.GenerationId);
        using var dead = await RawConnection.GetAsync(User, $"/chat/stream/{first.GenerationId}", Token, receiveBuffer: 4096);

        // The next token is sent only after both readers have received this one.
        await second.UntilAsync(frame => frame.Event == "message");
        for (var n = 1; n < 24; n++)
        {
            gate.LetOne();
            await Task.WhenAll(
                first.UntilAsync(frame => frame.Event == "message"), second.UntilAsync(frame => frame.Event == "message"));
        }
        gate.Open();
        await Task.WhenAll(first.ToEndAsync(), second.ToEndAsync());

        Assert.That(first.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
        Assert.That(second.Frames, Is.EqualTo(first.Frames));
    }

    [Test]
    public async Task A_hundred_readers_that_come_and_go_at_any_time_each_get_every_frame()
    {
        var gate = new Gate();
        var script = Script.Start();
        for (var n = 0; n < 50; n++)
            script = script.Text($"{n} ").Wait(gate);
        Answers("Many", script.Finish("stop").Done());
        await using var first = await User.StartAsync("Many");
        await first.UntilAsync(frame => frame.Event == "message");

        var readers = Enumerable.Range(0, 100).Select(async n =>
        {
            // Reads a part, loses its connection, and goes on from the last frame it has.
            var part = await User.AttachAsync(first.GenerationId);
            await part.UntilTextAsync($"{n % 50} ");
            await part.CutAsync();
            await using var rest = await (await User.AttachAsync(first.GenerationId, part.Frames[^1].Id)).ToEndAsync();
            return part.Frames.Concat(rest.Frames).ToList();
        }).ToList();
        gate.Open();
        await first.ToEndAsync();

        foreach (var frames in await Task.WhenAll(readers))
            Assert.That(frames, Is.EqualTo(first.Frames));
    }
}

using ChatStream.Emulator;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Background;

/// <summary>What nobody needs any more is cancelled at the service, which would go on without a connection.</summary>
internal sealed class CancelledAnswerTests : BackgroundTest
{
    [Test]
    public async Task Stop_reaches_the_service()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("so far");

        using var stopped = await User.StopAsync(stream.GenerationId);
        await stream.ToEndAsync();

        await Made.Cancelled.WaitAsync(Token);
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"stopped"}"""));
        Assert.That(stream.Text, Is.EqualTo("so far"));
    }

    [Test]
    public async Task A_stop_before_the_service_has_named_the_answer_reaches_it_too()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Stall().HoldHeaders(gate));
        await using var stream = await User.StartAsync("Hi");
        await stream.NextAsync();
        await gate.Reached.WaitAsync(Token);

        using var stopped = await User.StopAsync(stream.GenerationId);
        await stream.ToEndAsync();
        gate.Open();

        await Made.Cancelled.WaitAsync(Token);
        Assert.That(stream.Frames[^2].Data, Is.EqualTo("""{"reason":"stopped"}"""));
    }

    [Test]
    public async Task Deleting_the_conversation_reaches_the_service()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("so far");

        using var deleted = await User.Http.DeleteAsync($"/conversations/{stream.ConversationId}", Token);

        await Made.Cancelled.WaitAsync(Token);
    }

    [Test]
    public async Task An_answer_that_has_ended_is_not_cancelled()
    {
        await User.AskAsync("one");

        Assert.That(Made.Cancelled.IsCompleted, Is.False);
    }
}

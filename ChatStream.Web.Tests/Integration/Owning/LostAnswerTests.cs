using ChatStream.Emulator;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Owning;

/// <summary>A running answer whose row is gone or has another owner is never told as completed.</summary>
internal sealed class LostAnswerTests(DatabaseKind kind) : OwningTest(kind)
{
    private static readonly string[] Interrupted =
    [
        """failure {"code":"interrupted","message":"Another server process took this answer over."}""",
        """finish {"reason":"interrupted"}""", "stop stopped",
    ];

    [Test]
    public async Task An_answer_with_another_owner_ends_as_interrupted_within_seconds()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("so far");
        await OwnAsync(stream.GenerationId, "another-process0");

        Look();

        await stream.ToEndAsync();
        Assert.That(Ending(stream), Is.EqualTo(Interrupted));
        Assert.That((await (await AskedAsync()).Ended.WaitAsync(Token)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
    }

    [Test]
    public async Task The_models_end_of_an_answer_with_another_owner_is_not_told()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("so far").Wait(gate).Finish("stop").Done());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("so far");
        await OwnAsync(stream.GenerationId, "another-process0");

        gate.Open();

        await stream.ToEndAsync();
        Assert.That(Ending(stream), Is.EqualTo(Interrupted));
    }

    [Test]
    public async Task The_models_end_of_an_answer_that_was_deleted_is_told_as_stopped()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("so far").Wait(gate).Finish("stop").Done());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("so far");
        await ChangeAsync(stream.GenerationId, message => message.ExecuteDeleteAsync());

        gate.Open();

        await stream.ToEndAsync();
        Assert.That(Ending(stream)[1..], Is.EqualTo(new[] { """finish {"reason":"stopped"}""", "stop stopped" }));
    }

    [Test]
    public async Task An_answer_whose_row_is_gone_ends_within_seconds()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("so far");
        await ChangeAsync(stream.GenerationId, message => message.ExecuteDeleteAsync());

        Look();

        await stream.ToEndAsync();
        Assert.That(Ending(stream)[1..], Is.EqualTo(new[] { """finish {"reason":"stopped"}""", "stop stopped" }));
    }

    [Test]
    public async Task An_answer_whose_conversation_was_deleted_is_stopped_within_seconds()
    {
        Answers("Hi", Script.Start().Text("so far").Stall());
        await using var stream = await User.StartAsync("Hi");
        await stream.UntilTextAsync("so far");
        var owner = new Owner((await StoredAsync(stream.GenerationId)).OwnerId);
        // The request that deletes it fails after its write, before it stops what runs.
        await App.Services.GetRequiredService<IWastebasket>().DeleteAsync(owner, stream.ConversationId);

        Look();

        await stream.ToEndAsync();
        Assert.That(Ending(stream)[1..], Is.EqualTo(new[] { """finish {"reason":"stopped"}""", "stop stopped" }));
        Assert.That((await (await AskedAsync()).Ended.WaitAsync(Token)).Outcome, Is.EqualTo(RequestOutcome.ClientClosed));
    }

    private static string[] Ending(EventStream stream) =>
        [.. stream.Frames.TakeLast(3).Select(frame => $"{frame.Event} {frame.Data}")];
}

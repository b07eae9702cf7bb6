using ChatStream.Emulator;
using ChatStream.Web.Answers;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>A stored start can be found by others shortly before its first frame exists.</summary>
internal sealed class FoundBeforeItBeginsTests : AppTest
{
    protected override void Configure(ChatApp.Setup setup) => setup.Services = HeldDatabase.AddTo;

    [Test]
    public async Task The_state_is_returned_once_the_answer_has_begun()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("a").Stall());
        App.Services.GetRequiredService<HeldDatabase>().Hold = gate;
        var starting = User.StartAsync("Hi");
        await gate.Reached.WaitAsync(Token);
        var generation = App.Services.GetRequiredService<GenerationRegistry>().Running.Single();

        var finding = App.Services.GetRequiredService<AnswerLookup>().FindAsync(generation.Owner, generation.Id, Token);
        Assert.That(finding.IsCompleted, Is.False, finding.Exception?.Message);
        gate.Open();

        Assert.That((await finding).State, Is.EqualTo(AnswerState.Running));
        await using var stream = await starting;
        await stream.NextAsync();
        Assert.That(stream.GenerationId, Is.EqualTo(generation.Id));
        await User.StopAsync(generation.Id);
    }

    [Test]
    public async Task A_reader_that_leaves_before_the_answer_has_begun_takes_no_place()
    {
        var gate = new Gate();
        Answers("Hi", Script.Start().Text("a").Stall());
        App.Services.GetRequiredService<HeldDatabase>().Hold = gate;
        var starting = User.StartAsync("Hi");
        await gate.Reached.WaitAsync(Token);
        var generation = App.Services.GetRequiredService<GenerationRegistry>().Running.Single();
        using var leaves = new CancellationTokenSource();

        var attaching = App.Services.GetRequiredService<AnswerLookup>()
            .AttachAsync(generation.Owner, generation.Id, after: null, leaves.Token);
        Assert.That(generation.Frames.ReaderCount, Is.EqualTo(2));
        await leaves.CancelAsync();

        Assert.That(async () => await attaching, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(generation.Frames.ReaderCount, Is.EqualTo(1), "that of the start");
        gate.Open();
        await using var stream = await starting;
        await User.StopAsync(generation.Id);
    }

    [Test]
    public async Task A_stop_before_the_first_frame_ends_the_answer()
    {
        var gate = new Gate();
        App.Services.GetRequiredService<HeldDatabase>().Hold = gate;
        var starting = User.StartAsync("Hi");
        await gate.Reached.WaitAsync(Token);
        var generation = App.Services.GetRequiredService<GenerationRegistry>().Running.Single();

        var stopping = App.Services.GetRequiredService<AnswerStopper>().StopAsync(generation.Owner, generation.Id, Token);
        gate.Open();
        await stopping;

        await using var stream = await (await starting).ToEndAsync();
        Assert.That(stream.Frames.Select(frame => frame.Event), Is.EqualTo(new[] { "start", "finish", "stop" }));
        Assert.That(Asked, Is.Zero);
    }
}

using System.Diagnostics;
using ChatStream.Emulator;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Integration.Instances;
using ChatStream.Web.Tests.Integration.Observing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Background;

/// <summary>An instance dies, and another one goes on with its answers.</summary>
internal sealed class TakeoverTests
{
    [Test]
    [CancelAfter(120_000)]
    public async Task Exactly_one_of_the_other_instances_goes_on_with_a_killed_ones_answer(CancellationToken timeout)
    {
        await using var group = await InstanceGroup.StartAsync(3, timeout, settings: BackgroundTest.Settings);
        var gate = new Gate();
        group.Emulator.Enqueue(Script.Start().Reasoning("Hm").Text("so far").Wait(gate).Text(" and on").Finish("stop")
            .Usage(3, 4).Done());
        using var user = await group.NewUserAsync(0);
        await using var here = await user.StartAsync("Hi", timeout);
        await here.UntilTextAsync("so far");

        await group.Processes[0].KillAsync();
        var readers = await Task.WhenAll(new[] { 1, 2 }.Select(async number =>
        {
            using var there = group.At(number, user);
            await using var rest = await AttachUntilServedAsync(there, here.GenerationId, here.Frames[^1].Id!, timeout);
            gate.Open();
            await rest.ToEndAsync();
            return rest.Frames;
        }));

        foreach (var frames in readers)
        {
            Assert.That(frames.Select(frame => $"{frame.Number} {frame.Event} {frame.Data}"), Is.EqualTo(new[]
            {
                """6 message {"text":" and on"}""", """7 usage {"inputTokens":3,"outputTokens":4,"reasoningTokens":0}""",
                """8 finish {"reason":"completed"}""", "9 stop stopped",
            }));
        }
        Assert.That(group.Emulator.Requests, Has.Count.EqualTo(1));
        Assert.That(group.Emulator.Background[0].Resumed, Has.Count.EqualTo(1));
        Assert.That(group.Emulator.Background[0].Cancelled.IsCompleted, Is.False);
        Assert.That(
            group.Processes.Skip(1).Count(process => process.Output.Contains("is taken over", StringComparison.Ordinal)),
            Is.EqualTo(1));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task An_instance_that_stood_still_does_not_cancel_what_another_one_has_taken_over(CancellationToken timeout)
    {
        await using var group = await InstanceGroup.StartAsync(2, timeout, settings: BackgroundTest.Settings);
        var gate = new Gate();
        group.Emulator.Enqueue(Script.Start().Text("so far").Wait(gate).Text(" and on").Finish("stop").Done());
        using var user = await group.NewUserAsync(0);
        using var elsewhere = group.At(1, user);
        await using var here = await user.StartAsync("Hi", timeout);
        await here.UntilTextAsync("so far");
        RealProcess.Signal(group.Processes[0].Id, RealProcess.Stop);

        await using var rest = await AttachUntilServedAsync(elsewhere, here.GenerationId, here.Frames[^1].Id!, timeout);
        RealProcess.Signal(group.Processes[0].Id, RealProcess.Continue);
        await here.ToEndAsync();
        gate.Open();
        await rest.ToEndAsync();

        Assert.That(here.Frames[^2].Data, Is.EqualTo("""{"reason":"interrupted"}"""));
        Assert.That(rest.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
        Assert.That(here.Text + rest.Text, Is.EqualTo("so far and on"));
        Assert.That(group.Emulator.Background[0].Cancelled.IsCompleted, Is.False);
        var stored = await elsewhere.FindAsync(here.GenerationId);
        Assert.That(stored.GetProperty("text").GetString(), Is.EqualTo("so far and on"));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task An_instance_that_stood_still_passes_on_what_is_asked_about_an_answer_that_it_has_lost(
        CancellationToken timeout)
    {
        await using var group = await InstanceGroup.StartAsync(2, timeout, settings: BackgroundTest.Settings);
        group.Emulator.Enqueue(Script.Start().Text("so far").Stall());
        using var user = await group.NewUserAsync(0);
        using var elsewhere = group.At(1, user);
        await using var here = await user.StartAsync("Hi", timeout);
        await here.UntilTextAsync("so far");
        RealProcess.Signal(group.Processes[0].Id, RealProcess.Stop);
        await using var rest = await AttachUntilServedAsync(elsewhere, here.GenerationId, here.Frames[^1].Id!, timeout);
        RealProcess.Signal(group.Processes[0].Id, RealProcess.Continue);
        await here.ToEndAsync();

        await using var again = await user.AttachAsync(here.GenerationId, cancellationToken: timeout);
        await again.UntilTextAsync("so far");
        var state = await user.FindAsync(here.GenerationId);
        using var stopped = await user.StopAsync(here.GenerationId);
        await rest.ToEndAsync();
        await again.ToEndAsync();

        Assert.That(state.GetProperty("state").GetString(), Is.EqualTo("running"));
        Assert.That((int)stopped.StatusCode, Is.EqualTo(204));
        Assert.That(here.Frames[^2].Data, Is.EqualTo("""{"reason":"interrupted"}"""));
        Assert.That(again.Frames[^2].Data, Is.EqualTo("""{"reason":"stopped"}"""));
        Assert.That(rest.Frames[^2].Data, Is.EqualTo("""{"reason":"stopped"}"""));
        await group.Emulator.Background[0].Cancelled.WaitAsync(timeout);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Reasoning_that_is_taken_over_in_the_middle_of_its_closing_tag_stays_reasoning(CancellationToken timeout)
    {
        await using var group = await InstanceGroup.StartAsync(2, timeout, settings: BackgroundTest.Settings);
        var gate = new Gate();
        group.Emulator.Enqueue(Script.Start().Text("<thi").Text("nk>Check").Text(" it.</th").Wait(gate).Text("ink>\n\nDo")
            .Text("ne.").Finish("stop").Done());
        using var user = await group.NewUserAsync(0);
        using var there = group.At(1, user);
        await using var here = await user.StartAsync("Hi", timeout);
        await here.UntilAsync(frame => frame.Data == """{"text":" it."}""");

        await group.Processes[0].KillAsync();
        await using var rest = await AttachUntilServedAsync(there, here.GenerationId, here.Frames[^1].Id!, timeout);
        gate.Open();
        await rest.ToEndAsync();

        Assert.That(rest.Text, Is.EqualTo("Done."));
        Assert.That(rest.Frames[^2].Data, Is.EqualTo("""{"reason":"completed"}"""));
        var stored = await there.FindAsync(here.GenerationId);
        Assert.That(
            (stored.GetProperty("text").GetString(), stored.GetProperty("reasoning").GetString()),
            Is.EqualTo(("Done.", "Check it.")));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task An_answer_that_is_taken_over_goes_on_in_its_trace(CancellationToken timeout)
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var group = await InstanceGroup.StartAsync(2, timeout, settings:
        [
            .. BackgroundTest.Settings, ("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.Address),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_BSP_SCHEDULE_DELAY", "50"),
        ]);
        var gate = new Gate();
        group.Emulator.Enqueue(Script.Start().Text("so far").Wait(gate).Text(" and on").Finish("stop").Done());
        using var user = await group.NewUserAsync(0);
        await using var here = await user.StartAsync("Hi", timeout);
        await here.UntilTextAsync("so far");
        var began = ActivityContext.Parse(group.Emulator.Requests[0].Headers["traceparent"], traceState: null);

        await group.Processes[0].KillAsync();
        using var there = group.At(1, user);
        await using var rest = await AttachUntilServedAsync(there, here.GenerationId, here.Frames[^1].Id!, timeout);
        gate.Open();
        await rest.ToEndAsync();

        bool IsMeant(Span span) => span.Name == "generation"
            && span.Attributes.GetValueOrDefault("chatstream.generation.id") == here.GenerationId;
        await receiver.UntilAsync(() => receiver.Spans.Any(IsMeant), timeout);
        var generation = receiver.Spans.Single(IsMeant);
        Assert.That(generation.TraceId, Is.EqualTo(began.TraceId.ToHexString()));
        Assert.That(generation.ParentId, Is.Not.Empty, "below the generation that began it");
        Assert.That(receiver.Spans.Where(span => span.ParentId == generation.Id).Select(span => span.TraceId),
            Is.Not.Empty.And.All.EqualTo(generation.TraceId), "and the call of the model, too");
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_deleted_answer_whose_instance_is_dead_is_cancelled_at_the_service(CancellationToken timeout)
    {
        await using var group = await InstanceGroup.StartAsync(2, timeout, settings: BackgroundTest.Settings);
        group.Emulator.Enqueue(Script.Start().Text("so far").Stall());
        using var user = await group.NewUserAsync(0);
        using var elsewhere = group.At(1, user);
        await using var here = await user.StartAsync("Hi", timeout);
        await here.UntilTextAsync("so far");
        await group.Processes[0].KillAsync();

        using var deleted = await elsewhere.Http.DeleteAsync($"/conversations/{here.ConversationId}", timeout);

        Assert.That((int)deleted.StatusCode, Is.EqualTo(204));
        await group.Emulator.Background[0].Cancelled.WaitAsync(timeout);
    }

    // A page goes on trying in the same way.
    private static async Task<EventStream> AttachUntilServedAsync(
        ChatClient user, string id, string lastEventId, CancellationToken timeout)
    {
        while (true)
        {
            try
            {
                return await user.AttachAsync(id, lastEventId, timeout);
            }
            catch (InvalidOperationException refused)
                when (refused.Message.Contains("answer_elsewhere", StringComparison.Ordinal))
            {
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, timeout);
            }
        }
    }
}

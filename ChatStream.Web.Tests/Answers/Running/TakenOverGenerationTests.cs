using System.Buffers;
using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Providers.Responses;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Contract;
using ChatStream.Web.Tests.Streaming;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Answers.Running;

/// <summary>A generation that goes on with what another process has stored of it.</summary>
internal sealed class TakenOverGenerationTests
{
    private static readonly ResponsePosition First = new("key", "resp_1", 0);

    [Test]
    public void A_part_has_the_position_of_the_moment_of_its_text()
    {
        using var generation = New();
        generation.Begin(Payloads.Start);
        generation.GoesOnAfter(First);
        var named = generation.Uncommitted()!;
        generation.Committed(named);
        Assert.That(generation.Uncommitted(), Is.Null);
        generation.AppendText("Hel", At(5));
        var text = generation.Uncommitted()!;
        generation.AppendText("lo", At(6));
        generation.Committed(text);

        Assert.That((named.Text, named.ResumeAt), Is.EqualTo(("", "key resp_1 0 - -")));
        Assert.That((text.Text, text.ResumeAt), Is.EqualTo(("Hel", "key resp_1 5 + -")));
        Assert.That(generation.Uncommitted()?.ResumeAt, Is.EqualTo("key resp_1 6 + -"));
    }

    [Test]
    public void The_position_alone_is_a_part()
    {
        using var generation = New();
        generation.Begin(Payloads.Start);
        generation.Committed(generation.Uncommitted()!);

        generation.GoesOnAfter(First);

        var part = generation.Uncommitted()!;
        Assert.That((part.Text, part.Frames, part.ResumeAt), Is.EqualTo(("", "", "key resp_1 0 - -")));
    }

    /// <summary>Whatever was committed, both generations together have the frames of one that was never lost.</summary>
    [Test]
    public void The_frames_go_on_after_those_that_were_stored([Range(0, 7)] int committed)
    {
        using var whole = New();
        using var lost = New();
        var kept = new RecoveredText();
        whole.Begin(Payloads.Start);
        lost.Begin(Payloads.Start);
        Action<Generation>[] steps =
        [
            each => each.GoesOnAfter(First), each => each.Enter(Phase.Thinking), each => each.AppendReasoning("Hm", At(2)),
            each => each.AppendText("Hel", At(3)), each => each.AppendText("lo 🙂", At(4)),
            each => each.AppendText("\0", At(5)), each => each.AppendText("!", At(6)),
        ];
        foreach (var (step, index) in steps.Select((step, index) => (step, index)))
        {
            step(whole);
            if (index >= committed)
                continue;
            step(lost);
            if (lost.Uncommitted() is not { } part)
                continue;
            lost.Committed(part);
            kept.Add(part);
        }
        if (committed == 0)
        {
            kept.Add(new CheckpointPart
            {
                MessageId = lost.Id,
                Number = 0,
                Text = "",
                Frames = "",
                ResumeAt = First.ToString(),
            });
        }

        using var next = New();
        next.TakeOver(Payloads.Start, Of(kept));
        Assert.That(
            next.Frames.ItemsFrom(0).Take(lost.Frames.ShownCount), Is.EqualTo(lost.Frames.ItemsFrom(0)), "as readers saw them");
        foreach (var step in steps.Skip(committed))
            step(next);

        Assert.That(next.Uncommitted()?.Number, Is.Null.Or.EqualTo(kept.NextPart));
        Assert.That(next.Position?.Sequence, Is.EqualTo(6));
        foreach (var generation in new[] { whole, next })
        {
            generation.TryEnd(FinishReason.Completed);
            generation.Frames.ShowAll();
            generation.Close(generation.Ended.Result);
        }
        Assert.That(next.Frames.ItemsFrom(0), Is.EqualTo(whole.Frames.ItemsFrom(0)));
        var stored = next.ToStored(next.Ended.Result);
        Assert.That(stored.Text, Is.EqualTo("Hello 🙂\uFFFD!"));
        Assert.That((stored.FirstOutputAt, stored.FirstTextAt), Is.EqualTo(((DateTimeOffset?)null, (DateTimeOffset?)null)));
    }

    [Test]
    public void What_the_service_counted_before_an_open_question_is_not_counted_again()
    {
        using var generation = Calling();

        generation.TakeOver(Payloads.Start, With(ToolState.Asked, "awm7q1", "Before."));
        generation.AskedWith(10);
        Assert.That(generation.Uncounted(Interrupted), Is.Null);
        generation.AskAgainWith(30);
        generation.AppendText("After.");

        var uncounted = generation.Uncounted(Interrupted)!;
        Assert.That((uncounted.Told, uncounted.Text), Is.EqualTo((Counted, "\n\nAfter.")));
        Assert.That(uncounted.IsFurther);
        generation.SetUsage(new UsagePayload(20, 7));
        Assert.That(generation.Usage, Is.EqualTo(new UsagePayload(30, 12)));
        Assert.That(generation.Uncounted(Interrupted), Is.Null);
    }

    [Test]
    public void The_count_of_a_request_that_goes_on_is_added_to_what_was_counted_before_it()
    {
        using var generation = Calling();

        generation.TakeOver(
            Payloads.Start, With(ToolState.Done, "awm7u1x1d1awm6", "Before.After.") with { ResumeAt = At(4) });
        generation.AskedWith(10);
        generation.AppendText(" Done.", At(5));

        var uncounted = generation.Uncounted(Interrupted)!;
        Assert.That((uncounted.Told, uncounted.Text), Is.EqualTo((Counted, "After. Done.")));
        Assert.That(uncounted.IsFurther);
        generation.SetUsage(new UsagePayload(20, 7));
        Assert.That(generation.Usage, Is.EqualTo(new UsagePayload(30, 12)));
    }

    [Test]
    public void Parts_that_the_row_has_already_are_left_out()
    {
        var kept = new RecoveredText();
        foreach (var (number, text) in new[] { (0, "a"), (1, "b"), (2, "c") })
            kept.Add(new CheckpointPart { MessageId = "m", Number = number, Text = text, ResumeAt = At(number).ToString() });

        kept.Skip(2);

        Assert.That((kept.Text, kept.NextPart, kept.ResumeAt), Is.EqualTo(("c", 3, "key resp_1 2 + -")));
        kept.Skip(3);
        Assert.That((kept.Text, kept.NextPart, kept.ResumeAt), Is.EqualTo(("", 3, (string?)null)));
    }

    [TestCase("", "", null, true)]
    [TestCase("awm2m1", "abc", null, true)]
    [TestCase("atr2wm1", "a", "bc", true)]
    [TestCase("awm2", "abc", null, false)]
    [TestCase("awm3", "", null, false)]
    [TestCase("atr2", "", null, false)]
    public void An_outline_that_tells_of_another_text_does_not_fit(string outline, string text, string? reasoning, bool fits) =>
        Assert.That(FrameOutline.Fits(outline, text, reasoning), Is.EqualTo(fits));

    private static readonly UsagePayload Counted = new(10, 5);

    private static readonly GenerationEnd Interrupted = new(FinishReason.Interrupted);

    private static Generation Calling() => new(
        "gggggggggggggggg", new Owner("me"), MemoryPool<byte>.Shared, TimeProvider.System, ShowFrames.AfterCommit, mayCall: true);

    private static KeptAnswer With(ToolState state, string frames, string text) => new()
    {
        ParentId = Payloads.Start.ParentId,
        Model = Payloads.Start.Model,
        Text = text,
        Reasoning = null,
        Frames = frames,
        ResumeAt = null,
        NextPart = 1,
        Continues = "",
        ParentPathTokens = 0,
        Title = Payloads.Start.Title,
        Usage = Counted,
        Tools =
        [
            new ToolCall
            {
                Id = "call_1",
                MessageId = "gggggggggggggggg",
                ConversationId = Payloads.Start.ConversationId,
                OwnerId = "me",
                Number = 1,
                Round = 1,
                At = 7,
                Name = "write",
                Arguments = "{}",
                State = state,
            },
        ],
    };

    private static Generation New() => new(
        "gggggggggggggggg", new Owner("me"), MemoryPool<byte>.Shared, TimeProvider.System, ShowFrames.AfterCommit);

    private static ResponsePosition At(long sequence) => First with { Sequence = sequence, HasText = true };

    private static KeptAnswer Of(RecoveredText kept) => new()
    {
        ParentId = Payloads.Start.ParentId,
        Model = Payloads.Start.Model,
        Text = kept.Text,
        Reasoning = kept.Reasoning,
        Frames = kept.Frames,
        ResumeAt = ResponsePosition.Parse(kept.ResumeAt),
        NextPart = kept.NextPart,
        Continues = "",
        ParentPathTokens = 0,
        Title = Payloads.Start.Title,
    };
}

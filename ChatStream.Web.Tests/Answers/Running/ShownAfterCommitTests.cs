using System.Buffers;
using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Contract;
using ChatStream.Web.Tests.Streaming;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Answers.Running;

/// <summary>A generation whose frames readers see once they are stored.</summary>
internal sealed class ShownAfterCommitTests
{
    private Generation _generation;

    private List<string> Seen => [.. _generation.Frames.ItemsFrom(0).Skip(1)];

    [SetUp]
    public void Begin()
    {
        _generation = new Generation(
            "gggggggggggggggg", new Owner("me"), MemoryPool<byte>.Shared, TimeProvider.System, ShowFrames.AfterCommit);
        _generation.Begin(Payloads.Start);
    }

    [TearDown]
    public void Dispose() => _generation.Dispose();

    [Test]
    public void The_start_is_seen_at_once_because_it_is_stored() =>
        Assert.That(_generation.Frames.ItemsFrom(0), Has.Count.EqualTo(1).And.Some.StartsWith("0 {\"generationId\""));

    [Test]
    public void Text_is_seen_once_its_part_is_committed_in_the_state_as_in_the_stream()
    {
        _generation.AppendText("Hel");
        var part = _generation.Uncommitted()!;
        _generation.AppendText("lo");
        Assert.That(Seen, Is.Empty);
        Assert.That(_generation.ToAnswer().Text, Is.Empty);

        _generation.Committed(part);
        Assert.That(Seen, Is.EqualTo(new[]
        {
            """1 {"phase":"analyzing"}""", """2 {"phase":"writing"}""", """3 {"text":"Hel"}""",
        }));
        Assert.That(_generation.ToAnswer().Text, Is.EqualTo("Hel"));

        _generation.Committed(_generation.Uncommitted()!);
        Assert.That(Seen[^1], Is.EqualTo("""4 {"text":"lo"}"""));
        Assert.That(_generation.ToAnswer().Text, Is.EqualTo("Hello"));
        Assert.That(_generation.Uncommitted(), Is.Null);
    }

    [Test]
    public void A_part_says_which_frames_it_has_also_those_without_text()
    {
        var first = _generation.Uncommitted()!;
        Assert.That((first.Text, first.Reasoning, first.Frames), Is.EqualTo(("", (string?)null, "a")));
        _generation.Committed(first);
        _generation.AppendReasoning("Why");
        _generation.AppendText("Hel");
        var lost = _generation.Uncommitted()!;
        Assert.That(lost.Frames, Is.EqualTo("tr3wm3"));

        _generation.AppendText("🎉");
        var second = _generation.Uncommitted()!;
        Assert.That((second.Number, second.Frames), Is.EqualTo((1, "tr3wm3m2")), "what was not stored comes again");
        _generation.Committed(second);
        _generation.AppendText("lo");
        Assert.That(_generation.Uncommitted()!.Frames, Is.EqualTo("m2"));
    }

    [Test]
    public void All_is_seen_once_the_end_is_stored()
    {
        _generation.AppendText("Hello");
        _generation.TryEnd(FinishReason.Completed);
        var stored = _generation.ToStored(_generation.Ended.Result);
        Assert.That(Seen, Is.Empty);

        _generation.Frames.ShowAll();
        _generation.Close(_generation.Ended.Result);
        Assert.That(Seen[^3..], Is.EqualTo(new[] { """3 {"text":"Hello"}""", """4 {"reason":"completed"}""", "5 stopped" }));
        Assert.That((stored.LastFrame, stored.Frames), Is.EqualTo((5, "awm5")));
    }

    [Test]
    public void What_was_not_stored_is_never_seen_and_its_numbers_are_given_again()
    {
        _generation.AppendText("Hel");
        _generation.Committed(_generation.Uncommitted()!);
        var committing = Lost();
        _generation.TryEnd(FinishReason.Completed);

        var failed = new GenerationEnd(FinishReason.Failed, new FailurePayload(FailureCode.Internal, "Not stored."));
        var waiting = _generation.ToStored(failed, showsAll: false);
        _generation.Close(failed);
        _generation.Committed(committing); // its acknowledgement came late

        Assert.That(Seen[2..], Is.EqualTo(new[]
        {
            """3 {"text":"Hel"}""", """4 {"code":"internal","message":"Not stored."}""", """5 {"reason":"failed"}""",
            "6 stopped",
        }));
        Assert.That(
            (waiting.Text, waiting.LastFrame, waiting.Frames), Is.EqualTo(("Hello", 6, (string?)null)), "the text is kept");
        Assert.That(_generation.ToAnswer().Text, Is.EqualTo("Hel"));
    }

    private CheckpointPart Lost()
    {
        _generation.AppendText("lo");
        return _generation.Uncommitted()!;
    }
}

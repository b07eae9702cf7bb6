using System.Buffers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Contract;
using ChatStream.Web.Tests.Streaming;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Answers.Running;

[CancelAfter(60_000)]
internal sealed class GenerationTests
{
    private static readonly Owner Me = new("me");

    private Generation _generation;

    [SetUp]
    public void Begin()
    {
        _generation = new Generation("gggggggggggggggg", Me, MemoryPool<byte>.Shared, TimeProvider.System);
        _generation.Begin(Payloads.Start);
    }

    [TearDown]
    public void Dispose() => _generation.Dispose();

    [Test]
    public void An_answer_is_a_log_of_numbered_frames()
    {
        _generation.AppendReasoning("They greet.");
        _generation.AppendText("Hel");
        _generation.AppendText("lo");
        _generation.SetUsage(new UsagePayload(12, 34));
        _generation.TryEnd(FinishReason.Completed);
        Close();

        Assert.That(Frames(), Is.EqualTo(new[]
        {
            "0 start {\"generationId\":\"gggggggggggggggg\",\"conversationId\":\"cccccccccccccccc\","
            + "\"messageId\":\"gggggggggggggggg\",\"parentId\":\"uuuuuuuuuuuuuuuu\","
            + "\"model\":\"gpt-4o\",\"title\":\"Say hello\"}",
            "1 status {\"phase\":\"analyzing\"}",
            "2 status {\"phase\":\"thinking\"}",
            "3 reasoning {\"text\":\"They greet.\"}",
            "4 status {\"phase\":\"writing\"}",
            "5 message {\"text\":\"Hel\"}",
            "6 message {\"text\":\"lo\"}",
            "7 usage {\"inputTokens\":12,\"outputTokens\":34}",
            "8 finish {\"reason\":\"completed\"}",
            "9 stop stopped",
        }));
        Assert.That(_generation.Frames.All(), Does.StartWith("event: start\nretry: 1000\ndata: "));
    }

    [Test]
    public void Each_status_after_a_fallback_has_begun_says_so()
    {
        _generation.AnsweredBy("west", isFallback: true);
        _generation.Enter(Phase.Thinking);
        _generation.AppendText("Hi");

        Assert.That(Frames()[1..], Is.EqualTo(new[]
        {
            "1 status {\"phase\":\"analyzing\"}",
            "2 status {\"phase\":\"thinking\",\"detail\":\"fallback\"}",
            "3 status {\"phase\":\"writing\",\"detail\":\"fallback\"}",
            "4 message {\"text\":\"Hi\"}",
        }));
    }

    [Test]
    public void A_fallback_after_a_deployment_that_had_begun_tells_the_phase_again()
    {
        _generation.AnsweredBy("east", isFallback: false);
        _generation.Enter(Phase.Thinking);
        _generation.AnsweredBy("west", isFallback: true);

        Assert.That(Frames()[2..], Is.EqualTo(new[]
        {
            "2 status {\"phase\":\"thinking\"}",
            "3 status {\"phase\":\"thinking\",\"detail\":\"fallback\"}",
        }));
    }

    [Test]
    public void The_times_of_the_first_reasoning_and_the_first_text_are_kept()
    {
        var time = new FakeTimeProvider();
        using var generation = new Generation("gggggggggggggggg", Me, MemoryPool<byte>.Shared, time);
        generation.Begin(Payloads.Start);
        DateTimeOffset After(int seconds)
        {
            time.Advance(TimeSpan.FromSeconds(seconds));
            return time.GetUtcNow();
        }

        generation.Enter(Phase.Thinking);
        var reasoned = After(1);
        generation.AppendReasoning("They ");
        After(1);
        generation.AppendReasoning("greet.");
        var said = After(1);
        generation.AppendText("Hel");
        After(1);
        generation.AppendText("lo");

        var stored = generation.ToStored(new GenerationEnd(FinishReason.Completed));
        Assert.That((stored.FirstOutputAt, stored.FirstTextAt), Is.EqualTo(((DateTimeOffset?)reasoned, (DateTimeOffset?)said)));
    }

    [Test]
    public void A_checkpoint_part_holds_the_text_since_the_last_stored_part()
    {
        Assert.That(_generation.Uncommitted(), Is.Null, "frame 0 and a phase are no text");
        _generation.AppendReasoning("They ");
        var first = _generation.Uncommitted()!;
        Assert.That(
            (first.MessageId, first.Number, first.Text, first.Reasoning), Is.EqualTo(("gggggggggggggggg", 0, "", "They ")));
        Assert.That(_generation.Committed(first), Is.Zero);
        Assert.That(_generation.Uncommitted(), Is.Null);

        _generation.AppendReasoning("greet.");
        _generation.AppendText("Hel");
        var lost = _generation.Uncommitted()!;
        Assert.That((lost.Number, lost.Text, lost.Reasoning), Is.EqualTo((1, "Hel", "greet.")));
        _generation.AppendText("lo\n");
        var second = _generation.Uncommitted()!;
        Assert.That(
            (second.Number, second.Text, second.Reasoning), Is.EqualTo((1, "Hello\n", "greet.")),
            "what was not stored comes again");
        _generation.AppendText(" you");
        Assert.That(_generation.Uncommitted()!.Text, Is.EqualTo("Hello\n you"), "to ask changes nothing");
        Assert.That(_generation.Committed(second), Is.EqualTo(6), "characters");

        var third = _generation.Uncommitted()!;
        Assert.That((third.Number, third.Text, third.Reasoning), Is.EqualTo((2, " you", (string?)null)));
        _generation.TryEnd(FinishReason.Completed);
        Assert.That(_generation.Uncommitted(), Is.Null, "the end is stored whole");
    }

    [Test]
    public void A_phase_is_sent_once_and_never_goes_back()
    {
        _generation.Enter(Phase.Analyzing);
        _generation.AppendText("a");
        _generation.Enter(Phase.Thinking);
        _generation.AppendReasoning("late");
        _generation.AppendText("b");

        Assert.That(Frames().Skip(1), Is.EqualTo(new[]
        {
            "1 status {\"phase\":\"analyzing\"}", "2 status {\"phase\":\"writing\"}", "3 message {\"text\":\"a\"}",
            "4 reasoning {\"text\":\"late\"}", "5 message {\"text\":\"b\"}",
        }));
    }

    [Test]
    public async Task The_first_end_wins()
    {
        Assert.That(_generation.TryEnd(FinishReason.Stopped), Is.True);
        Assert.That(_generation.Token.IsCancellationRequested, Is.True, "the model is cancelled");
        Assert.That(_generation.TryEnd(FinishReason.Completed), Is.False);
        Assert.That(_generation.TryEnd(FinishReason.Failed, new FailurePayload(FailureCode.Internal, "")), Is.False);

        Assert.That(await _generation.Ended, Is.EqualTo(new GenerationEnd(FinishReason.Stopped)));
        Close();
        Assert.That(Frames()[^2..], Is.EqualTo(new[] { "2 finish {\"reason\":\"stopped\"}", "3 stop stopped" }));
    }

    [Test]
    public async Task Exactly_one_of_many_simultaneous_ends_wins()
    {
        for (var round = 0; round < 200; round++)
        {
            using var generation = new Generation(Ids.New(), Me, MemoryPool<byte>.Shared, TimeProvider.System);
            using var start = new ManualResetEventSlim();
            var reasons = Enum.GetValues<FinishReason>();
            var ending = reasons.Select(reason => Task.Run(() =>
            {
                start.Wait();
                return generation.TryEnd(reason) ? reason : (FinishReason?)null;
            })).ToList();
            start.Set();
            var won = (await Task.WhenAll(ending)).OfType<FinishReason>().ToList();

            Assert.That(won, Has.Count.EqualTo(1));
            Assert.That((await generation.Ended).Reason, Is.EqualTo(won[0]));
        }
    }

    [Test]
    public void Only_the_end_frames_follow_the_end()
    {
        _generation.AppendText("Hel");
        _generation.TryEnd(FinishReason.Interrupted, new FailurePayload(FailureCode.Interrupted, "Gone."));
        var before = _generation.Frames.Count;
        _generation.AppendText("lo");
        _generation.AppendReasoning("They greet.");
        _generation.Enter(Phase.Writing);
        _generation.SetUsage(new UsagePayload(1, 2));
        Assert.That(_generation.Frames.Count, Is.EqualTo(before));

        var stored = _generation.ToStored(_generation.Ended.Result);
        Close();
        Assert.That(Frames()[before..], Is.EqualTo(new[]
        {
            "4 failure {\"code\":\"interrupted\",\"message\":\"Gone.\"}", "5 finish {\"reason\":\"interrupted\"}",
                "6 stop stopped",
        }));
        Assert.That((stored.Text, stored.Reasoning, stored.Usage), Is.EqualTo(("Hel", (string?)null, (UsagePayload?)null)));
    }

    [Test]
    public async Task When_text_and_end_race_the_stored_text_equals_the_streamed_text()
    {
        for (var round = 0; round < 100; round++)
        {
            using var generation = new Generation("gggggggggggggggg", Me, MemoryPool<byte>.Shared, TimeProvider.System);
            generation.Begin(Payloads.Start);
            var writing = Task.Run(() =>
            {
                for (var n = 0; !generation.Token.IsCancellationRequested; n++)
                    generation.AppendText($"{n} ");
            });
            var ending = Task.Run(() => generation.TryEnd(FinishReason.Stopped));
            var stored = generation.ToStored(await generation.Ended);
            generation.Close(await generation.Ended);
            await Task.WhenAll(writing, ending);

            var frames = Items(generation).ToList();
            Assert.That(string.Concat(frames.Where(f => f.EventType == "message").Select(TextOf)), Is.EqualTo(stored.Text));
            Assert.That(frames.Select(f => f.EventType).TakeLast(2), Is.EqualTo(new[] { "finish", "stop" }));
            Assert.That(frames.Count(f => f.EventType is "finish" or "stop"), Is.EqualTo(2));
            Assert.That(frames[^1].EventId, Is.EqualTo($"gggggggggggggggg.{stored.LastFrame}"));
        }
    }

    [TestCase(false, false)]
    [TestCase(true, false)]
    [TestCase(false, true)]
    [TestCase(true, true)]
    public void The_number_of_the_last_frame_is_known_before_it_is_written(bool usage, bool failure)
    {
        _generation.AppendText("Hel");
        if (usage)
            _generation.SetUsage(new UsagePayload(12, 34));
        _generation.TryEnd(FinishReason.Failed, failure ? new FailurePayload(FailureCode.ModelTimeout, "Silence.") : null);
        var stored = _generation.ToStored(_generation.Ended.Result);
        Close();

        Assert.That(Frames()[^1], Is.EqualTo($"{stored.LastFrame} stop stopped"));
        Assert.That(Frames(), Has.Count.EqualTo(stored.LastFrame + 1));
    }

    [Test]
    public void An_end_is_announced_only_after_its_frames_are_in_the_log()
    {
        _generation.AppendText("Hel");
        Assert.That(_generation.ToAnswer(), Is.EqualTo(Payloads.Answer));
        _generation.SetUsage(new UsagePayload(12, 34));
        _generation.TryEnd(FinishReason.Completed);
        Assert.That(_generation.ToAnswer(), Is.EqualTo(Payloads.Answer));
        Close();

        Assert.That(_generation.Closed.IsCompleted, Is.True);
        var ended = _generation.ToAnswer();
        Assert.That(ended.EndedAt, Is.Not.Null);
        Assert.That(ended, Is.EqualTo(Payloads.Answer with
        {
            State = AnswerState.Ended,
            FinishReason = FinishReason.Completed,
            Usage = new UsagePayload(12, 34),
            EndedAt = ended.EndedAt,
        }));
    }

    private void Close() => _generation.Close(_generation.Ended.Result);

    private List<string> Frames() =>
        [
            .. Items(_generation)
            .Select(item =>
                $"{item.EventId![(item.EventId!.IndexOf('.', StringComparison.Ordinal) + 1)..]} {item.EventType} {item.Data}")];

    private static IEnumerable<SseItem<string>> Items(Generation generation) =>
        SseParser.Create(new MemoryStream(Encoding.UTF8.GetBytes(generation.Frames.All()))).Enumerate();

    private static string? TextOf(SseItem<string> item) =>
        JsonDocument.Parse(item.Data).RootElement.GetProperty("text").GetString();
}

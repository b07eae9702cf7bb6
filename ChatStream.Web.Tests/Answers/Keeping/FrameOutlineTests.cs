using System.Buffers;
using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Contract;
using ChatStream.Web.Tests.Streaming;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Answers.Keeping;

/// <summary>The rest of an answer, made again from what is stored.</summary>
internal sealed class FrameOutlineTests
{
    private static readonly string[] Texts =
    [
        "a", "Hello, ", "你好🎉", "\ud83c", "\udf89", "\0", "\"\\\n", "event: stop\n\n", "👩‍💻",
    ];

    [Test]
    public void After_each_frame_the_rest_is_what_the_log_had([Range(1, 20)] int seed)
    {
        using var generation = Write(new Random(seed), out var answer);

        for (var seen = 0; seen < answer.LastFrame; seen++)
        {
            var rest = FrameOutline.RestAfter(answer, seen, MemoryPool<byte>.Shared);
            Assert.That(rest, Is.Not.Null);
            Assert.That(rest!.ItemsFrom(seen + 1), Is.EqualTo(generation.Frames.ItemsFrom(seen + 1)), $"after {seen}");
            Assert.That(rest.IsComplete, Is.True);
        }
        Assert.That(FrameOutline.RestAfter(answer, answer.LastFrame!.Value, MemoryPool<byte>.Shared), Is.Null, "it has all");
        Assert.That(FrameOutline.RestAfter(answer, int.MaxValue, MemoryPool<byte>.Shared), Is.Null, "never sent");
    }

    [Test]
    public void Without_an_outline_that_fits_there_is_no_rest()
    {
        using var generation = Write(new Random(1), out var answer);
        var outline = answer.Frames;

        answer.Frames = null;
        Assert.That(FrameOutline.RestAfter(answer, 0, MemoryPool<byte>.Shared), Is.Null);
        (answer.Frames, answer.LastFrame) = (outline, answer.LastFrame + 1);
        Assert.That(FrameOutline.RestAfter(answer, 0, MemoryPool<byte>.Shared), Is.Null);
    }

    private static Generation Write(Random random, out Message answer)
    {
        var generation = new Generation(
            "gggggggggggggggg", new Owner("me"), MemoryPool<byte>.Shared, TimeProvider.System, ShowFrames.AfterCommit);
        generation.Begin(Payloads.Start);
        for (var left = random.Next(30); left > 0; left--)
        {
            switch (random.Next(8))
            {
                case 2:
                    generation.AnsweredBy("d", isFallback: random.Next(2) == 0);
                    break;
                case 0:
                    generation.Enter(Phase.Thinking);
                    break;
                case 1:
                    generation.AppendReasoning(Texts[random.Next(Texts.Length)]);
                    break;
                default:
                    generation.AppendText(Texts[random.Next(Texts.Length)]);
                    break;
            }
        }
        if (random.Next(2) == 0)
            generation.SetUsage(new UsagePayload(12, 34, random.Next(2) == 0 ? 5 : null));
        var failure = random.Next(2) == 0 ? new FailurePayload(FailureCode.ContentFilter, "No.", 7, ["hate", "self_harm"]) : null;
        generation.TryEnd(failure is null ? FinishReason.Completed : FinishReason.Filtered, failure);

        var ended = generation.ToStored(generation.Ended.Result);
        generation.Frames.ShowAll();
        generation.Close(generation.Ended.Result);
        answer = new Message
        {
            Id = ended.MessageId,
            ConversationId = Payloads.Start.ConversationId,
            OwnerId = "me",
            Role = MessageRole.Assistant,
            Text = ended.Text,
            Reasoning = ended.Reasoning,
            CreatedAt = TimeProvider.System.GetUtcNow(),
            FinishReason = ended.FinishReason,
            FailureCode = ended.Failure?.Code,
            FailureMessage = ended.Failure?.Message,
            FailureCategories = FailedCategories.Join(ended.Failure),
            RetryAfter = ended.Failure?.RetryAfter,
            InputTokens = ended.Usage?.InputTokens,
            OutputTokens = ended.Usage?.OutputTokens,
            ReasoningTokens = ended.Usage?.ReasoningTokens,
            LastFrame = ended.LastFrame,
            Frames = ended.Frames,
        };
        return generation;
    }
}

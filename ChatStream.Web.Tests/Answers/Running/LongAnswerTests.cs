using System.Buffers;
using ChatStream.Web.Answers.Running;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Contract;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Answers.Running;

/// <summary>The most text and reasoning that one answer may have.</summary>
internal sealed class LongAnswerTests
{
    private const int Limit = 4 * 1024 * 1024;

    private Generation _generation;

    [SetUp]
    public void Begin()
    {
        _generation = new Generation("gggggggggggggggg", new Owner("me"), MemoryPool<byte>.Shared, TimeProvider.System);
        _generation.Begin(Payloads.Start);
    }

    [TearDown]
    public void Dispose() => _generation.Dispose();

    [Test]
    public async Task Text_and_reasoning_together_may_fill_the_limit_and_one_more_byte_ends_the_answer()
    {
        var (text, reasoning) = (new string('x', Limit / 4), new string('é', Limit / 4));
        _generation.AppendReasoning(reasoning);
        _generation.AppendText(text);
        _generation.AppendText(text);
        Assert.That(_generation.Ended.IsCompleted, Is.False);

        _generation.AppendText("y");

        var end = await _generation.Ended;
        Assert.That((end.Reason, end.Failure?.Code), Is.EqualTo((FinishReason.Failed, (FailureCode?)FailureCode.TooLong)));
        Assert.That(_generation.Token.IsCancellationRequested, Is.True, "the model is cancelled");
        var stored = _generation.ToStored(end);
        Assert.That((stored.Text == text + text, stored.Reasoning == reasoning), Is.EqualTo((true, true)), "all of it is kept");
    }

    [TestCase("é", 2)]
    [TestCase("流", 3)]
    [TestCase("🎉", 4)]
    public void A_piece_that_goes_beyond_the_limit_is_kept_up_to_it_in_whole_characters(string character, int bytes)
    {
        _generation.AppendText("x");
        _generation.AppendText(string.Concat(Enumerable.Repeat(character, Limit / 2)));

        var text = _generation.ToAnswer().Text;
        Assert.That(text, Has.Length.EqualTo(1 + ((Limit - 1) / bytes * character.Length)));
        Assert.That(text, Does.EndWith(character));
        Assert.That(_generation.Ended.IsCompleted, Is.True);
    }
}

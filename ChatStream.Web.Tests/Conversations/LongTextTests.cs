using ChatStream.Web.Conversations;
using Microsoft.ML.Tokenizers;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

internal sealed class LongTextTests
{
    private static readonly TokenCounter Counter = new();

    [Test]
    public void A_long_text_is_counted_in_pieces_as_it_is_counted_whole()
    {
        var prose = string.Concat(Enumerable.Range(0, 2_000).Select(n => $"The {n}th sentence, which isn't long, says: \"naïve\" — 是。\n"));

        var whole = TiktokenTokenizer.CreateForModel("gpt-4o").CountTokens(prose);

        Assert.That(Counter.Count(prose) - Counter.Count(""), Is.EqualTo(whole));
    }

    /// <summary>Whole, it would take the tokenizer minutes, in which nobody's answer is stored.</summary>
    [Test]
    public void A_megabyte_without_a_space_is_counted()
    {
        Assert.That(Counter.Count(new string('x', 1024 * 1024)), Is.InRange(100_000, 200_000));
        Assert.That(Counter.Count(string.Concat(Enumerable.Repeat("🙂", 100_001))), Is.InRange(100_001, 400_000));
    }
}

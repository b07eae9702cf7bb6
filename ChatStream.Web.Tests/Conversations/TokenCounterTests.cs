using ChatStream.Web.Conversations;
using Microsoft.ML.Tokenizers;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

[CancelAfter(30_000)]
internal sealed class TokenCounterTests
{
    private readonly TokenCounter _counter = new();

    [TestCase("", 4)]
    [TestCase("Hello", 5)]
    [TestCase("Hello, world!", 8)]
    public void A_text_costs_its_tokens_plus_four_per_message(string text, int tokens) =>
        Assert.That(_counter.Count(text), Is.EqualTo(tokens));

    [TestCase("The quick brown fox jumps over the lazy dog. ")]
    [TestCase("Zwölf Boxkämpfer jagen Viktor quer über den Sylter Deich.\n")]
    [TestCase("    for (var i = 0; i < rows.Count; i++)\n        Write(rows[i]);\n")]
    [TestCase("我能吞下玻璃而不伤身体。")]
    public void The_count_of_a_long_text_is_within_one_percent(string sentence)
    {
        var text = string.Concat(Enumerable.Repeat(sentence, 500));
        var tokens = TiktokenTokenizer.CreateForModel("gpt-4o").CountTokens(text);

        Assert.That(_counter.Count(text), Is.EqualTo(tokens).Within(1).Percent);
    }

    [TestCase("漢")]
    [TestCase("x")]
    [TestCase(" ")]
    [TestCase("😀")]
    public async Task A_quarter_million_characters_without_a_break_are_counted(string repeated)
    {
        // In one piece, a quarter of a million ideographs would take minutes.
        var run = string.Concat(Enumerable.Repeat(repeated, 250_000));
        var count = await Task.Run(() => _counter.Count(run)).WaitAsync(TestContext.CurrentContext.CancellationToken);

        Assert.That(count, Is.InRange(1_000, 750_000));
    }
}

using ChatStream.Web.Conversations;
using Microsoft.ML.Tokenizers;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

[CancelAfter(30_000)]
internal sealed class TokenCounterTests
{
    private readonly TokenCounter _counter = new();

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

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

    [TestCase("The quick brown fox jumps over the lazy dog. ", 1)]
    [TestCase("The quick brown fox jumps over the lazy dog. ", 2_000)]
    [TestCase("我能吞下玻璃而不伤身体。", 2_000)]
    [TestCase("😀", 5_000)]
    public async Task Counted_in_slices_a_text_has_the_same_tokens(string sentence, int times)
    {
        var text = string.Concat(Enumerable.Repeat(sentence, times));
        var count = _counter.Count(text);

        Assert.That(await _counter.CountAsync(text, count, Token), Is.EqualTo(count));
        Assert.That(await _counter.CountAsync(text, count - 1, Token), Is.Null);
    }

    [Test]
    public async Task Counting_a_long_text_lets_others_have_the_thread()
    {
        // One thread, which takes turns: one slice, then the other task.
        var thread = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        var text = string.Concat(Enumerable.Repeat("我能吞下玻璃而不伤身体。", 20_000));
        async Task<(int? Count, int Turns)> CountAsync()
        {
            var counting = _counter.CountAsync(text, long.MaxValue, Token);
            var turns = 0;
            for (; !counting.IsCompleted; turns++)
                await Task.Yield();
            return (await counting, turns);
        }

        var (count, turns) = await Task.Factory.StartNew(CountAsync, Token, TaskCreationOptions.None, thread).Unwrap();

        Assert.That(turns, Is.GreaterThan(100));
        Assert.That(count, Is.GreaterThan(100_000));
    }

    [Test]
    public async Task A_client_that_leaves_is_not_counted_for()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();

        Assert.That(
            async () => await _counter.CountAsync(new string('x', 100_000), long.MaxValue, gone.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(await _counter.CountAsync(new string('x', 100_000), long.MaxValue, Token), Is.GreaterThan(1_000));
    }

    [Test]
    public void The_longest_token_is_a_run_of_128_spaces()
    {
        var table = TiktokenTokenizer.CreateForModel("gpt-4o");

        Assert.That(table.CountTokens(new string(' ', TokenCounter.LongestToken)), Is.EqualTo(1));
        Assert.That(table.CountTokens(new string(' ', TokenCounter.LongestToken + 1)), Is.EqualTo(2));
    }
}

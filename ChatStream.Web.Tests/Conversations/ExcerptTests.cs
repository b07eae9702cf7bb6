using ChatStream.Web.Conversations;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

/// <summary>Which piece of a text a search shows, and what is marked in it.</summary>
internal sealed class ExcerptTests
{
    [TestCase("The rate limiter waits.", "lim", "The rate [lim]iter waits.")]
    [TestCase("The rate limiter waits.", "RATE limiter", "The [rate] [limiter] waits.")]
    [TestCase("One.\n\n- Two  lines\n\n\there", "here", "[here]")]
    [TestCase("One.\n\n- Two  lines\n  of it", "two", "- [Two] lines of it")]
    [TestCase("It costs 3.14 dollars. So what?", "so", "[So] what?")]
    [TestCase("Un cafe\u0301s cre\u0300me", "cafe creme", "Un [cafe\u0301]s [cre\u0300me]")]
    [TestCase("Die Straße ist groß.", "STRASSE gros", "Die [Straße] ist [groß].")]
    [TestCase("我们讨论机器学习与深度学习的限制。人工智能", "深度学习", "我们讨论机器学习与[深度学习]的限制。人工智能")]
    [TestCase("机器学习与深度", "深度学习", "机器[学习]与[深度]")]
    [TestCase("学习。然后深度学习", "深度学习", "然后[深度学习]")]
    [TestCase("第一句。我们讨论机器学习。", "机", "我们讨论[机]器学习。")]
    [TestCase("東京タワーはとても高い。ｶﾞﾗｽ", "ガラス", "[ｶﾞﾗｽ]")]
    [TestCase("a 𠮷野家 b", "𠮷野", "a [𠮷野]家 b")]
    [TestCase("nothing of it", "zebra", "nothing of it")]
    [TestCase("", "zebra", "")]
    [TestCase("   \n", "zebra", "")]
    public void The_sentence_with_the_words_is_shown(string text, string query, string expected) =>
        Assert.That(Show(text, query), Is.EqualTo(expected));

    [Test]
    public void A_long_sentence_is_cut_between_words_on_both_sides()
    {
        var words = string.Join(' ', Enumerable.Range(100, 200));

        var shown = Show($"{words} zebra {words}", "zebra");

        Assert.That(shown, Does.StartWith("…288 ").And.Contains(" 299 [zebra] 100 ").And.EndsWith("…"));
        Assert.That(shown, Has.Length.InRange(140, 170));
        Assert.That(shown.Trim('…').Split(' ').Where(word => word.Length != 3), Is.EqualTo(new[] { "[zebra]" }));
    }

    [Test]
    public void The_place_that_has_the_most_words_is_shown()
    {
        var filler = string.Concat(Enumerable.Repeat("and so on ", 40));

        var shown = Show($"A zebra. {filler}A zebra and a lion. {filler}", "lion zebra");

        Assert.That(shown, Does.Contain("A [zebra] and a [lion]."));
    }

    [Test]
    public void A_text_without_blanks_is_cut_between_characters()
    {
        var rare = string.Concat(Enumerable.Repeat("𠮷", 300));

        var shown = Show($"{rare}野{rare}", "野");

        Assert.That(shown, Does.Contain("𠮷[野]𠮷"));
        Assert.That(shown.EnumerateRunes().Any(rune => rune.Value == 0xFFFD), Is.False, "no half a character");
    }

    [Test]
    public void A_search_in_a_long_text_without_the_words_ends_soon()
    {
        var text = string.Concat(Enumerable.Repeat("zebr a\u0301\u0323 机器 ", 20_000));
        var least = long.MaxValue;

        // Slow code is slow each time, a busy machine is not.
        for (var n = 0; n < 5 && least >= 2_000; n++)
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            Assert.That(Show(text, "zebra 器机"), Does.StartWith("zebr"));
            least = Math.Min(least, clock.ElapsedMilliseconds);
        }
        Assert.That(least, Is.LessThan(2_000));
    }

    private static string Show(string text, string query) => string.Concat(
        Excerpt.Of(text, SearchTerms.OfQuery(query)).Select(part => part.Match == true ? $"[{part.Text}]" : part.Text));
}

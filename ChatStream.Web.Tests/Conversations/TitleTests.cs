using System.Globalization;
using System.Text;
using ChatStream.Web.Conversations;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

internal sealed class TitleTests
{
    [TestCase("Hello", "Hello")]
    [TestCase("", "")]
    [TestCase("  Say \n\n hello\t\u00a0 twice\u2028now ", "Say hello twice now")]
    [
        TestCase(
            "12345678 12345678 12345678 12345678 12345678 12345678 123456",
            "12345678 12345678 12345678 12345678 12345678 12345678 123456")]
    [
        TestCase(
            "12345678 12345678 12345678 12345678 12345678 12345678 1234567",
            "12345678 12345678 12345678 12345678 12345678 12345678…")]
    [TestCase("\u200b\u3164 \u2800Hello", "Hello")]
    [TestCase("\u202e\u2067 txt", "txt")]
    [TestCase("👩‍👩‍👧", "👩‍👩‍👧")]
    public void A_title_is_a_messages_first_words_on_one_line(string message, string title) =>
        Assert.That(Titles.FirstWords(message), Is.EqualTo(title));

    [Test]
    public void A_text_without_a_visible_character_shows_nothing()
    {
        // One of each range, and what is drawn as nothing without being white space for Unicode.
        const string Invisible = " \t\n\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u180b\u200b\u200d\u200e\u2028\u202e\u2060\u2064"
            + "\u2069\u206f\u2800\u3000\u3164\ufe0f\ufeff\uffa0\ufff9\U000e0001\U000e0100\U0001d173\u0000\u001f\u0085";

        foreach (var character in Invisible.EnumerateRunes())
            Assert.That(VisibleText.IsIn(character.ToString()), Is.False, $"U+{character.Value:X4}");
        Assert.That(Titles.FirstWords(Invisible), Is.Empty);
        foreach (var visible in new[] { "a", "漢", "😀", "\u0301", "\u0600", "☑", "." })
            Assert.That(VisibleText.IsIn(Invisible + visible), Is.True, visible);
    }

    [Test]
    public void A_word_longer_than_the_title_is_cut() =>
        Assert.That(Titles.FirstWords(new string('x', 61)), Is.EqualTo(new string('x', 59) + "…"));

    [TestCase("😀", 59)]
    [TestCase("👩‍👩‍👧", 24)]
    [TestCase("e\u0301", 59)]
    [TestCase("漢", 59)]
    public void Nothing_is_cut_inside_a_character(string character, int kept)
    {
        var title = Titles.FirstWords(string.Concat(Enumerable.Repeat(character, 100)));

        Assert.That(title, Is.EqualTo(string.Concat(Enumerable.Repeat(character, kept)) + "…"));
        Assert.That(new StringInfo(title).LengthInTextElements, Is.EqualTo(kept + 1));
    }

    [TestCase("👩‍👩‍👧", 25)]
    [TestCase("e\u0301\u0302\u0303\u0304\u0305", 40)]
    public void A_title_of_few_long_characters_is_bounded(string character, int count)
    {
        var message = string.Concat(Enumerable.Repeat(character, count));

        Assert.That(Titles.FirstWords(message), message.Length <= 200
            ? Is.EqualTo(message) : Has.Length.LessThanOrEqualTo(200).And.EndsWith(character + "…"));
    }

    [TestCase("e", "\u0301")]
    [TestCase("😀", "\u200D😀")]
    [TestCase("", "\u0301")]
    public void A_single_character_longer_than_a_title_is_cut(string character, string mark)
    {
        var title = Titles.FirstWords(character + string.Concat(Enumerable.Repeat(mark, 30_000)));

        Assert.That(title, Has.Length.InRange(199, 200));
        Assert.That(title.StartsWith(character, StringComparison.Ordinal) && title.EndsWith('…'), title);
        Assert.That(title.EnumerateRunes(), Has.None.EqualTo(Rune.ReplacementChar), "no half of a surrogate pair");
    }
}

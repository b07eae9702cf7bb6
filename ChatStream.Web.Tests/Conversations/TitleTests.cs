using System.Globalization;
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
    public void A_title_is_a_messages_first_words_on_one_line(string message, string title) =>
        Assert.That(Titles.FirstWords(message), Is.EqualTo(title));

    [Test]
    public void A_word_longer_than_the_title_is_cut() =>
        Assert.That(Titles.FirstWords(new string('x', 61)), Is.EqualTo(new string('x', 59) + "…"));

    [TestCase("😀")]
    [TestCase("👩‍👩‍👧")]
    [TestCase("e\u0301")]
    [TestCase("漢")]
    public void Nothing_is_cut_inside_a_character(string character)
    {
        var title = Titles.FirstWords(string.Concat(Enumerable.Repeat(character, 100)));

        Assert.That(title, Is.EqualTo(string.Concat(Enumerable.Repeat(character, 59)) + "…"));
        Assert.That(new StringInfo(title).LengthInTextElements, Is.EqualTo(60));
    }
}

using ChatStream.Web.Contract;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Contract;

internal sealed class FrameIdTests
{
    private const string G = "Ab3_-5678901234z";

    [TestCase(0, false, $"{G}.0")]
    [TestCase(7, false, $"{G}.7")]
    [TestCase(10, false, $"{G}.10")]
    [TestCase(int.MaxValue, false, $"{G}.2147483647")]
    [TestCase(0, true, $"{G}.s0")]
    [TestCase(2, true, $"{G}.s2")]
    public void An_id_is_written_and_read_back(int number, bool ofStoredAnswer, string text)
    {
        var id = new FrameId(G, number, ofStoredAnswer);

        Assert.That(id.ToString(), Is.EqualTo(text));
        Assert.That(FrameId.TryParse(text, out var read), Is.True);
        Assert.That(read, Is.EqualTo(id));
    }

    private static IEnumerable<TestCaseData> Malformed()
    {
        (string Name, string? Text)[] forms =
        [
            ("none", null),
            ("empty", ""),
            ("no dot", G),
            ("no number", $"{G}."),
            ("a mark without a number", $"{G}.s"),
            ("no generation", ".0"),
            ("a short generation", $"{G[1..]}.0"),
            ("a long generation", $"{G}a.0"),
            ("a plus in the generation", $"+{G[1..]}.0"),
            ("a slash in the generation", $"/{G[1..]}.0"),
            ("padding in the generation", $"{G[..15]}=.0"),
            ("a letter beyond ASCII in the generation", $"é{G[1..]}.0"),
            ("a comma for the dot", $"{G},0"),
            ("two dots", $"{G}..0"),
            ("a fraction", $"{G}.1.2"),
            ("a letter", $"{G}.x"),
            ("a hexadecimal number", $"{G}.a1"),
            ("minus", $"{G}.-1"),
            ("plus", $"{G}.+1"),
            ("a leading zero", $"{G}.01"),
            ("two zeros", $"{G}.00"),
            ("a leading zero after the mark", $"{G}.s01"),
            ("a capital mark", $"{G}.S1"),
            ("two marks", $"{G}.ss1"),
            ("a mark and a minus", $"{G}.s-1"),
            ("a space before", $" {G}.1"),
            ("a space behind", $"{G}.1 "),
            ("a space before the number", $"{G}. 1"),
            ("a line end", $"{G}.1\n"),
            ("NUL behind", $"{G}.1\0"),
            ("NUL only", $"{G}.\0"),
            ("a thousands separator", $"{G}.1,000"),
            ("an Arabic digit", $"{G}.\u0661"),
            ("a fullwidth digit", $"{G}.\uFF11"),
            ("one more than an int holds", $"{G}.2147483648"),
            ("far more than an int holds", $"{G}.99999999999999999999"),
        ];
        return forms.Select(form => new TestCaseData(form.Text).SetArgDisplayNames(form.Name));
    }

    [TestCaseSource(nameof(Malformed))]
    public void A_malformed_text_is_not_an_id(string? text) => Assert.That(FrameId.TryParse(text, out _), Is.False);
}

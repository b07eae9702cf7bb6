using ChatStream.Web.Views.Page;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Views.Page;

public class InitialsTests
{
    [TestCase("Ann Example", ExpectedResult = "AE")]
    [TestCase("ann maria example", ExpectedResult = "AE")]
    [TestCase("Ann", ExpectedResult = "A")]
    [TestCase("ann@example.com", ExpectedResult = "A")]
    [TestCase("  ", ExpectedResult = "")]
    [TestCase("王小明", ExpectedResult = "王")]
    [TestCase("e\u0301va", ExpectedResult = "E\u0301")]
    [TestCase("\U00020000 \U00010428", ExpectedResult = "\U00020000\U00010400")]
    [TestCase("<script>alert(1)</script>", ExpectedResult = "S")]
    [TestCase("\u202Eevil\u2066 \u0007\u001b[31m", ExpectedResult = "E3")]
    [TestCase("\ud800\u200b \ufeff", ExpectedResult = "")]
    public string They_are_letters_or_digits_whatever_the_name(string name) => Initials.Of(name);
}

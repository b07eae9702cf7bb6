using ChatStream.Web.Hosting;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Hosting;

/// <summary>What others have sent cannot begin a line of the log, nor steer the terminal that shows it.</summary>
internal sealed class LogFieldsTests
{
    [TestCase("plain, with ümlauts, 你好 and 🎉", "plain, with ümlauts, 你好 and 🎉")]
    [TestCase("one\r\ntwo\tthree", "one\\u000d\\u000atwo\\u0009three")]
    [TestCase("\u001b[31mred\u0000\u007f\u0085\u009b", "\\u001b[31mred\\u0000\\u007f\\u0085\\u009b")]
    [TestCase("a\u2028b\u2029c\u202ed\u2066e", "a\\u2028b\\u2029c\\u202ed\\u2066e")]
    public void Control_characters_are_written_as_numbers(string text, string safe) =>
        Assert.That(LogFields.Escape(text), Is.EqualTo(safe));

    [Test]
    public void The_message_of_an_exception_is_one_line_and_its_stack_keeps_its_lines()
    {
        var fault = Thrown(new InvalidOperationException("outer\nFORGED", new FormatException("inner\u001b[1m")));

        var lines = LogFields.Of(fault).Split('\n');

        Assert.That(lines, Has.Some.EqualTo("System.InvalidOperationException: outer\\u000aFORGED"));
        Assert.That(lines, Has.Some.EqualTo(" ---> System.FormatException: inner\\u001b[1m"));
        Assert.That(lines, Has.Some.Contains(nameof(Thrown)));
        Assert.That(LogFields.Of(fault: null), Is.Empty);
    }

    private static Exception Thrown(Exception fault)
    {
        try
        {
            throw fault;
        }
        catch (Exception thrown)
        {
            return thrown;
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using ChatStream.Web.Tools.Own;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Tools;

internal sealed class ExpressionTests
{
    [TestCase("6*7", "42")]
    [TestCase(" 1 + 2 * 3 ", "7")]
    [TestCase("(1+2)*3", "9")]
    [TestCase("-2^2", "-4")]
    [TestCase("2^3^2", "512")]
    [TestCase("2^-2", "0.25")]
    [TestCase("--3", "3")]
    [TestCase("7%4", "3")]
    [TestCase("0.1+0.2", "0.3")]
    [TestCase("10/4", "2.5")]
    [TestCase("sqrt(2)", "1.4142135623730950488016887242")]
    [TestCase("round(10/3, 2)", "3.33")]
    [TestCase("round(2.5)", "3")]
    [TestCase("max(1, min(5, 3))", "3")]
    [TestCase("ABS(-4)", "4")]
    [TestCase("6×7−2", "40")]
    public void It_has_a_value(string text, string value) =>
        Assert.That(Expression.ValueOf(text), Is.EqualTo(decimal.Parse(value, CultureInfo.InvariantCulture)));

    [TestCase("", "The expression ends too soon.")]
    [TestCase("1+", "The expression ends too soon.")]
    [TestCase("1 2", "The expression is not understood from character 3 on.")]
    [TestCase("(1", "The expression ends too soon.")]
    [TestCase("1.2.3", "'1.2.3' is no number, or too large.")]
    [TestCase("99999999999999999999999999999", "'99999999999999999999999999999' is no number, or too large.")]
    [TestCase("1/0", "Something is divided by zero.")]
    [TestCase("1%0", "Something is divided by zero.")]
    [TestCase("10^29", "The value is too large.")]
    [TestCase("2^0.5", "A power must be a whole number up to 1000.")]
    [TestCase("9^99999", "A power must be a whole number up to 1000.")]
    [TestCase("sqrt(-1)", "A negative number has no square root.")]
    [TestCase("system(1)", "There is no function 'system' with these arguments.")]
    [TestCase("sqrt", "The expression ends too soon.")]
    [TestCase("x=1", "The expression is not understood from character 2 on.")]
    public void It_says_why_it_has_none(string text, string words) =>
        Assert.That(() => Expression.ValueOf(text), Throws.ArgumentException.With.Message.EqualTo(words));

    [Test]
    public void It_is_bounded_in_length_depth_and_time()
    {
        var least = long.MaxValue;
        // Slow code is slow each time, a busy machine is not.
        for (var n = 0; n < 5 && least >= 1_000; n++)
        {
            var watch = Stopwatch.StartNew();
            Assert.That(() => Expression.ValueOf(new string('1', 501)), Throws.ArgumentException);
            Assert.That(() => Expression.ValueOf(new string('(', 250) + "1" + new string(')', 249)), Throws.ArgumentException);
            Assert.That(() => Expression.ValueOf(string.Join('^', Enumerable.Repeat("1", 200))), Throws.ArgumentException);
            Assert.That(Expression.ValueOf(new string('-', 499) + "1"), Is.EqualTo(-1));
            Assert.That(Expression.ValueOf(string.Join('+', Enumerable.Repeat("1^1000", 70))), Is.EqualTo(70));
            least = Math.Min(least, watch.ElapsedMilliseconds);
        }
        Assert.That(least, Is.LessThan(1_000));
    }
}

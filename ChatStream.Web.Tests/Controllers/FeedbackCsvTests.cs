using ChatStream.Web.Controllers;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Controllers;

internal sealed class FeedbackCsvTests
{
    [TestCase("=cmd|' /C calc'!A1", "\"'=cmd|' /C calc'!A1\"")]
    [TestCase("+1", "\"'+1\"")]
    [TestCase("-1", "\"'-1\"")]
    [TestCase("@SUM(A1)", "\"'@SUM(A1)\"")]
    [TestCase("\t=1", "\"'\t=1\"")]
    [TestCase("\r=1", "\"'\r=1\"")]
    [TestCase("  =1", "\"'  =1\"")]
    [TestCase("\uff1d1+1", "\"'\uff1d1+1\"", TestName = "A fullwidth sign")]
    [TestCase("a, \"b\"\n=c", "\"a, \"\"b\"\"\n=c\"")]
    [TestCase("", "")]
    [TestCase(null, "")]
    public void No_value_begins_a_formula(string? text, string expected) =>
        Assert.That(FeedbackCsv.Value(text), Is.EqualTo(expected));
}

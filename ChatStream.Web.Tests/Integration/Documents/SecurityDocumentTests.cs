using System.Reflection;
using System.Text.RegularExpressions;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Documents;

/// <summary>Each threat that the document names has a test that shows how it is stopped.</summary>
internal sealed partial class SecurityDocumentTests
{
    private const string Namespace = "ChatStream.Web.Tests";

    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md"));

    private static IEnumerable<string> Named() => Test().Matches(Text).Select(name => name.Groups[1].Value).Distinct();

    [TestCaseSource(nameof(Named))]
    public void A_named_test_exists(string name)
    {
        var dot = name.LastIndexOf('.');
        var type = Assembly.GetExecutingAssembly().GetType($"{Namespace}.{name[..dot]}");
        Assert.That(type, Is.Not.Null, name);
        var method = type!.GetMethods().SingleOrDefault(method => method.Name == name[(dot + 1)..]);
        Assert.That(method, Is.Not.Null, name);
        Assert.That(
            method!.GetCustomAttributes().Select(attribute => attribute.GetType().Name),
            Has.Some.StartsWith("Test").Or.Some.EqualTo("TheoryAttribute"), name);
    }

    [Test]
    public void Each_row_names_a_test()
    {
        var rows = Text.Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Where(line => !line.StartsWith("| what |", StringComparison.Ordinal))
            .ToList();

        Assert.That(rows, Has.Count.GreaterThan(20));
        Assert.That(rows.Where(row => !Test().IsMatch(row.Split('|')[^2])), Is.Empty);
    }

    [GeneratedRegex(@"`((?:[A-Z]\w*\.)+[A-Z]\w*_\w+)`")]
    private static partial Regex Test();
}

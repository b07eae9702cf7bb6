using System.Text;
using System.Text.RegularExpressions;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Golden;

/// <summary>
/// What one test has seen on the wire, and the committed file that says what it is to see. With <c>UPDATE_GOLDEN=1</c> in the
/// environment, the file is written instead.
/// </summary>
internal sealed partial class GoldenFile(string name)
{
    private readonly StringBuilder _seen = new();

    public static string Folder { get; } = Path.Combine(Repository.Tests, "Integration", "Golden", "Files");

    public static bool IsUpdating => Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1";

    public GoldenIds Ids { get; } = new();

    /// <summary>The file of a test: <c>GoldenPageTests.Form(no text)</c> has <c>page.form.no-text.txt</c>.</summary>
    public static string NameOf(string className, string testName)
    {
        var area = className.Split('.')[^1]["Golden".Length..^"Tests".Length];
        var parts = testName.TrimEnd(')').Split('(', 2).Select(part => NoLetter().Replace(part, "-").Trim('-'));
        return $"{string.Join('.', [area, .. parts])}.txt".ToLowerInvariant();
    }

    /// <summary>Adds a request and its response, all but <c>Date</c>.</summary>
    public void Add(GoldenExchange exchange)
    {
        _seen.Append("----- request -----\n").Append(exchange.Request);
        var head = exchange.Head.Where(line => !line.StartsWith("Date: ", StringComparison.Ordinal));
        _seen.Append("----- response -----\n").Append(Ids.Hide($"{string.Join('\n', head)}\n\n{exchange.Body}"));
        _seen.Append("\n----- end -----\n");
    }

    /// <summary>Fails the test where the file differs, with the first line that does.</summary>
    public void Check()
    {
        var path = Path.Combine(Folder, name);
        var seen = _seen.ToString();
        if (IsUpdating)
            File.WriteAllText(path, seen);
        else if (!File.Exists(path))
            Assert.Fail($"There is no {name} yet. UPDATE_GOLDEN=1 writes it:\n{seen}");
        else if (File.ReadAllText(path) is var golden && golden != seen)
            Assert.Fail(Difference(golden.Split('\n'), seen.Split('\n')));
    }

    private string Difference(string[] golden, string[] seen)
    {
        var line = golden.Zip(seen).TakeWhile(pair => pair.First == pair.Second).Count();
        var before = golden[Math.Max(0, line - 5)..line].Select(text => $"           {text}\n");
        return $"{name} differs from line {line + 1} on. UPDATE_GOLDEN=1 writes it anew.\n{string.Concat(before)}"
            + $"  expected {golden.ElementAtOrDefault(line) ?? "(the end)"}\n"
            + $"  but was  {seen.ElementAtOrDefault(line) ?? "(the end)"}\n";
    }

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex NoLetter();
}

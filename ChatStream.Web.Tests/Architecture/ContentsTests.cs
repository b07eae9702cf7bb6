using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Architecture;

/// <summary>Where a document begins with a list of its chapters, the list has all of them.</summary>
internal sealed class ContentsTests
{
    private const string Chapter = "## ";

    private static IEnumerable<string> Documents() => Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md")
        .Where(file => Head(File.ReadAllLines(file)).Contains("](#", StringComparison.Ordinal))
        .Select(file => Path.GetFileName(file)!);

    [TestCaseSource(nameof(Documents))]
    public void Each_chapter_is_in_the_list(string document)
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs", document));
        var head = Head(lines);

        Assert.That(
            lines.Where(line => line.StartsWith(Chapter, StringComparison.Ordinal)).Select(line => line[Chapter.Length..])
                .Where(chapter => !head.Contains($"](#{AnchorOf(chapter)})", StringComparison.Ordinal)),
            Is.Empty);
    }

    private static string Head(IEnumerable<string> lines) =>
        string.Join('\n', lines.TakeWhile(line => !line.StartsWith(Chapter, StringComparison.Ordinal)));

    /// <summary>As GitHub makes it: letters, digits and hyphens, in small letters.</summary>
    private static string AnchorOf(string chapter) => string.Concat(chapter.ToLowerInvariant()
        .Select(letter => letter == ' ' ? '-' : letter)
        .Where(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_'));
}

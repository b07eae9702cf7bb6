using System.Diagnostics;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Architecture;

/// <summary>The lines of our own files have at most 130 columns, as <c>.editorconfig</c> says.</summary>
internal sealed class LineLengthTests
{
    private const int Longest = 130;

    private static readonly string[] Extensions = [".cs", ".ts", ".mjs", ".css", ".cshtml", ".md"];

    [Test]
    public void No_line_is_longer_than_130_columns()
    {
        var tooLong = Files().SelectMany(TooLong).ToList();

        Assert.That(tooLong, Is.Empty);
    }

    private static IEnumerable<string> Files()
    {
        var (files, exitCode) = RealProcess.Run(
            new ProcessStartInfo("git", ["ls-files", "--cached", "--others", "--exclude-standard"])
            {
                WorkingDirectory = Repository.Root,
            });
        Assert.That(exitCode, Is.Zero, files);
        return files.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(file => Extensions.Contains(Path.GetExtension(file)))
            // Migrations are generated.
            .Where(file => !file.Contains("/Migrations/", StringComparison.Ordinal))
            .Where(file => File.Exists(Path.Combine(Repository.Root, file)));
    }

    private static IEnumerable<string> TooLong(string file)
    {
        var isVerbatim = false;
        var number = 0;
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, file)))
        {
            number++;
            var wasVerbatim = isVerbatim;
            isVerbatim ^= IsSwitch(file, line);
            if (line.Length > Longest && !IsExempt(file, line, isVerbatim || wasVerbatim))
                yield return $"{file}:{number} has {line.Length} columns";
        }
    }

    // Raw string literals hold exact JSON, SQL and script, and code blocks in Markdown exact commands and output.
    private static bool IsSwitch(string file, string line) => Path.GetExtension(file) switch
    {
        ".cs" => line.Split("\"\"\"").Length % 2 == 0,
        ".md" => line.TrimStart().StartsWith("```", StringComparison.Ordinal),
        _ => false,
    };

    // Neither a raw string on one line, nor a row of a table, nor an address can be broken.
    private static bool IsExempt(string file, string line, bool isVerbatim) =>
        isVerbatim
        || (file.EndsWith(".cs", StringComparison.Ordinal) && line.Contains("\"\"\"", StringComparison.Ordinal))
        || (file.EndsWith(".md", StringComparison.Ordinal) && line.TrimStart().StartsWith('|'))
        || line.TrimStart().Split(' ').Any(word => word.Length > Longest - 30 && word.Contains("://", StringComparison.Ordinal));
}

using System.Text.RegularExpressions;
using ChatStream.Web.Tests.Infrastructure;

namespace ChatStream.Web.Tests.Integration.Documents;

/// <summary>The lines of <c>docs/operations.md</c>, as they stand there.</summary>
internal static partial class OperationsLines
{
    /// <summary>The blocks of code below a heading. Of a backup and a restore: SQLite's, then PostgreSQL's.</summary>
    public static List<string> Below(string heading)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));
        var section = text.Split($"\n### {heading}\n")[1].Split("\n##")[0];
        return [.. Block().Matches(section).Select(block => block.Groups[1].Value)];
    }

    [GeneratedRegex(@"```sh\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Block();
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace ChatStream.Web.Tests.Integration.Chaos;

/// <summary>A commit that a process reported at log level Debug.</summary>
internal sealed partial record Commit(string GenerationId, int Characters, DateTimeOffset Time)
{
    public const string Line = "Committed: ";

    public static ILookup<string, Commit> ReadAll(string output) => Lines().Matches(output)
        .Select(match => new Commit(match.Groups["id"].Value,
            int.Parse(match.Groups["characters"].Value, CultureInfo.InvariantCulture),
            DateTimeOffset.Parse(match.Groups["time"].Value, CultureInfo.InvariantCulture)))
        .ToLookup(commit => commit.GenerationId);

    [
        GeneratedRegex(
            @"^(?<time>\S+Z) .* Committed: (?<id>\S{16}) up to character (?<characters>\d+)\.\r?$", RegexOptions.Multiline)]
    private static partial Regex Lines();
}

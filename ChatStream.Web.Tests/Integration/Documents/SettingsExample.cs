using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace ChatStream.Web.Tests.Integration.Documents;

/// <summary>An example of settings in a document: a block of JSON, or of a shell with <c>export</c> lines.</summary>
/// <param name="Line">Where it begins.</param>
/// <param name="Heading">What it stands under.</param>
/// <param name="Settings">What it sets, by key.</param>
internal sealed partial record SettingsExample(int Line, string Heading, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>The last words of all keys, such as <c>Endpoint</c>, and of lists the name of the list.</summary>
    public IEnumerable<string> Names =>
        Settings.Keys.Select(key => key.Split(':').Last(word => !int.TryParse(word, out _)));

    public override string ToString() => $"line {Line}, {Heading}";

    /// <summary>All blocks of a document that set something.</summary>
    public static IEnumerable<SettingsExample> In(string file)
    {
        var (heading, language, begun) = ("", (string?)null, 0);
        var block = new StringBuilder();
        foreach (var (index, line) in File.ReadAllLines(file).Index())
        {
            if (language is null && line.StartsWith('#'))
                heading = line.TrimStart('#', ' ');
            else if (line.TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                if (language is not null && SettingsOf(language, block.ToString()) is { Count: > 0 } settings)
                    yield return new(begun, heading, settings);
                (language, begun) = language is null ? (line.Trim()[3..], index + 1) : (null, 0);
                block.Clear();
            }
            else if (language is not null)
                block.AppendLine(line.Trim());
        }
    }

    private static Dictionary<string, string> SettingsOf(string language, string block) => language switch
    {
        "json" => new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(block))).Build().AsEnumerable()
            .Where(setting => setting.Value is not null).ToDictionary(setting => setting.Key, setting => setting.Value!),
        "sh" => Exported().Matches(block).SelectMany(line => Assigned().Matches(line.Value)).ToDictionary(
            assigned => assigned.Groups["key"].Value.Replace("__", ":", StringComparison.Ordinal),
            assigned => assigned.Groups["value"].Value.Trim('\'')),
        _ => [],
    };

    [GeneratedRegex("^export .*$", RegexOptions.Multiline)]
    private static partial Regex Exported();

    [GeneratedRegex(@"(?<key>\w+__\w+)=(?<value>'[^']*'|\S+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Assigned();
}

using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace ChatStream.Web.Providers.Deployments;

/// <summary>
/// What a model's name tells of what it takes, by Microsoft's and the makers' documentation. It saves refusals that would come
/// one after another. A name that is not known tells nothing.
/// </summary>
internal static partial class KnownModels
{
    // Later versions of a family are not listed: they may take more.
    private static readonly (string Name, string[] Efforts)[] ByEffort =
    [
        ("o3-mini", ["low", "medium", "high"]),
        ("o4-mini", ["low", "medium", "high"]),
        ("gpt-5", ["minimal", "low", "medium", "high"]),
        ("gpt-5-mini", ["minimal", "low", "medium", "high"]),
        ("gpt-5-nano", ["minimal", "low", "medium", "high"]),
        ("gpt-5-chat", []),
        ("gpt-5-pro", ["high"]),
        ("gpt-5-codex", ["low", "medium", "high"]),
        ("gpt-5.1", ["none", "low", "medium", "high"]),
        ("gpt-5.1-codex", []),
        ("gpt-5.1-codex-max", ["none", "low", "medium", "high", "xhigh"]),
        ("gpt-5.4", ["none", "low", "medium", "high", "xhigh"]),
        ("gpt-5.4-pro", []),
    ];

    // Their servers name what they do not take one by one, or only what the request at hand has.
    private static readonly (string Name, string[] Members)[] ByRefusal =
    [
        ("gpt-4o", [Member.Effort, Member.Summary, Member.EncryptedReasoning]),
        ("gpt-4.1", [Member.Effort, Member.Summary, Member.EncryptedReasoning]),
        ("DeepSeek", [Member.MaxCompletionTokens, Member.Effort, Member.Verbosity]),
        ("Mistral", [Member.StreamOptions, Member.MaxCompletionTokens, Member.Effort, Member.Verbosity, Member.CacheKey]),
    ];

    /// <summary>The efforts that a model takes; empty: not known.</summary>
    /// <param name="name">Of a deployment or a model.</param>
    public static ImmutableArray<string> EffortsOf(string name) =>
        [.. ByEffort.Where(known => IsIn(known.Name, name)).OrderByDescending(known => known.Name.Length)
            .Select(known => known.Efforts).FirstOrDefault([])];

    /// <summary>The efforts that the model takes which a text names; empty: not known.</summary>
    public static ImmutableArray<string> EffortsOfModelIn(string? text) => ModelName().Matches(text ?? "")
        .Select(name => EffortsOf(name.Value)).FirstOrDefault(efforts => !efforts.IsEmpty, []);

    /// <summary>
    /// The names of <see cref="Member"/> that a model does not take, where its server has refused one of them. Others of its name
    /// may take all.
    /// </summary>
    public static IEnumerable<string> RefusedTogether(string name) => ByRefusal
        .Where(known => name.StartsWith(known.Name, StringComparison.OrdinalIgnoreCase)).SelectMany(known => known.Members);

    // gpt-5.5 is no gpt-5.
    private static bool IsIn(string family, string name) =>
        name.StartsWith(family, StringComparison.OrdinalIgnoreCase)
        && (name.Length == family.Length || !(char.IsAsciiLetterOrDigit(name[family.Length]) || name[family.Length] == '.'));

    [GeneratedRegex(@"\b(gpt-|o\d)[\w-]*(\.\d[\w-]*)*", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex ModelName();
}

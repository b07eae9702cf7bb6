namespace ChatStream.Benchmarks.Load;

/// <summary>
/// The app as a target with environment variables, <c>ChatStream:NAME=VALUE;NAME=VALUE</c>, or another build of it,
/// <c>ChatStream:APP=FOLDER</c>.
/// </summary>
internal static class Variant
{
    private const string Prefix = LoadRun.ChatStream + ":";
    private const string App = "APP";

    public static bool Is(string target) =>
        target.StartsWith(Prefix, StringComparison.Ordinal)
        && target[Prefix.Length..].Split(';').All(setting => setting.IndexOf('=') > 0);

    public static IEnumerable<(string Name, string Value)> SettingsOf(string target) =>
        Of(target).Where(pair => pair.Name != App);

    /// <summary>The folder of the published app that the target names; null: the one that the run is given.</summary>
    public static string? AppOf(string target) => Of(target).LastOrDefault(pair => pair.Name == App).Value;

    private static IEnumerable<(string Name, string Value)> Of(string target) =>
        !Is(target)
            ? []
            : target[Prefix.Length..].Split(';').Select(setting => setting.Split('=', 2)).Select(pair => (pair[0], pair[1]));
}

namespace ChatStream.Benchmarks.Load;

/// <summary>The app as a target with environment variables: <c>ChatStream:NAME=VALUE;NAME=VALUE</c>.</summary>
internal static class Variant
{
    private const string Prefix = LoadRun.ChatStream + ":";

    public static bool Is(string target) =>
        target.StartsWith(Prefix, StringComparison.Ordinal)
        && target[Prefix.Length..].Split(';').All(setting => setting.IndexOf('=') > 0);

    public static IEnumerable<(string Name, string Value)> SettingsOf(string target) =>
        !Is(target)
            ? []
            : target[Prefix.Length..].Split(';').Select(setting => setting.Split('=', 2)).Select(pair => (pair[0], pair[1]));
}

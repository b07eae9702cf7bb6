using System.Text.RegularExpressions;
using ChatStream.Web.Contract;
using ChatStream.Web.Settings;

namespace ChatStream.Web.Admin;

/// <summary>
/// The settings of the app's own sections, wherever they come from. What looks like a secret is not shown, and of an address only
/// what cannot hold one.
/// </summary>
internal sealed partial class SettingsInForce(IEnumerable<KnownSection> sections, IConfiguration settings)
{
    private const string Hidden = "•••";
    private const int Longest = 200;

    private static readonly string[] AtRoot = ["AllowedHosts", "PublicOrigin", "PathBase", "Proxies", "InstanceName"];

    public IReadOnlyList<SettingReport> All() =>
    [
        .. AtRoot.Concat(sections.Select(section => section.Name)).Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(settings.GetSection).SelectMany(Below)
            .OrderBy(setting => setting.Key, StringComparer.Ordinal),
    ];

    private static IEnumerable<SettingReport> Below(IConfigurationSection section)
    {
        if (section.Value is { Length: > 0 } value)
            yield return new SettingReport(section.Path, Shown(section, value));
        foreach (var setting in section.GetChildren().SelectMany(Below))
            yield return setting;
    }

    private static string Shown(IConfigurationSection section, string value)
    {
        if ((Secret().IsMatch(section.Key) && !bool.TryParse(value, out _)) || OfProgram().IsMatch(section.Path))
            return Hidden;
        if (Uri.TryCreate(value, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https"))
            return uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        return value.Length > Longest ? $"{value[..Longest]}…" : value;
    }

    // Keys of the connection strings are the databases' names.
    [GeneratedRegex("key$|secret|password|postgres|connection|credentials|bearer", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();

    // What a tool server is started with may be a secret under any name.
    [GeneratedRegex(":(Environment|Arguments):", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex OfProgram();
}

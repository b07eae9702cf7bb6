using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ChatStream.Web.Hosting;

/// <summary>How browsers reach this ChatStream.</summary>
internal sealed partial class SiteOptions
{
    /// <summary>
    /// The origin that browsers see, such as <c>https://chat.example.org</c>, if a proxy changes the host. Empty: the host of the
    /// request. It is kept as browsers write it in <c>Origin</c>.
    /// </summary>
    public string PublicOrigin { get; set; } = "";

    /// <summary>Rewrites an origin as browsers write it: in lower case, in ASCII, without the usual port.</summary>
    internal void Normalise()
    {
        if (!IsOrigin(PublicOrigin, out var origin))
            return;
        var host = origin.HostNameType == UriHostNameType.Dns ? origin.IdnHost.ToLowerInvariant() : origin.Host;
        PublicOrigin = origin.IsDefaultPort ? $"{origin.Scheme}://{host}" : $"{origin.Scheme}://{host}:{origin.Port}";
    }

    private static bool IsOrigin(string text, [NotNullWhen(true)] out Uri? origin) =>
        Uri.TryCreate(text, UriKind.Absolute, out origin)
        && origin is { Scheme: "http" or "https", PathAndQuery: "/", Fragment: "", UserInfo: "" };

    /// <summary>
    /// The path below which the site stands, such as <c>/chat</c>, if a proxy serves other things beside it. Empty: the whole
    /// host.
    /// </summary>
    public string PathBase { get; init; } = "";

    /// <summary>
    /// The host names that are answered, beside loopback, addresses and the host of <see cref="PublicOrigin"/>: separated by
    /// semicolons, without ports, <c>*.example.org</c> for all names below one. <c>*</c>: every name.
    /// </summary>
    public string AllowedHosts { get; init; } = "";

    /// <summary>
    /// The proxies in front, as addresses or networks. What they say in <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> is
    /// believed.
    /// </summary>
    public IReadOnlyList<string> Proxies { get; init; } = [];

    /// <summary>
    /// Tells this ChatStream's identity cookie from those of others on the same host. Empty: a name that is kept in the data
    /// folder.
    /// </summary>
    public string InstanceName { get; init; } = "";

    /// <summary>Whether <see cref="AllowedHosts"/> or <see cref="PublicOrigin"/> names the host.</summary>
    public bool Names(HostString host) => HostString.MatchesAny(HostNames.NameOf(host), [.. NamedHosts()]);

    private string[] AllowedNames =>
        AllowedHosts.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private IEnumerable<StringSegment> NamedHosts()
    {
        foreach (var name in AllowedNames)
            yield return HostString.FromUriComponent(name).Value; // with its letters, as ASP.NET Core reads the header
        if (PublicOrigin.Length > 0)
            yield return HostString.FromUriComponent(new Uri(PublicOrigin).IdnHost).Value;
    }

    internal static bool IsProxy(string entry) =>
        (IPNetwork.TryParse(entry, out _) || IPAddress.TryParse(entry, out _))
        // Both take "10" for 0.0.0.10.
        && (entry.Contains(':', StringComparison.Ordinal) || entry.Count(c => c == '.') == 3);

    [GeneratedRegex(@"^[A-Za-z0-9_-]{0,32}\z")]
    private static partial Regex CookieLetters();

    [GeneratedRegex(@"^((/[A-Za-z0-9._~-]+)*)\z", RegexOptions.ExplicitCapture)]
    private static partial Regex PathPattern();

    [GeneratedRegex(@"^(\*|(\*\.)?[^\s*:/\[\]]+)\z")]
    private static partial Regex HostPattern();

    internal sealed class Check : IValidateOptions<SiteOptions>
    {
        public ValidateOptionsResult Validate(string? name, SiteOptions options)
        {
            var faults = Faults(options).ToList();
            return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }

        private static IEnumerable<string> Faults(SiteOptions options)
        {
            if (options.PublicOrigin.Length > 0 && !IsOrigin(options.PublicOrigin, out _))
                yield return "PublicOrigin must be an origin such as https://chat.example.org, without a path.";
            if (!PathPattern().IsMatch(options.PathBase))
                yield return "PathBase must be a path such as /chat: a slash before each name, none at the end, and in the names "
                    + "only A-Z, a-z, 0-9, '.', '_', '~' and '-'.";
            foreach (var host in options.AllowedNames.Where(host => !HostPattern().IsMatch(host)))
                yield return $"AllowedHosts: '{host}' is not a host name such as chat.example.org or *.example.org, "
                    + "without a port.";
            for (var i = 0; i < options.Proxies.Count; i++)
            {
                if (!IsProxy(options.Proxies[i]))
                    yield return $"Proxies:{i}: '{options.Proxies[i]}' is neither an address such as 10.0.0.7 "
                        + "nor a network such as 10.0.0.0/8.";
            }
            if (!CookieLetters().IsMatch(options.InstanceName))
                yield return "InstanceName must have at most 32 letters of A-Z, a-z, 0-9, - and _.";
        }
    }
}

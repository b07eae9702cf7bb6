using System.Net;

namespace ChatStream.Web.Hosting;

/// <summary>What the <c>Host</c> header of a request names.</summary>
internal static class HostNames
{
    /// <summary>Whether it is a name or an address, and its port, if it has one, is a port.</summary>
    public static bool IsWellFormed(HostString host) => host.HasValue && ToUri(host) is not null;

    /// <summary>Whether the origin is the host's own. A port that the host leaves out is that of the origin's scheme.</summary>
    public static bool IsOrigin(HostString host, Uri origin) =>
        ToUri(host) is { } uri
        && uri.Host.Equals(origin.Host, StringComparison.OrdinalIgnoreCase)
        && origin.Port == (host.Port ?? (origin.Scheme == Uri.UriSchemeHttps ? 443 : 80));

    /// <summary>A name that means this machine to every browser. No other site can own it.</summary>
    public static bool IsLoopback(HostString host)
    {
        var name = NameOf(host);
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address));
    }

    public static bool IsAddress(HostString host) => IPAddress.TryParse(NameOf(host), out _);

    /// <summary>The name without a port, without brackets, and without the dot that may end it.</summary>
    public static string NameOf(HostString host)
    {
        var name = host.Host.Trim('[', ']');
        return name.EndsWith('.') ? name[..^1] : name;
    }

    private static Uri? ToUri(HostString host) =>
        Uri.TryCreate($"http://{host.Value}", UriKind.Absolute, out var uri) ? uri : null;
}

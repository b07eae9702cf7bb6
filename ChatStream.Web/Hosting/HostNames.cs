using System.Buffers;
using System.Globalization;
using System.Net;

namespace ChatStream.Web.Hosting;

/// <summary>What the <c>Host</c> header of a request names.</summary>
internal static class HostNames
{
    private static readonly SearchValues<char> PlainLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-.");

    /// <summary>Whether it is a name or an address, and its port, if it has one, is a port.</summary>
    public static bool IsWellFormed(HostString host) => host.HasValue && (IsPlain(host.Value) || ToUri(host) is not null);

    /// <summary>Whether the origin is the host's own. A port that the host leaves out is that of the origin's scheme.</summary>
    public static bool IsOrigin(HostString host, Uri origin) =>
        ToUri(host) is { } uri
        && uri.IdnHost.Equals(origin.IdnHost, StringComparison.OrdinalIgnoreCase)
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

    // Nearly every host is plain, and is known to be well-formed without an address being made of it.
    private static bool IsPlain(ReadOnlySpan<char> host)
    {
        var colon = host.IndexOf(':');
        var name = colon < 0 ? host : host[..colon];
        return name.Length is > 0 and < 64 && name[0] is not ('-' or '.') && !name.ContainsAnyExcept(PlainLetters)
            && !name.Contains("..", StringComparison.Ordinal)
            && (colon < 0 || ushort.TryParse(host[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out _));
    }

    private static Uri? ToUri(HostString host) =>
        Uri.TryCreate($"http://{host.Value}", UriKind.Absolute, out var uri) ? uri : null;
}

using System.Net;
using System.Net.Sockets;

namespace ChatStream.Web.Limits;

/// <summary>The address of a client, as the limits count it.</summary>
internal static class ClientAddress
{
    /// <summary>
    /// An IPv4 address, also where it is mapped into IPv6, or the /64 network of an IPv6 address: one customer has all of that.
    /// A client without an address, such as one on a Unix socket, shares a name with all others of its kind.
    /// </summary>
    public static string Of(IPAddress? address)
    {
        if (address is null)
            return "unknown";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}

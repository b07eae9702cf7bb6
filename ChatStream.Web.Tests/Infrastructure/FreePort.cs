using System.Net;
using System.Net.Sockets;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>A port of loopback that nothing listens on. Another program may take it before it is used.</summary>
internal static class FreePort
{
    public static int Find()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}

using System.Net;
using System.Net.Sockets;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>
/// A port of loopback that nothing listens on. It is below those that the system gives to whatever asks for any, so nothing of
/// this process gets it before it is used.
/// </summary>
internal static class FreePort
{
    public static int Find()
    {
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            var port = Random.Shared.Next(20_000, 32_000);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // It is in use.
            }
        }
    }
}

using System.Net.Sockets;
using System.Text;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>A socket, for requests that no client library would send and for clients that misbehave.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private RawConnection()
    {
    }

    /// <param name="address">Where the app is.</param>
    /// <param name="receiveBuffer">Small for a client that takes nothing; null: the system's.</param>
    /// <param name="cancellationToken">The test's.</param>
    public static async Task<RawConnection> OpenAsync(Uri address, int? receiveBuffer, CancellationToken cancellationToken)
    {
        var connection = new RawConnection();
        if (receiveBuffer is { } size)
            connection._socket.ReceiveBufferSize = size;
        await connection._socket.ConnectAsync(address.Host, address.Port, cancellationToken);
        return connection;
    }

    /// <summary>Sends a request as this user and reads nothing.</summary>
    public static async Task<RawConnection> GetAsync(
        ChatClient user, string target, CancellationToken cancellationToken, int? receiveBuffer = null)
    {
        var address = user.Http.BaseAddress!;
        var connection = await OpenAsync(address, receiveBuffer, cancellationToken);
        await connection.SendAsync(
            $"GET {target} HTTP/1.1\r\nHost: {address.Authority}\r\nAccept: text/event-stream\r\nCookie: "
            + $"{user.Cookies.GetCookieHeader(address)}\r\n\r\n",
            cancellationToken);
        return connection;
    }

    public Task SendAsync(string text, CancellationToken cancellationToken) =>
        SendAsync(Encoding.UTF8.GetBytes(text), cancellationToken);

    public async Task SendAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            for (var sent = 0; sent < bytes.Length;)
                sent += await _socket.SendAsync(bytes.AsMemory(sent), cancellationToken);
        }
        catch (SocketException)
        {
            // The app has answered without reading all of it.
        }
    }

    /// <summary>Reads up to and including <paramref name="end"/>, or to where the connection ends.</summary>
    public async Task<string> ReadUntilAsync(string end, CancellationToken cancellationToken)
    {
        var (received, buffer) = (new StringBuilder(), new byte[16 * 1024]);
        try
        {
            while (!received.ToString().Contains(end, StringComparison.Ordinal)
                && await _socket.ReceiveAsync(buffer, cancellationToken) is > 0 and var count)
                received.Append(Encoding.UTF8.GetString(buffer.AsSpan(0, count)));
        }
        catch (SocketException)
        {
            // Reset: what came before counts.
        }
        return received.ToString();
    }

    /// <summary>Reads one byte; false where the connection has ended.</summary>
    public async Task<bool> ReadByteAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _socket.ReceiveAsync(new byte[1], cancellationToken) > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Reads to where the connection ends or the time is over, one byte a character.</summary>
    public async Task<string> ReadAvailableAsync(CancellationToken time)
    {
        var (received, buffer) = (new StringBuilder(), new byte[16 * 1024]);
        try
        {
            while (await _socket.ReceiveAsync(buffer, time) is > 0 and var count)
                received.Append(Encoding.Latin1.GetString(buffer.AsSpan(0, count)));
        }
        catch (Exception ended) when (ended is SocketException or OperationCanceledException)
        {
            // What came before counts.
        }
        return received.ToString();
    }

    public void Dispose() => _socket.Dispose();
}

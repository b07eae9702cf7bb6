using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ChatStream.Web.Tests.Allocations;

/// <summary>A program that starts answers and reads them over a blocking socket into one buffer.</summary>
internal sealed class LockstepReader : IDisposable
{
    public const string Key = "lockstep-key-0123456789";

    private static readonly byte[] Request = Encoding.ASCII.GetBytes(
        $"POST /chat/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {Key}\r\nAccept: text/event-stream\r\n"
        + "Content-Type: application/json\r\nContent-Length: 19\r\n\r\n{\"message\":\"Hello\"}");

    private readonly Socket _connection = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];

    public LockstepReader(Uri app) => _connection.Connect(new IPEndPoint(IPAddress.Loopback, app.Port));

    public void Start() => _connection.Send(Request);

    /// <summary>Receives until the bytes have come, and others somewhere behind them, in however many reads.</summary>
    public void ReadUntil(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> then = default)
    {
        for (var length = 0; ;)
        {
            var read = _connection.Receive(_buffer.AsSpan(length));
            if (read == 0)
                throw new InvalidOperationException(
                    $"The answer broke off: {Encoding.UTF8.GetString(_buffer.AsSpan(0, length))}");
            length += read;
            var at = _buffer.AsSpan(0, length).IndexOf(bytes);
            if (at >= 0 && _buffer.AsSpan(at, length - at).IndexOf(then) >= 0)
                return;
        }
    }

    public void Dispose() => _connection.Dispose();
}

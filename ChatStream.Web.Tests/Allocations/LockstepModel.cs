using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ChatStream.Web.Tests.Allocations;

/// <summary>
/// A deployment that sends only when a test calls it. It uses a blocking socket, so it allocates nothing during a measurement.
/// </summary>
internal sealed class LockstepModel : IDisposable
{
    private static readonly byte[] Opening =
    [
        .. "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"u8,
        .. Chunk(Delta("""{"content":"","role":"assistant"}""", "null")),
    ];
    private static readonly byte[] Token = Chunk(Delta("""{"content":" word"}""", "null"));
    private static readonly byte[] Closing = [.. Chunk(Delta("{}", "\"stop\"")), .. Chunk("[DONE]"), .. "0\r\n\r\n"u8];

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _buffer = new byte[64 * 1024];
    private Socket? _connection;

    public LockstepModel()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}/");
    }

    public Uri Address { get; }

    /// <summary>Receives a request and begins the answer. The request must end with <c>}</c>.</summary>
    public void Answer()
    {
        _connection ??= _listener.Accept();
        _connection.NoDelay = true;
        for (var length = 0; !_buffer.AsSpan(0, length).EndsWith("}"u8);)
            length += _connection.Receive(_buffer.AsSpan(length));
        _connection.Send(Opening);
    }

    public void SendToken() => _connection!.Send(Token);

    public void Finish() => _connection!.Send(Closing);

    public void Dispose()
    {
        _connection?.Dispose();
        _listener.Dispose();
    }

    // One line, as Azure sends it.
    private static string Delta(string delta, string finishReason) =>
        """{"choices":[{"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}"""
        + ""","self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"}"""
        + ""","violence":{"filtered":false,"severity":"safe"}}"""
        + $$$""","delta":{{{delta}}},"finish_reason":{{{finishReason}}},"index":0,"logprobs":null}],"created":1763800000"""
        + ""","id":"chatcmpl-1","model":"gpt-4o-2024-08-06","object":"chat.completion.chunk","system_fingerprint":"fp_1"}""";

    private static byte[] Chunk(string data)
    {
        var bytes = Encoding.ASCII.GetBytes($"data: {data}\n\n");
        return [.. Encoding.ASCII.GetBytes($"{bytes.Length:X}\r\n"), .. bytes, .. "\r\n"u8];
    }
}

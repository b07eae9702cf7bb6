using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Emulation;

/// <summary>Sends a request over a socket and keeps the bytes of the response, without an HTTP client in between.</summary>
internal sealed class RawClient : IDisposable
{
    public const string FinalChunk = "\r\n0\r\n\r\n";

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly List<byte> _received = [];

    /// <summary>Everything that has arrived so far, one character for each byte.</summary>
    public string Received => Encoding.Latin1.GetString([.. _received]);

    public static async Task<RawClient> PostAsync(Uri endpoint, string path, object body, CancellationToken cancellationToken)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync(endpoint.Host, endpoint.Port, cancellationToken);
        var json = JsonSerializer.Serialize(body);
        var request = $"POST /{path} HTTP/1.1\r\nHost: {endpoint.Authority}\r\nContent-Length: {json.Length}\r\n\r\n{json}";
        await client._socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
        return client;
    }

    /// <returns>False when the other side has sent FIN.</returns>
    public async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        var count = await _socket.ReceiveAsync(buffer, cancellationToken);
        _received.AddRange(buffer.AsSpan(0, count));
        return count > 0;
    }

    public async Task ReadUntilAsync(string text, CancellationToken cancellationToken)
    {
        while (!Received.Contains(text, StringComparison.Ordinal))
        {
            if (!await ReadAsync(cancellationToken)) Assert.Fail($"The connection ended before '{text}'.");
        }
    }

    public async Task ReadToEndAsync(CancellationToken cancellationToken)
    {
        while (await ReadAsync(cancellationToken)) { }
    }

    /// <summary>The HTTP chunks of the body. Each is one write of the emulator.</summary>
    public List<string> Chunks()
    {
        var rest = Received[(Received.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        var chunks = new List<string>();
        while (rest.Length > 0)
        {
            var lineEnd = rest.IndexOf("\r\n", StringComparison.Ordinal);
            var size = Convert.ToInt32(rest[..lineEnd], 16);
            if (size > 0) chunks.Add(rest.Substring(lineEnd + 2, size));
            rest = rest[(lineEnd + 2 + size + 2)..];
        }

        return chunks;
    }

    public void Dispose() => _socket.Dispose();
}

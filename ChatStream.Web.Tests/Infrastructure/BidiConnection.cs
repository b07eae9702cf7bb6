using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>A WebDriver BiDi session: commands go out and answers come back, one at a time. Events are not asked for.</summary>
internal sealed class BidiConnection : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationToken _cancellation;
    private int _last;

    private BidiConnection(CancellationToken cancellation) => _cancellation = cancellation;

    public static async Task<BidiConnection> OpenAsync(Uri address, CancellationToken cancellationToken)
    {
        var connection = new BidiConnection(cancellationToken);
        await connection._socket.ConnectAsync(address, cancellationToken);
        return connection;
    }

    /// <summary>Sends a command and returns its result.</summary>
    /// <exception cref="InvalidOperationException">The browser answers with an error.</exception>
    public async Task<JsonObject> SendAsync(string method, object parameters)
    {
        var id = ++_last;
        await _socket.SendAsync(
            JsonSerializer.SerializeToUtf8Bytes(new { id, method, @params = parameters }), WebSocketMessageType.Text,
            endOfMessage: true, _cancellation);
        for (; ; )
        {
            var message = await ReceiveAsync();
            if (message["id"]?.GetValue<int>() != id)
                continue;
            return message["result"] as JsonObject
                ?? throw new InvalidOperationException($"{method}: {message.ToJsonString()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_socket.State == WebSocketState.Open)
                await SendAsync("browser.close", new { });
        }
        catch (Exception fault) when (fault is WebSocketException or InvalidOperationException or OperationCanceledException)
        {
            // It is closing, and its process is ended anyway.
        }
        _socket.Dispose();
    }

    private async Task<JsonNode> ReceiveAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (; ; )
        {
            var part = await _socket.ReceiveAsync(buffer, _cancellation);
            if (part.MessageType == WebSocketMessageType.Close)
                throw new InvalidOperationException("The browser has closed the connection.");
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return JsonNode.Parse(message.ToArray())!;
        }
    }
}

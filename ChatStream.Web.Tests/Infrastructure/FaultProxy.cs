using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>The fault of one response on its way through the proxy.</summary>
/// <param name="CutAfter">Bytes of the response that still reach the client; null: all.</param>
/// <param name="Reset">Whether the client sees RST rather than FIN.</param>
/// <param name="Silent">Whether, instead, the connection stays open and nothing more comes: a network that is gone.</param>
internal readonly record struct Fault(long? CutAfter, bool Reset = false, bool Silent = false)
{
    /// <summary>The silence before the cut.</summary>
    public TimeSpan Stall { get; init; }

    /// <summary>Decides the sizes of the writes that the response is torn into; null: it passes as it comes.</summary>
    public int? Tear { get; init; }

    public static Fault None => default;

    /// <summary>The response is cut before its first byte reaches the client.</summary>
    public static Fault BeforeFirstByte => new(0);

    /// <summary>No byte of the response reaches the client, and the connection stays open.</summary>
    public static Fault Silence => new(0, Silent: true);

    public static Fault After(long bytes) => new(bytes);

    /// <summary>At a place between two others, with FIN or RST; the same for the same seed.</summary>
    public static Fault Seeded(int seed, long from, long to)
    {
        var random = new Random(seed);
        return new Fault(random.NextInt64(from, to), Reset: random.Next(2) == 1);
    }
}

/// <summary>One request as it passed, and what came back.</summary>
internal sealed class Exchange(string head)
{
    private readonly List<byte> _response = [];
    private readonly List<(byte[] Bytes, TaskCompletionSource Found)> _awaited = [];
    private readonly TaskCompletionSource _cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _silent;

    /// <summary>Request line and headers.</summary>
    public string Head { get; } = head;

    public string RequestLine => Head[..Head.IndexOf('\r', StringComparison.Ordinal)];

    public bool IsReconnect => Head.Contains("\r\nlast-event-id:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Completes once both sides of the connection are closed by a fault.</summary>
    public Task Cut => _cut.Task;

    /// <summary>The bytes that reached the client, headers and chunk sizes included.</summary>
    public byte[] Response
    {
        get
        {
            lock (_response) return [.. _response];
        }
    }

    /// <summary>Completes once the response that reached the client has this text.</summary>
    public Task PassedAsync(string text)
    {
        var awaited =
            (Encoding.UTF8.GetBytes(text), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_response)
        {
            _awaited.Add(awaited);
            Find();
        }
        return awaited.Item2.Task;
    }

    internal Fault Fault
    {
        get;
        set => (field, Sizes) = (value, value.Tear is { } seed ? new Random(seed) : null);
    }

    /// <summary>Of the pieces of a response that is torn.</summary>
    internal Random? Sizes { get; private set; }

    internal long Passed { get; private set; }

    internal bool IsSilent => _silent;

    internal void Silence() => _silent = true;

    internal void Pass(ReadOnlySpan<byte> bytes)
    {
        lock (_response)
        {
            _response.AddRange(bytes);
            Find();
        }
        Passed += bytes.Length;
    }

    internal void WasCut() => _cut.TrySetResult();

    private void Find() => _awaited.RemoveAll(awaited =>
        CollectionsMarshal.AsSpan(_response).IndexOf(awaited.Bytes) >= 0 && awaited.Found.TrySetResult());
}

/// <summary>
/// A TCP proxy on a loopback port that loses connections when it is told to. It passes bytes as they come and knows of HTTP
/// only where a request begins: each request gets a fault of its own, also on a connection that is used again.
/// </summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    /// <summary>Ten frames or so: some pieces hold several, some not one.</summary>
    private const int LargestPiece = 600;

    private static readonly string[] Methods = ["GET ", "POST ", "HEAD ", "PUT ", "PATCH ", "DELETE ", "OPTIONS "];

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<Exchange, Fault> _choose;
    private readonly Lock _gate = new();
    private readonly List<Exchange> _exchanges = [];
    private readonly List<Task> _connections = [];
    private readonly HashSet<Connection> _open = [];
    private readonly Task _accepting;

    private volatile Uri _target;

    private FaultProxy(Uri target, Func<Exchange, Fault> choose)
    {
        (_target, _choose) = (target, choose);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>The target of new connections. If it does not listen, the connection of the client ends too.</summary>
    public Uri Target
    {
        get => _target;
        set => _target = value;
    }

    public Uri Address => new($"http://{_listener.LocalEndPoint}/");

    /// <summary>All so far, in the order of their requests.</summary>
    public IReadOnlyList<Exchange> Exchanges
    {
        get
        {
            lock (_gate) return [.. _exchanges];
        }
    }

    /// <param name="target">Where the bytes go.</param>
    /// <param name="choose">The fault of each request, asked when it has arrived and before it is passed on.</param>
    public static FaultProxy Start(Uri target, Func<Exchange, Fault>? choose = null) => new(target, choose ?? (_ => Fault.None));

    /// <summary>Resets all connections that are open now.</summary>
    public void LoseConnections()
    {
        lock (_gate)
        {
            foreach (var connection in _open)
                connection.Lose();
        }
    }

    /// <summary>Silences all running responses and keeps their connections open.</summary>
    public void SilenceResponses()
    {
        lock (_gate)
        {
            foreach (var exchange in _exchanges)
                exchange.Silence();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _connections.Add(ServeAsync(await _listener.AcceptAsync(_stopping.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var connection = new Connection(client, server, this);
        lock (_gate) _open.Add(connection);
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, Target.Port, ended.Token);
            var (up, down) = (connection.PassRequestsAsync(ended.Token), connection.PassResponsesAsync(ended.Token));
            // When one side closes, the other is closed at once.
            await Task.WhenAny(up, down, connection.Lost);
            await ended.CancelAsync();
            await Task.WhenAll(up, down);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
        }
        finally
        {
            lock (_gate) _open.Remove(connection);
            // The server first: it knows before the client can come back.
            server.Dispose();
            client.Dispose();
            connection.WasClosed();
        }
    }

    private Fault Choose(Exchange exchange)
    {
        lock (_gate) _exchanges.Add(exchange);
        return _choose(exchange);
    }

    private sealed class Connection(Socket client, Socket server, FaultProxy proxy)
    {
        private volatile Exchange? _exchange;
        private volatile bool _cut;
        private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Lost => _lost.Task;

        public void Lose()
        {
            client.LingerState = new LingerOption(enable: true, seconds: 0);
            _lost.TrySetResult();
        }

        public async Task PassRequestsAsync(CancellationToken ended)
        {
            var buffer = new byte[64 * 1024];
            while (await client.ReceiveAsync(buffer, ended) is > 0 and var length)
            {
                if (Methods.Any(method => buffer.AsSpan(0, length).StartsWith(Encoding.ASCII.GetBytes(method))))
                {
                    int end;
                    while ((end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
                        length += await client.ReceiveAsync(buffer.AsMemory(length), ended);
                    var exchange = new Exchange(Encoding.Latin1.GetString(buffer, 0, end + 2));
                    exchange.Fault = proxy.Choose(exchange);
                    _exchange = exchange;
                }
                await SendAsync(server, buffer.AsMemory(0, length), ended);
            }
        }

        public async Task PassResponsesAsync(CancellationToken ended)
        {
            var buffer = new byte[64 * 1024];
            while (await server.ReceiveAsync(buffer, ended) is > 0 and var length)
            {
                var exchange = _exchange!;
                if (exchange.IsSilent)
                    continue;
                var left = exchange.Fault.CutAfter - exchange.Passed;
                var passing = left < length ? (int)left.Value : length;
                await SendTornAsync(exchange, buffer.AsMemory(0, passing), ended);
                exchange.Pass(buffer.AsSpan(0, passing));
                if (left > length || left is null || exchange.Fault.Silent)
                    continue;
                _cut = true;
                if (exchange.Fault.Stall > TimeSpan.Zero)
                    await Task.Delay(exchange.Fault.Stall, TimeProvider.System, ended);
                if (exchange.Fault.Reset)
                    client.LingerState = new LingerOption(enable: true, seconds: 0);
                return;
            }
        }

        public void WasClosed()
        {
            if (_cut)
                _exchange!.WasCut();
        }

        // Without Nagle's algorithm each write leaves on its own.
        private async Task SendTornAsync(Exchange exchange, ReadOnlyMemory<byte> bytes, CancellationToken ended)
        {
            while (exchange.Sizes is { } sizes && bytes.Length > 0)
            {
                var size = Math.Min(bytes.Length, sizes.Next(1, LargestPiece));
                await SendAsync(client, bytes[..size], ended);
                bytes = bytes[size..];
            }
            await SendAsync(client, bytes, ended);
        }

        private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken ended)
        {
            while (bytes.Length > 0)
                bytes = bytes[await socket.SendAsync(bytes, ended)..];
        }
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ChatStream.Web.Tests.Integration.BadDay;

/// <summary>Passes bytes between the app and PostgreSQL, loses connections, and swallows the answers to commits.</summary>
internal sealed class PostgresProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private volatile UnixDomainSocketEndPoint _server;
    private volatile TaskCompletionSource? _held;
    private volatile bool _swallowsCommits;
    private volatile bool _isCut;
    private int _swallowed;

    private PostgresProxy(string socket)
    {
        _server = new UnixDomainSocketEndPoint(socket);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>While it is true, each commit reaches the server, and its connection ends before the answer comes back.</summary>
    public bool SwallowsCommits
    {
        get => _swallowsCommits;
        set => _swallowsCommits = value;
    }

    /// <summary>While it is true, no connection reaches the server. Those that are open then are lost.</summary>
    public bool IsCut
    {
        get => _isCut;
        set
        {
            _isCut = value;
            if (value)
                LoseConnections();
        }
    }

    public int Swallowed => _swallowed;

    public static PostgresProxy Start(string socket) => new(socket);

    /// <summary>From now on new connections go to another server.</summary>
    public void LeadTo(string socket) => _server = new UnixDomainSocketEndPoint(socket);

    /// <summary>From now on nothing arrives, and no connection is lost: each side hears nothing of the other.</summary>
    public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was held arrives, and what comes after it.</summary>
    public void Pass()
    {
        var held = _held;
        _held = null;
        held?.SetResult();
    }

    public void LoseConnections()
    {
        foreach (var socket in _open.Keys)
            socket.Close(timeout: 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        LoseConnections();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptAsync(_stopping.Token));
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It is disposed of.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var commits = new Commits();
        _open.TryAdd(client, true);
        try
        {
            if (_isCut)
                return; // after it was noted as open, so that none slips through
            client.NoDelay = true;
            await server.ConnectAsync(_server, _stopping.Token);
            await Task.WhenAny(UpAsync(client, server, commits), DownAsync(server, client, commits));
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The server does not listen.
        }
        finally
        {
            _open.TryRemove(client, out _);
            client.Close(timeout: 0);
        }
    }

    private async Task UpAsync(Socket client, Socket server, Commits commits)
    {
        var buffer = new byte[64 * 1024];
        while (await ReceiveAsync(client, buffer) is > 0 and var length)
        {
            await HeldAsync();
            commits.IsSwallowed |= _swallowsCommits && buffer.AsSpan(0, length).IndexOf("COMMIT\0"u8) >= 0;
            await SendAsync(server, buffer.AsMemory(0, length));
        }
    }

    private async Task DownAsync(Socket server, Socket client, Commits commits)
    {
        var buffer = new byte[64 * 1024];
        while (await ReceiveAsync(server, buffer) is > 0 and var length)
        {
            await HeldAsync();
            if (commits.IsSwallowed)
            {
                Interlocked.Increment(ref _swallowed);
                return;
            }
            await SendAsync(client, buffer.AsMemory(0, length));
        }
    }

    private Task HeldAsync() => _held?.Task.WaitAsync(_stopping.Token) ?? Task.CompletedTask;

    private static async Task<int> ReceiveAsync(Socket socket, byte[] buffer)
    {
        try
        {
            return await socket.ReceiveAsync(buffer.AsMemory());
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            return 0;
        }
    }

    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (bytes.Length > 0)
                bytes = bytes[await socket.SendAsync(bytes)..];
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // The next read ends.
        }
    }

    private sealed class Commits
    {
        private volatile bool _isSwallowed;

        public bool IsSwallowed
        {
            get => _isSwallowed;
            set => _isSwallowed = value;
        }
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>
/// A TCP proxy before a PostgreSQL server. On demand it swallows the server's answer to one COMMIT, goes away, or holds all bytes
/// back, as a server does that hangs.
/// </summary>
internal sealed class CommitProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stopping = new();
    private readonly UnixDomainSocketEndPoint _server;
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _open = [];
    private readonly List<Task> _serving = [];
    private readonly Task _accepting;
    private Trap? _trap;
    private TaskCompletionSource _flow = new();
    private volatile bool _isAway;

    private CommitProxy(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        _server = new UnixDomainSocketEndPoint(Path.Combine(settings.Host!, ".s.PGSQL.5432"));
        _flow.SetResult();
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        var address = (IPEndPoint)_listener.LocalEndPoint!;
        (settings.Host, settings.Port, settings.SslMode) = (address.Address.ToString(), address.Port, SslMode.Disable);
        ConnectionString = settings.ToString();
        _accepting = AcceptAsync();
    }

    /// <summary>Leads through the proxy.</summary>
    public string ConnectionString { get; }

    /// <param name="connectionString">The server's, on its Unix socket.</param>
    public static Task<CommitProxy> StartAsync(string connectionString) => Task.FromResult(new CommitProxy(connectionString));

    /// <summary>
    /// Lets the next COMMIT through that follows a statement with this text, and cuts the connection instead of passing on the
    /// answer. With <paramref name="thenAway"/> the proxy is away from then on.
    /// </summary>
    /// <returns>Completes when the server has committed and the connection is cut.</returns>
    public Task SwallowCommitAfter(string statement, bool thenAway = false)
    {
        var trap = new Trap(statement, thenAway);
        lock (_gate)
            _trap = trap;
        return trap.Sprung.Task;
    }

    /// <summary>Lets connections in again.</summary>
    public void Return() => _isAway = false;

    /// <summary>Holds back all bytes of both directions.</summary>
    public void Pause() =>
        Volatile.Write(ref _flow, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public void Resume() => Volatile.Read(ref _flow).TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Resume();
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        CutAll();
        await Task.WhenAll(_serving);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _serving.Add(ServeAsync(await _listener.AcceptAsync(_stopping.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        lock (_gate)
            _open.Add(client);
        try
        {
            if (_isAway)
                return;
            client.NoDelay = true;
            await server.ConnectAsync(_server, _stopping.Token);
            var session = new Session();
            await Task.WhenAny(PassUpAsync(client, server, session), PassDownAsync(server, client, session));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
        finally
        {
            lock (_gate)
                _open.Remove(client);
            client.Dispose();
        }
    }

    private async Task PassUpAsync(Socket client, Socket server, Session session)
    {
        var buffer = new byte[64 * 1024];
        while (await client.ReceiveAsync(buffer, _stopping.Token) is > 0 and var length)
        {
            await Volatile.Read(ref _flow).Task;
            Look(Encoding.Latin1.GetString(buffer, 0, length), session);
            await server.SendAsync(buffer.AsMemory(0, length), _stopping.Token);
        }
    }

    private async Task PassDownAsync(Socket server, Socket client, Session session)
    {
        var buffer = new byte[64 * 1024];
        while (await server.ReceiveAsync(buffer, _stopping.Token) is > 0 and var length)
        {
            await Volatile.Read(ref _flow).Task;
            if (session.Trap is { } trap)
            {
                if (trap.ThenAway)
                {
                    _isAway = true;
                    CutAll();
                }
                client.Dispose();
                trap.Sprung.TrySetResult();
                return;
            }
            await client.SendAsync(buffer.AsMemory(0, length), _stopping.Token);
        }
    }

    // The client sends COMMIT only after it has read the answers to all that it sent before.
    private void Look(string sent, Session session)
    {
        lock (_gate)
        {
            if (_trap is null)
                return;
            session.HasStatement |= sent.Contains(_trap.Statement, StringComparison.Ordinal);
            if (!sent.Contains("COMMIT", StringComparison.Ordinal))
                return;
            if (session.HasStatement)
                (session.Trap, _trap) = (_trap, null);
            session.HasStatement = false;
        }
    }

    private void CutAll()
    {
        lock (_gate)
        {
            foreach (var client in _open)
                client.Dispose();
        }
    }

    private sealed record Trap(string Statement, bool ThenAway)
    {
        public TaskCompletionSource Sprung { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Session
    {
        public bool HasStatement { get; set; }

        /// <summary>Set when the answer that comes next must not be passed on.</summary>
        public Trap? Trap { get; set; }
    }
}

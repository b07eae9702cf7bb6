using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;

namespace ChatStream.Benchmarks.Load;

/// <summary>One thread that serves all sockets of the load, of upstream and readers, and does the pacing.</summary>
/// <remarks>Only this thread may touch connections and the pacer. Other threads use <see cref="RunAsync(Action)"/>.</remarks>
internal sealed class LoadLoop : IDisposable
{
    private const int EventsAtOnce = 1024;

    private readonly Epoll _epoll = new(EventsAtOnce);
    private readonly Dictionary<int, Connection> _connections = [];
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly Thread _thread;
    private readonly Pacer _pacer = new();
    private volatile bool _over;
    private volatile Exception? _fault;

    public LoadLoop()
    {
        _thread = new Thread(Run) { Name = "load", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The time in microseconds, on one clock for the whole load.</summary>
    public static long Now => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);

    public Pacer Pacer => _pacer;

    /// <summary>The buffer for everything that is received. Its content is valid until the next receive.</summary>
    public byte[] Received { get; } = GC.AllocateArray<byte>(256 * 1024, pinned: true);

    public Task RunAsync(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _posted.Enqueue(() =>
        {
            action();
            done.SetResult();
        });
        return done.Task;
    }

    public async Task<T> RunAsync<T>(Func<T> function)
    {
        T result = default!;
        await RunAsync(() => { result = function(); });
        return result;
    }

    /// <summary>Throws if the loop has failed.</summary>
    public void ThrowIfFailed()
    {
        if (_fault is { } fault)
            throw new InvalidOperationException("The load failed.", fault);
    }

    public void Add(Connection connection)
    {
        _connections[connection.Descriptor] = connection;
        _epoll.Watch(connection.Descriptor, Epoll.In | Epoll.ReadHangUp);
    }

    public void WantWrite(Connection connection, bool want) =>
        _epoll.Change(connection.Descriptor, Epoll.In | Epoll.ReadHangUp | (want ? Epoll.Out : 0));

    public void Remove(Connection connection)
    {
        if (!_connections.Remove(connection.Descriptor))
            return;
        _epoll.Forget(connection.Descriptor);
        connection.Socket.Dispose();
    }

    public void Dispose()
    {
        _over = true;
        _thread.Join();
        foreach (var connection in _connections.Values)
            connection.Socket.Dispose();
        _epoll.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!_over)
            {
                while (_posted.TryDequeue(out var action))
                    action();
                _pacer.SendDue();
                Serve(_epoll.Wait(1));
            }
        }
        catch (Exception fault)
        {
            _fault = fault;
        }
    }

    private void Serve(int ready)
    {
        for (var i = 0; i < ready; i++)
        {
            var (descriptor, events) = _epoll.Ready(i);
            // A connection that was served before may have closed this one.
            if (!_connections.TryGetValue(descriptor, out var connection))
                continue;
            try
            {
                if ((events & Epoll.Out) != 0)
                    connection.Writable();
                if ((events & ~Epoll.Out) != 0 && _connections.ContainsKey(descriptor))
                    connection.Readable();
            }
            catch (SocketException)
            {
                connection.Lost();
            }
            // Tokens that are due must not wait for hundreds of reads.
            if ((i & 31) == 31)
                _pacer.SendDue();
        }
    }
}

/// <summary>One socket of the load.</summary>
internal abstract class Connection
{
    protected Connection(LoadLoop loop, Socket socket)
    {
        (Loop, Socket) = (loop, socket);
        socket.Blocking = false;
        Descriptor = (int)socket.Handle;
    }

    public Socket Socket { get; }
    public int Descriptor { get; }
    protected LoadLoop Loop { get; }

    public abstract void Readable();

    public virtual void Writable()
    {
    }

    /// <summary>Called when the other side is gone.</summary>
    public abstract void Lost();

    /// <returns>
    /// The number of bytes in <see cref="LoadLoop.Received"/>; 0 if the other side is gone; -1 if there are none yet.
    /// </returns>
    protected int Receive()
    {
        var count = Socket.Receive(Loop.Received, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success => count,
            SocketError.WouldBlock => -1,
            _ => 0,
        };
    }
}

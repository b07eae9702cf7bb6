using System.Net;
using System.Net.Sockets;

namespace ChatStream.Benchmarks.Load;

/// <summary>What every answer of the upstream is like from now on.</summary>
/// <param name="Tokens">How many; 0: it never ends.</param>
/// <param name="PerSecond">How many a second; 0: as fast as the reader takes them.</param>
/// <param name="Hold">After the last token it says nothing more and keeps the stream open.</param>
internal sealed record AnswerPlan(int Tokens, int PerSecond, bool Hold = false);

/// <summary>A chat-completions deployment in Azure's wire format, as cheap as sockets allow.</summary>
internal sealed class Upstream : IDisposable
{
    private readonly LoadLoop _loop;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Random _phases = new(1);
    private int _streams;

    /// <param name="loop">Where it runs.</param>
    /// <param name="isPadded">Whether each chunk has a random <c>obfuscation</c>, as a service sends it by default.</param>
    public Upstream(LoadLoop loop, bool isPadded)
    {
        _loop = loop;
        Chunks = new UpstreamChunks(isPadded);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(16 * 1024);
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}/");
    }

    public Uri Address { get; }

    public UpstreamChunks Chunks { get; }

    public AnswerPlan Plan { get; set; } = new(200, 20);

    /// <summary>Streams that run now.</summary>
    public HashSet<UpstreamConnection> Running { get; } = [];

    /// <summary>Tokens sent since the start.</summary>
    public long Sent { get; set; }

    /// <summary>When a stream was cut off by the other side, by its number.</summary>
    public Dictionary<int, long> CutOff { get; } = [];

    public Task ListenAsync() => _loop.RunAsync(() => _loop.Add(new Listener(_loop, _listener, this)));

    public void Dispose() => _listener.Dispose();

    public int NewStream() => ++_streams;

    /// <summary>Ends what still runs, as a service that breaks down does.</summary>
    public void CutAll()
    {
        foreach (var connection in Running.ToList())
            connection.Lost();
    }

    /// <summary>When the first paced token is due: spread over one interval, so that streams do not beat as one.</summary>
    public long FirstDue() => LoadLoop.Now + _phases.NextInt64(1_000_000 / Plan.PerSecond);

    private sealed class Listener(LoadLoop loop, Socket socket, Upstream upstream) : Connection(loop, socket)
    {
        public override void Readable()
        {
            while (Accept() is { } accepted)
            {
                accepted.NoDelay = true;
                Loop.Add(new UpstreamConnection(Loop, accepted, upstream));
            }
        }

        public override void Lost() => throw new InvalidOperationException("The upstream's listener broke.");

        private Socket? Accept()
        {
            try
            {
                return Socket.Accept();
            }
            catch (SocketException none) when (none.SocketErrorCode == SocketError.WouldBlock)
            {
                return null;
            }
        }
    }
}

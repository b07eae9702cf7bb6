using System.Net;
using System.Net.Sockets;

namespace ChatStream.Benchmarks.Load;

/// <summary>How the upstream answers from now on.</summary>
/// <param name="Tokens">The number of tokens; 0 if the answer never ends.</param>
/// <param name="PerSecond">Tokens a second; 0 if they come as fast as the target reads them.</param>
/// <param name="Hold">Whether the stream stays open, without a word, after the last token.</param>
internal sealed record AnswerPlan(int Tokens, int PerSecond, bool Hold = false);

/// <summary>A chat-completions deployment in Azure's wire format that takes as little processor time as possible.</summary>
internal sealed class Upstream : IDisposable
{
    private readonly LoadLoop _loop;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Random _phases = new(1);
    private int _streams;

    /// <param name="loop">The loop that serves its connections.</param>
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

    /// <summary>The connections with a running answer.</summary>
    public HashSet<UpstreamConnection> Running { get; } = [];

    /// <summary>The number of tokens sent so far.</summary>
    public long Sent { get; set; }

    /// <summary>The times when the target closed a stream, in microseconds, by the number of the stream.</summary>
    public Dictionary<int, long> CutOff { get; } = [];

    public Task ListenAsync() => _loop.RunAsync(() => _loop.Add(new Listener(_loop, _listener, this)));

    public void Dispose() => _listener.Dispose();

    public int NewStream() => ++_streams;

    /// <summary>Closes all running streams, as a service that fails does.</summary>
    public void CutAll()
    {
        foreach (var connection in Running.ToList())
            connection.Lost();
    }

    /// <summary>The time of the first paced token. It is random within one interval, so that streams are not in step.</summary>
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

        public override void Lost() => throw new InvalidOperationException("The upstream's listener failed.");

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

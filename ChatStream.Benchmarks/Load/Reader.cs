using System.Net.Sockets;
using System.Text;

namespace ChatStream.Benchmarks.Load;

/// <summary>
/// A client that reads answers and checks that each token comes once and in order. It looks for tokens only, whatever the format
/// around them, so it treats all targets alike.
/// </summary>
internal sealed class Reader : Connection
{
    private readonly Fleet _fleet;
    private readonly ResponseScanner _response = new();
    private byte[] _kept = []; // the start of a token that has not come whole yet
    private string _lastWords = ""; // the last part before the first token
    private int _expected;
    private long _sentAt;
    private bool _inBody;
    private bool _hasBegun;

    public Reader(LoadLoop loop, Fleet fleet) : base(loop, Connect(fleet))
    {
        _fleet = fleet;
        loop.Add(this);
    }

    /// <summary>The number that the upstream gave to the stream; 0 if no token has come yet.</summary>
    public int Stream { get; private set; }

    /// <summary>The id of the generation, if the answer has one. Another reader attaches with it.</summary>
    public string? GenerationId { get; private set; }

    public long ClosedAt { get; private set; }

    public bool IsOpen { get; private set; } = true;

    /// <summary>True once the whole answer has come. The connection may then be used again.</summary>
    public bool IsIdle { get; private set; } = true;

    public int TokensOfAnswer => _expected;

    /// <summary>Called at the first token of each answer.</summary>
    public Action<Reader>? FirstTokenCame { get; set; }

    /// <summary>The request that follows a complete answer, so that the number of open streams stays the same.</summary>
    public byte[]? Next { get; set; }

    public void Send(byte[] request)
    {
        (IsIdle, _inBody, _expected, Stream, _kept) = (false, false, 0, 0, []);
        _response.Restart();
        _sentAt = LoadLoop.Now;
        var sent = Socket.Send(request, SocketFlags.None, out var error);
        if (error != SocketError.Success || sent != request.Length)
            _fleet.Fault($"A request could not be sent: {error}");
    }

    /// <summary>Closes the connection during the answer, as a closed tab does.</summary>
    public void Close()
    {
        if (!IsOpen)
            return;
        IsOpen = false;
        ClosedAt = LoadLoop.Now;
        Loop.Remove(this);
    }

    public override void Readable()
    {
        var count = Receive();
        if (count == 0)
            Lost();
        else if (count > 0)
            Take(Loop.Received.AsSpan(0, count));
    }

    public override void Lost()
    {
        if (!IsIdle)
            _fleet.Fault($"An answer was cut off after token {_expected}.");
        Close();
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        var now = LoadLoop.Now;
        while (_response.Next(ref bytes) is { IsEmpty: false } body)
            TakeBody(body, now);
        if (_response.IsComplete)
            Complete();
    }

    private void TakeBody(ReadOnlySpan<byte> body, long now)
    {
        if (!_inBody)
            TakeBeginning(body);
        if (_expected == 0)
            _lastWords = Encoding.UTF8.GetString(body); // if no token follows, this says why
        if (_kept.Length > 0)
        {
            body = (byte[])[.. _kept, .. body];
            _kept = [];
        }
        for (int at; (at = body.IndexOf(Token.Mark)) >= 0; body = body[Token.Length..])
        {
            body = body[at..];
            if (body.Length < Token.Length)
            {
                _kept = body.ToArray();
                return;
            }
            Take(Token.Read(body), now);
        }
    }

    private void TakeBeginning(ReadOnlySpan<byte> body)
    {
        _inBody = true;
        if (!_response.StatusLine.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
            _fleet.Fault($"A request was refused: {_response.StatusLine}: {Encoding.UTF8.GetString(body)}");
        var name = "\"generationId\":\""u8;
        if (body.IndexOf(name) is >= 0 and var at)
        {
            var id = body[(at + name.Length)..];
            GenerationId = Encoding.ASCII.GetString(id[..id.IndexOf((byte)'"')]);
        }
    }

    private void Take(Token token, long now)
    {
        if (Stream == 0)
        {
            Stream = token.Stream;
            if (!_hasBegun)
                _fleet.Begun++;
            _hasBegun = true;
            _fleet.FirstToken.Add(now - _sentAt);
            FirstTokenCame?.Invoke(this);
        }
        if (token.Stream != Stream || token.Number != _expected)
            _fleet.Fault($"Stream {Stream}: token {token.Number} of stream {token.Stream} came instead of {_expected}.");
        _expected = token.Number + 1;
        _fleet.Tokens++;
        _fleet.Latency.Add(token.AgeAt(now));
    }

    private void Complete()
    {
        if (_inBody && _expected == 0)
            _fleet.Fault($"An answer ended without a token: {_lastWords.ReplaceLineEndings(" ")}");
        IsIdle = true;
        if (Next is { } next)
            Send(next);
        else
            _fleet.Idle(this);
    }

    private static Socket Connect(Fleet fleet)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(fleet.Server);
        return socket;
    }
}

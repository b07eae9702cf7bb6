using System.Net.Sockets;
using System.Text;

namespace ChatStream.Benchmarks.Load;

/// <summary>A connection to the upstream: requests one after another, each answered as the plan says.</summary>
internal sealed class UpstreamConnection(LoadLoop loop, Socket socket, Upstream upstream) : Connection(loop, socket)
{
    private static readonly byte[] Head = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");

    private static readonly byte[] Opening = [.. Head, .. Chunk("""
        {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"},"jailbreak":{"filtered":false,"detected":false},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}}]}
        """), .. Delta("""{"content":"","refusal":null,"role":"assistant"}""", "null")];

    private static readonly byte[] TokenChunk = Delta($$"""{"content":"{{Token.Placeholder}}"}""", "null");
    private static readonly int TokenAt = TokenChunk.AsSpan().IndexOf(Token.Mark);

    // Usage comes because ChatStream asks for it (stream_options.include_usage).
    private static byte[] Closing(int tokens) => [.. Delta("{}", "\"stop\""), .. Chunk($$$"""
        {"choices":[],"created":1763800000,"id":"chatcmpl-CeG0nAk7bRkP3Xz1Vw9uTq5Ys2Lmd","model":"gpt-4o-2024-08-06","object":"chat.completion.chunk","system_fingerprint":"fp_4a331a0222","usage":{"completion_tokens":{{{tokens}}},"completion_tokens_details":{"reasoning_tokens":0},"prompt_tokens":20,"total_tokens":{{{tokens + 20}}}}}
        """), .. "E\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"u8];

    private readonly RequestScanner _requests = new();
    private byte[] _unsent = [];
    private AnswerPlan? _plan;
    private int _stream;
    private int _number;
    private long _due;
    private bool _gone;

    public override void Readable()
    {
        var count = Receive();
        if (count == 0)
        {
            Lost();
            return;
        }
        for (ReadOnlySpan<byte> rest = Loop.Received.AsSpan(0, Math.Max(count, 0)); !rest.IsEmpty;)
        {
            if (_requests.Take(ref rest))
                Begin();
        }
    }

    public override void Lost()
    {
        _gone = true;
        if (_plan is not null)
        {
            upstream.CutOff[_stream] = LoadLoop.Now;
            upstream.Running.Remove(this);
            _plan = null;
        }
        Loop.Remove(this);
    }

    public override void Writable()
    {
        if (Flush() && _plan is { PerSecond: 0 })
            SendAll();
    }

    /// <summary>Sends one token.</summary>
    /// <returns>When the next is due; null: none is.</returns>
    public long? SendNext()
    {
        if (_gone || _plan is not { } plan)
            return null;
        WriteToken(TokenChunk, LoadLoop.Now);
        Send(TokenChunk);
        if (_number == plan.Tokens)
        {
            End();
            return null;
        }
        return _due += 1_000_000 / plan.PerSecond;
    }

    private void Begin()
    {
        _plan = upstream.Plan;
        (_stream, _number) = (upstream.NewStream(), 0);
        upstream.Running.Add(this);
        Send(Opening);
        if (_plan.PerSecond > 0)
            Loop.Pacer.Schedule(this, _due = upstream.FirstDue());
        else
            SendAll();
    }

    /// <summary>Unpaced: a token is a chunk of its own, many go out in one write, as an upstream that is far ahead sends them.</summary>
    private void SendAll()
    {
        const int AtOnce = 64;
        while (_plan is { } plan && _unsent.Length == 0)
        {
            var count = plan.Tokens == 0 ? AtOnce : Math.Min(AtOnce, plan.Tokens - _number);
            var batch = new byte[count * TokenChunk.Length];
            var now = LoadLoop.Now;
            for (var i = 0; i < count; i++)
            {
                var chunk = batch.AsSpan(i * TokenChunk.Length, TokenChunk.Length);
                TokenChunk.CopyTo(chunk);
                WriteToken(chunk, now);
            }
            Send(batch);
            if (_number == plan.Tokens)
                End();
        }
    }

    private void WriteToken(Span<byte> chunk, long now)
    {
        new Token(_stream, _number++, now).Write(chunk[TokenAt..]);
        upstream.Sent++;
    }

    private void End()
    {
        if (_plan is { Hold: true })
            return;
        _plan = null;
        upstream.Running.Remove(this);
        Send(Closing(_number));
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        if (_gone)
            return; // what was sent just before found the other side closed
        var sent = 0;
        if (_unsent.Length == 0)
        {
            sent = Socket.Send(bytes, SocketFlags.None, out var error);
            if (error is not SocketError.Success and not SocketError.WouldBlock)
            {
                Lost();
                return;
            }
        }
        if (sent == bytes.Length)
            return;
        if (_unsent.Length == 0)
            Loop.WantWrite(this, true);
        _unsent = [.. _unsent, .. bytes[sent..]];
    }

    private bool Flush()
    {
        var sent = Socket.Send(_unsent, SocketFlags.None, out var error);
        if (error is not SocketError.Success and not SocketError.WouldBlock)
        {
            Lost();
            return false;
        }
        _unsent = _unsent[sent..];
        if (_unsent.Length > 0)
            return false;
        Loop.WantWrite(this, false);
        return true;
    }

    private static byte[] Delta(string delta, string finishReason) => Chunk($$$"""
        {"choices":[{"content_filter_results":{"hate":{"filtered":false,"severity":"safe"},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}},"delta":{{{delta}}},"finish_reason":{{{finishReason}}},"index":0,"logprobs":null}],"created":1763800000,"id":"chatcmpl-CeG0nAk7bRkP3Xz1Vw9uTq5Ys2Lmd","model":"gpt-4o-2024-08-06","object":"chat.completion.chunk","system_fingerprint":"fp_4a331a0222"}
        """);

    private static byte[] Chunk(string json)
    {
        var data = Encoding.ASCII.GetBytes($"data: {json}\n\n");
        return [.. Encoding.ASCII.GetBytes($"{data.Length:X}\r\n"), .. data, .. "\r\n"u8];
    }
}

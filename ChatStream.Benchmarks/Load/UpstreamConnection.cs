using System.Buffers;
using System.Net.Sockets;

namespace ChatStream.Benchmarks.Load;

/// <summary>A connection to the upstream. It answers one request after another, as the plan says.</summary>
internal sealed class UpstreamConnection(LoadLoop loop, Socket socket, Upstream upstream) : Connection(loop, socket)
{
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
    /// <returns>The time when the next token is due; null if none follows.</returns>
    public long? SendNext()
    {
        if (_gone || _plan is not { } plan)
            return null;
        Send(NextToken(LoadLoop.Now));
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
        Send(upstream.Chunks.Opening);
        if (_plan.PerSecond > 0)
            Loop.Pacer.Schedule(this, _due = upstream.FirstDue());
        else
            SendAll();
    }

    /// <summary>Sends many chunks in one write, with one token each, as an upstream does that is far ahead.</summary>
    private void SendAll()
    {
        const int AtOnce = 64;
        while (_plan is { } plan && _unsent.Length == 0 && (plan.Tokens == 0 || _number < plan.Tokens))
        {
            var count = plan.Tokens == 0 ? AtOnce : Math.Min(AtOnce, plan.Tokens - _number);
            var batch = new ArrayBufferWriter<byte>(count * upstream.Chunks.LongestToken);
            var now = LoadLoop.Now;
            for (var i = 0; i < count; i++)
                batch.Write(NextToken(now));
            Send(batch.WrittenSpan);
            if (_number == plan.Tokens)
                End();
        }
    }

    private ReadOnlySpan<byte> NextToken(long now)
    {
        upstream.Sent++;
        return upstream.Chunks.Of(new Token(_stream, _number++, now));
    }

    private void End()
    {
        if (_plan is { Hold: true })
            return;
        _plan = null;
        upstream.Running.Remove(this);
        Send(upstream.Chunks.Closing(_number));
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        if (_gone)
            return; // an earlier send found that the other side had closed
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
}

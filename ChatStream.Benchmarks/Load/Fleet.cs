using System.Net;

namespace ChatStream.Benchmarks.Load;

/// <summary>The readers of one target and their figures. Only the thread of the loop may use it.</summary>
internal sealed class Fleet(LoadLoop loop, Uri address)
{
    private const int MostFaultsKept = 10;

    private readonly List<Reader> _readers = [];
    private readonly Queue<Reader> _idle = new();

    public IReadOnlyList<Reader> Readers => _readers;

    /// <summary>From the upstream's send to the reader's receive, in microseconds.</summary>
    public Samples Latency { get; } = new();

    /// <summary>From the reader's request to its first token, in microseconds.</summary>
    public Samples FirstToken { get; } = new();

    public long Tokens { get; set; }

    /// <summary>The number of readers that have received a token.</summary>
    public int Begun { get; set; }

    /// <summary>Counts lost, doubled and reordered tokens, cut answers and refusals. None is allowed.</summary>
    public int FaultCount { get; private set; }

    public List<string> Faults { get; } = [];

    public IPEndPoint Server { get; } = new(IPAddress.Loopback, address.Port);

    /// <summary>Opens a connection and sends a request on it.</summary>
    public Reader Open(byte[] request)
    {
        var reader = new Reader(loop, this);
        _readers.Add(reader);
        reader.Send(request);
        return reader;
    }

    /// <summary>Sends a request on a connection that has no answer to read, or on a new one.</summary>
    public Reader Send(byte[] request)
    {
        while (_idle.TryDequeue(out var reader))
        {
            if (reader.IsOpen)
            {
                reader.Send(request);
                return reader;
            }
        }
        return Open(request);
    }

    /// <summary>Called by a reader when its whole answer has come.</summary>
    public void Idle(Reader reader) => _idle.Enqueue(reader);

    /// <summary>Closes a connection and forgets it.</summary>
    public void Close(Reader reader)
    {
        reader.Close();
        _readers.Remove(reader);
    }

    /// <summary>Stops the answer of a reader, with a request on another connection.</summary>
    public void Stop(Reader reader) => Open(Target.StopRequest(reader.GenerationId!));

    public void CloseAll()
    {
        foreach (var reader in _readers)
            reader.Close();
        _readers.Clear();
        _idle.Clear();
    }

    public void Fault(string what)
    {
        FaultCount++;
        if (Faults.Count < MostFaultsKept)
            Faults.Add(what);
    }

    /// <summary>Throws if anything was lost, doubled, reordered or refused.</summary>
    public void Require()
    {
        if (FaultCount > 0)
            throw new LoadException($"{FaultCount} faults: {string.Join(' ', Faults)}");
    }
}

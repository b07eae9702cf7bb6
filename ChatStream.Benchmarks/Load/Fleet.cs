using System.Net;

namespace ChatStream.Benchmarks.Load;

/// <summary>The readers of one target, and what they have seen. All of it belongs to the loop's thread.</summary>
internal sealed class Fleet(LoadLoop loop, Uri address)
{
    private const int MostFaultsKept = 10;

    private readonly List<Reader> _readers = [];

    public IReadOnlyList<Reader> Readers => _readers;

    /// <summary>From the upstream's send to the reader's receive.</summary>
    public Samples Latency { get; } = new();

    /// <summary>From the reader's request to its first token.</summary>
    public Samples FirstToken { get; } = new();

    public long Tokens { get; set; }

    /// <summary>Readers that have had a token.</summary>
    public int Begun { get; set; }

    /// <summary>Tokens lost, doubled or out of order, answers cut, refusals: none is allowed.</summary>
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

    /// <summary>Stops the answer that a reader reads, from a connection of its own.</summary>
    public void Stop(Reader reader) => Open(Target.StopRequest(reader.GenerationId!));

    public void CloseAll()
    {
        foreach (var reader in _readers)
            reader.Close();
        _readers.Clear();
    }

    public void Fault(string what)
    {
        FaultCount++;
        if (Faults.Count < MostFaultsKept)
            Faults.Add(what);
    }

    /// <summary>That nothing was lost, doubled, reordered or refused.</summary>
    public void Require()
    {
        if (FaultCount > 0)
            throw new LoadException($"{FaultCount} faults: {string.Join(' ', Faults)}");
    }
}

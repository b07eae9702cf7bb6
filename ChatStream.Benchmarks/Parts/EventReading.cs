using System.Text;
using BenchmarkDotNet.Attributes;
using ChatStream.Benchmarks.Load;
using ChatStream.Web.Providers.Wire;

namespace ChatStream.Benchmarks.Parts;

/// <summary>Finds events of about 500 bytes in the bytes that arrive. The figure includes a copy of the bytes.</summary>
[MemoryDiagnoser]
public class EventReading : IDisposable // BenchmarkDotNet derives from it
{
    private readonly EventBuffer _buffer = new();
    private readonly byte[][] _events = [.. UpstreamChunks.Paddings.Select(padding =>
        Encoding.UTF8.GetBytes($"data: {UpstreamChunks.Delta("""{"content":" word"}""", "null", padding)}\n\n"))];
    private byte[] _all = [];

    /// <summary>The number of events. An attribute needs a constant.</summary>
    private const int Events = 256;

    [GlobalSetup]
    public void Join()
    {
        _all = [.. _events.SelectMany(bytes => bytes)];
        if (_events.Length != Events)
            throw new InvalidOperationException($"There are {_events.Length} events.");
    }

    /// <summary>Each read has one event, as in a stream that keeps up with the model.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Events)]
    public int OneByOne()
    {
        var length = 0;
        foreach (var bytes in _events)
            length += TakeAll(bytes);
        return length;
    }

    /// <summary>Each read fills the buffer with many events, as in a stream that is behind.</summary>
    [Benchmark(OperationsPerInvoke = Events)]
    public int ManyAtOnce() => TakeAll(_all);

    [GlobalCleanup]
    public void Dispose()
    {
        _buffer.Dispose();
        GC.SuppressFinalize(this);
    }

    private int TakeAll(ReadOnlySpan<byte> arriving)
    {
        var length = 0;
        while (!arriving.IsEmpty)
        {
            var free = _buffer.Free.Span;
            var count = Math.Min(free.Length, arriving.Length);
            arriving[..count].CopyTo(free);
            _buffer.Add(count);
            arriving = arriving[count..];
            while (_buffer.TryTake(out var data))
                length += data.Length;
        }
        return length;
    }
}

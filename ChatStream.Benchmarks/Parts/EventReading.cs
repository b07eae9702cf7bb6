using System.Text;
using BenchmarkDotNet.Attributes;
using ChatStream.Benchmarks.Load;
using ChatStream.Web.Providers;

namespace ChatStream.Benchmarks.Parts;

/// <summary>Takes one event of about 500 bytes out of the bytes that have arrived. Copying them in is part of the figure.</summary>
[MemoryDiagnoser]
public class EventReading : IDisposable // BenchmarkDotNet derives from it
{
    private readonly EventBuffer _buffer = new();
    private readonly byte[][] _events = [.. UpstreamChunks.Paddings.Select(padding =>
        Encoding.UTF8.GetBytes($"data: {UpstreamChunks.Delta("""{"content":" word"}""", "null", padding)}\n\n"))];
    private byte[] _all = [];

    /// <summary>Equal to the number of events, which an attribute cannot ask for.</summary>
    private const int Events = 256;

    [GlobalSetup]
    public void Join()
    {
        _all = [.. _events.SelectMany(bytes => bytes)];
        if (_events.Length != Events)
            throw new InvalidOperationException($"There are {_events.Length} events.");
    }

    /// <summary>Each event arrives alone, as it does where a stream keeps up with the model.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Events)]
    public int OneByOne()
    {
        var length = 0;
        foreach (var bytes in _events)
            length += TakeAll(bytes);
        return length;
    }

    /// <summary>A read fills the buffer, as it does where a stream is behind.</summary>
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

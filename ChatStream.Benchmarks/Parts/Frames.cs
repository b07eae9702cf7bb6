using System.Buffers;
using BenchmarkDotNet.Attributes;
using ChatStream.Web.Streaming;

namespace ChatStream.Benchmarks.Parts;

/// <summary>Encodes the frame of a token, appends it, and copies it to readers.</summary>
[MemoryDiagnoser]
public class Frames
{
    private const int Tokens = 200;

    private readonly FrameEncoder _encoder = new("gggggggggggggggg.");
    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);

    [Params(1, 3, 100)]
    public int Readers { get; set; }

    [Benchmark]
    public int Encode() => _encoder.EncodeText(117, default, " word").Length;

    /// <summary>Appends an answer of 200 tokens that has no reader.</summary>
    [Benchmark(OperationsPerInvoke = Tokens)]
    public long Append()
    {
        var log = new FrameLog("gggggggggggggggg.", MemoryPool<byte>.Shared);
        for (var i = 0; i < Tokens; i++)
            log.AppendText(default, " word");
        var bytes = log.Bytes;
        log.Release();
        return bytes;
    }

    /// <summary>Appends the same answer. All readers read each token before the next one comes.</summary>
    [Benchmark(OperationsPerInvoke = Tokens)]
    public int AppendAndRead()
    {
        var log = new FrameLog("gggggggggggggggg.", MemoryPool<byte>.Shared);
        var readers = new FrameReader[Readers];
        for (var i = 0; i < readers.Length; i++)
            readers[i] = log.OpenReader(0, CancellationToken.None);
        var read = 0;
        for (var i = 0; i < Tokens; i++)
        {
            log.AppendText(default, " word");
            log.Flush();
            foreach (var reader in readers)
            {
                _output.ResetWrittenCount();
                read += reader.CopyTo(_output, int.MaxValue);
            }
        }
        foreach (var reader in readers)
            reader.Dispose();
        log.Release();
        return read;
    }
}

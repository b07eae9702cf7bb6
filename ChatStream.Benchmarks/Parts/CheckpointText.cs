using System.Buffers;
using BenchmarkDotNet.Attributes;
using ChatStream.Web.Streaming;

namespace ChatStream.Benchmarks.Parts;

/// <summary>Reads the text for a checkpoint out of the frames of an answer.</summary>
[MemoryDiagnoser]
public class CheckpointText
{
    private readonly FrameLog _log = new("gggggggggggggggg.", MemoryPool<byte>.Shared);

    /// <summary>Frames since the last checkpoint, one token each.</summary>
    [Params(200, 2_000)]
    public int Frames { get; set; }

    /// <summary>Whether each token has characters that JSON escapes. No text has more of them.</summary>
    [Params(false, true)]
    public bool Escapes { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        for (var i = 0; i < Frames; i++)
            _log.AppendText(default, Escapes ? "\"wo\"\n" : " words");
    }

    [Benchmark]
    public string Read() => _log.ReadText(default, 0, _log.Bytes);

    [GlobalCleanup]
    public void Release() => _log.Release();
}

using System.Text;
using BenchmarkDotNet.Attributes;
using ChatStream.Benchmarks.Load;
using ChatStream.Web.Providers.Wire;

namespace ChatStream.Benchmarks.Parts;

/// <summary>Parses a chunk of about 500 bytes, with and without the random <c>obfuscation</c> of each chunk.</summary>
[MemoryDiagnoser]
public class ChunkParsing
{
    private readonly CompletionParser _knowing = new();
    private readonly CompletionParser _parsing = new(usesTemplate: false);
    private byte[][] _chunks = [];
    private int _next;

    [Params(false, true)]
    public bool Obfuscation { get; set; }

    [GlobalSetup]
    public void Read()
    {
        _chunks = [.. UpstreamChunks.Paddings.Select(padding =>
            Encoding.UTF8.GetBytes(UpstreamChunks.Delta("""{"content":" word"}""", "null", Obfuscation ? padding : null)))];
        _knowing.Parse(_chunks[0]);
    }

    [Benchmark(Baseline = true)]
    public string? Parsed() => _parsing.Parse(NextChunk()).Text;

    [Benchmark]
    public string? Recognised() => _knowing.Parse(NextChunk()).Text;

    private byte[] NextChunk() => _chunks[_next = (_next + 1) % _chunks.Length];
}

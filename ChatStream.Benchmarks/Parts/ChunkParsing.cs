using System.Text;
using BenchmarkDotNet.Attributes;
using ChatStream.Web.Providers.Wire;

namespace ChatStream.Benchmarks.Parts;

/// <summary>One chunk of Azure's, of about 500 bytes.</summary>
[MemoryDiagnoser]
public class ChunkParsing
{
    private readonly CompletionParser _knowing = new();
    private readonly CompletionParser _parsing = new(usesTemplate: false);
    private byte[] _chunk = [];

    [GlobalSetup]
    public void Read()
    {
        _chunk = Encoding.UTF8.GetBytes("""
            {"choices":[{"content_filter_results":{"hate":{"filtered":false,"severity":"safe"},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}},"delta":{"content":" word"},"finish_reason":null,"index":0,"logprobs":null}],"created":1763800000,"id":"chatcmpl-CeG0nAk7bRkP3Xz1Vw9uTq5Ys2Lmd","model":"gpt-4o-2024-08-06","object":"chat.completion.chunk","system_fingerprint":"fp_4a331a0222"}
            """);
        _knowing.Parse(_chunk);
    }

    [Benchmark(Baseline = true)]
    public string? Parsed() => _parsing.Parse(_chunk).Text;

    [Benchmark]
    public string? Recognised() => _knowing.Parse(_chunk).Text;
}

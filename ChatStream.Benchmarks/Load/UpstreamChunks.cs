using System.Text;

namespace ChatStream.Benchmarks.Load;

/// <summary>What the upstream sends, as HTTP chunks that are finished but for the token: sending one costs the load no more than a copy.</summary>
internal sealed class UpstreamChunks
{
    /// <summary>
    /// Chunks to choose from. A stream repeats a padding after so many tokens, and no two that follow on each other are alike.
    /// Together they take 140 KB, which stays in the processor's cache.
    /// </summary>
    private const int PaddingCount = 256;

    /// <summary>A service fills text and padding up to 16 characters, so a padding has 0 to 15.</summary>
    private const int LongestPadding = 15;

    private const string PaddingCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private const string SafeFilters = """
        {"hate":{"filtered":false,"severity":"safe"},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}
        """;

    private static readonly byte[] Head = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");

    private readonly byte[][] _tokens;
    private readonly int _tokenAt;
    private readonly bool _isPadded;

    /// <param name="isPadded">Whether each chunk has a member <c>obfuscation</c>.</param>
    public UpstreamChunks(bool isPadded)
    {
        _isPadded = isPadded;
        var content = $$"""{"content":"{{Token.Placeholder}}"}""";
        _tokens = isPadded
            ? [.. Paddings.Select(padding => Chunk(Delta(content, "null", padding)))]
            : [Chunk(Delta(content, "null", null))];
        _tokenAt = _tokens[0].AsSpan().IndexOf(Token.Mark);
        LongestToken = _tokens.Max(chunk => chunk.Length);
        Opening = [.. Head, .. Chunk("""
            {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"},"jailbreak":{"filtered":false,"detected":false},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}}]}
            """), .. Chunk(Delta("""{"content":"","refusal":null,"role":"assistant"}""", "null", PaddingAt(0)))];
    }

    /// <summary>Random paddings, the same in every run.</summary>
    public static IReadOnlyList<string> Paddings { get; } = NewPaddings();

    /// <summary>The response's head, the prompt's filter results and the role.</summary>
    public byte[] Opening { get; }

    /// <summary>Bytes of the longest chunk with a token.</summary>
    public int LongestToken { get; }

    /// <summary>The end of an answer. It has the usage, because ChatStream asks for it (stream_options.include_usage).</summary>
    public byte[] Closing(int tokens) =>
        [.. Chunk(Delta("{}", "\"stop\"", PaddingAt(1))), .. Chunk(Envelope("", PaddingAt(2), $$$"""
        ,"usage":{"completion_tokens":{{{tokens}}},"completion_tokens_details":{"reasoning_tokens":0},"prompt_tokens":20,"total_tokens":{{{tokens + 20}}}}
        """)), .. "E\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"u8];

    /// <summary>The chunk of a token, to be sent before the next call: chunks with the same padding share their bytes.</summary>
    public ReadOnlySpan<byte> Of(Token token)
    {
        // Streams that began together are at different places of the table.
        var chunk = _tokens[(token.Stream * 31 + token.Number) % _tokens.Length];
        token.Write(chunk.AsSpan(_tokenAt));
        return chunk;
    }

    /// <summary>The JSON of a chunk that has one piece of an answer, in the order in which Azure writes members: by their names.</summary>
    /// <param name="delta">JSON.</param>
    /// <param name="finishReason">JSON.</param>
    /// <param name="padding">Null leaves the member out.</param>
    public static string Delta(string delta, string finishReason, string? padding) => Envelope($$$"""
        {"content_filter_results":{{{SafeFilters}}},"delta":{{{delta}}},"finish_reason":{{{finishReason}}},"index":0,"logprobs":null}
        """, padding);

    private static string Envelope(string choices, string? padding, string last = "")
    {
        var obfuscation = padding is null ? "" : $"\"obfuscation\":\"{padding}\",";
        return $$"""
            {"choices":[{{choices}}],"created":1763800000,"id":"chatcmpl-CeG0nAk7bRkP3Xz1Vw9uTq5Ys2Lmd","model":"gpt-4o-2024-08-06",{{obfuscation}}"object":"chat.completion.chunk","system_fingerprint":"fp_4a331a0222"{{last}}}
            """;
    }

    private static byte[] Chunk(string json)
    {
        var data = Encoding.ASCII.GetBytes($"data: {json}\n\n");
        return [.. Encoding.ASCII.GetBytes($"{data.Length:X}\r\n"), .. data, .. "\r\n"u8];
    }

    private string? PaddingAt(int index) => _isPadded ? Paddings[index] : null;

    private static string[] NewPaddings()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, PaddingCount)
            .Select(_ => new string(random.GetItems<char>(PaddingCharacters, random.Next(LongestPadding + 1))))];
    }
}

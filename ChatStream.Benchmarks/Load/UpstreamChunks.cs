using System.Text;

namespace ChatStream.Benchmarks.Load;

/// <summary>The HTTP chunks that the upstream sends. They are made once; then only the token in them changes.</summary>
internal sealed class UpstreamChunks
{
    /// <summary>
    /// A stream uses all paddings in turn, so a padding comes again after this number of tokens. The chunks together take 140 KB,
    /// which fits into the processor's cache.
    /// </summary>
    private const int PaddingCount = 256;

    /// <summary>In recorded streams, text and padding have 16 characters together. So a padding has 0 to 15.</summary>
    private const int LongestPadding = 15;

    private const string PaddingCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private const string Hate = """
        "hate":{"filtered":false,"severity":"safe"}
        """;

    private const string SelfHarm = """
        "self_harm":{"filtered":false,"severity":"safe"}
        """;

    private const string Others = $$"""
        {{SelfHarm}},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}
        """;

    private const string SafePrompt =
        $$"""[{"prompt_index":0,"content_filter_results":{{{Hate}},"jailbreak":{"filtered":false,"detected":false},"""
        + Others + "}}]";

    private const string Id = """
        "id":"chatcmpl-CeG0nAk7bRkP3Xz1Vw9uTq5Ys2Lmd","model":"gpt-4o-2024-08-06"
        """;

    private const string Object = """
        "object":"chat.completion.chunk","system_fingerprint":"fp_4a331a0222"
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
        Opening =
        [
            .. Head,
            .. Chunk($$"""{"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":{{SafePrompt}}}"""),
            .. Chunk(Delta("""{"content":"","refusal":null,"role":"assistant"}""", "null", PaddingAt(0))),
        ];
    }

    /// <summary>Random paddings, the same in every run.</summary>
    public static IReadOnlyList<string> Paddings { get; } = NewPaddings();

    /// <summary>The head of the response, the filter results of the prompt, and the role.</summary>
    public byte[] Opening { get; }

    /// <summary>The length of the longest chunk with a token, in bytes.</summary>
    public int LongestToken { get; }

    /// <summary>The end of an answer. It has the usage, because ChatStream asks for it (stream_options.include_usage).</summary>
    public byte[] Closing(int tokens)
    {
        var usage = $$$"""
            ,"usage":{"completion_tokens":{{{tokens}}},"completion_tokens_details":{"reasoning_tokens":0}
            """
            + $$$""","prompt_tokens":20,"total_tokens":{{{tokens + 20}}}}""";
        return
        [
            .. Chunk(Delta("{}", "\"stop\"", PaddingAt(1))),
            .. Chunk(Envelope("", PaddingAt(2), usage)),
            .. "E\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"u8,
        ];
    }

    /// <summary>Returns the chunk of a token. It is valid until the next call.</summary>
    public ReadOnlySpan<byte> Of(Token token)
    {
        // At the same time, different streams use different paddings.
        var chunk = _tokens[(token.Stream * 31 + token.Number) % _tokens.Length];
        token.Write(chunk.AsSpan(_tokenAt));
        return chunk;
    }

    /// <summary>Makes the JSON of a chunk with one choice. Members stand in the order of their names, as on Azure.</summary>
    /// <param name="delta">As JSON.</param>
    /// <param name="finishReason">As JSON.</param>
    /// <param name="padding">Null leaves the member out.</param>
    public static string Delta(string delta, string finishReason, string? padding) => Envelope(
        $$"""{"content_filter_results":{{{Hate}},{{Others}}},"delta":{{delta}}"""
        + $$""","finish_reason":{{finishReason}},"index":0,"logprobs":null}""", padding);

    private static string Envelope(string choices, string? padding, string last = "")
    {
        var obfuscation = padding is null ? "" : $",\"obfuscation\":\"{padding}\"";
        return $$"""{"choices":[{{choices}}],"created":1763800000,{{Id}}{{obfuscation}},{{Object}}{{last}}}""";
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

namespace ChatStream.Web.Tests.Providers.ChatCompletions;

/// <summary>A stream with every kind of chunk that Azure and compatible services are known to send.</summary>
internal static class AzureStream
{
    private const string Safe = """{"hate":{"filtered":false,"severity":"safe"}"""
        + ""","protected_material_code":{"filtered":false,"detected":false}"""
        + ""","custom_blocklists":{"filtered":false,"details":[]}}""";

    private static readonly (string Event, string Update)[] Events =
    [
        ("""{"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":"""
            + """[{"prompt_index":0,"content_filter_results":""" + Safe + "}]}", "-"),
        (Chunk("""{"content":"","refusal":null,"role":"assistant"}"""), "id c-1, model gpt-4o"),
        (Chunk("""{"content":null,"reasoning_content":"Sie grüßen. "}"""), "reasoning 'Sie grüßen. ', id c-1, model gpt-4o"),
        (Chunk("""{"reasoning":"\u4f60\ud83d"}"""), "reasoning '你', id c-1, model gpt-4o"),
        (Chunk("""{"reasoning":"\ude00!"}"""), "reasoning '😀!', id c-1, model gpt-4o"),
        (Chunk("""{"reasoning_content":"one","reasoning":"one"}"""), "reasoning 'one', id c-1, model gpt-4o"),
        (Chunk("""{"content":"Hellö 世界 😀"}""", filters: Safe), "text 'Hellö 世界 😀', id c-1, model gpt-4o"),
        (Chunk("""{"content":" \"q\" \\ \/ \b\f\n\r\t \u00e9\u4e16\ud83d\ude00"}""", filters: Safe),
            "text ' \"q\" \\ / \b\f\n\r\t é世😀', id c-1, model gpt-4o"),
        (Chunk("""{"content":"half: \ud83d"}"""), "text 'half: ', id c-1, model gpt-4o"),
        (Chunk("""{"content":"\ude00 whole"}"""), "text '😀 whole', id c-1, model gpt-4o"),
        (Chunk("""{"refusal":"I cannot."}"""), "text 'I cannot.', id c-1, model gpt-4o"),
        (Chunk("""{"tool_calls":[{"index":0,"id":"call_1","type":"function","""
            + "\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":[1,\"}}]}"),
            "id c-1, model gpt-4o"),
        ("""{"id":"","object":"","created":0,"model":"","choices":[{"index":0,"finish_reason":null,"content_filter_results":"""
            + Safe + ""","content_filter_raw":[],"""
            + "\"content_filter_offsets\":{\"check_offset\":44,\"start_offset\":44,\"end_offset\":198}}]}", "-"),
        (Chunk("""{"content":"x"}""",
            filters: """{"error":{"code":"content_filter_error","message":"The contents are not filtered"}}"""),
            "text 'x', id c-1, model gpt-4o"),
        (Chunk("""{"content":"y"}""",
            filters: """{"error":{"code":"content_filter_error"}}""", filtersName: "content_filter_result"),
            "text 'y', id c-1, model gpt-4o"),
        ("""{"new":{"deep":[{"content":"no"},[1,2.5e3,true,null]]},"id":"c-1","choices":["""
            + """{"new":[],"delta":{"content":"z","new":{"content":"no"}},"index":0}],"obfuscation":"q\"q"}""",
            "text 'z', id c-1"),
        (Chunk("{}", finish: "\"stop\""), "finish stop, id c-1, model gpt-4o"),
        ("""{"choices":[],"id":"c-1","model":"gpt-4o","usage":{"completion_tokens":7"""
            + ""","completion_tokens_details":{"audio_tokens":0,"reasoning_tokens":3}"""
            + ""","prompt_tokens":12,"prompt_tokens_details":{"cached_tokens":5},"total_tokens":19}}""",
            "usage 12+7=19 reasoning 3 cached 5, id c-1, model gpt-4o"),
    ];

    public static IEnumerable<string> Updates => TestModel.Joined(Events.Select(e => e.Update)).Append("FunctionCallContent");

    /// <summary>The whole stream, with comments between the events.</summary>
    public static string Text(string lineEnd)
    {
        var blankLine = lineEnd + lineEnd;
        var events = Events.Select((e, i) => (i % 5 == 0 ? $": comment é{blankLine}" : "") + $"data: {e.Event}{blankLine}");
        return string.Concat(events) + $"data: [DONE]{blankLine}";
    }

    public static string Chunk(
        string delta, string finish = "null", string? filters = null, string filtersName = "content_filter_results")
    {
        var results = filters is null ? "" : $"\"{filtersName}\":{filters},";
        return $$"""{"choices":[{{{results}}"delta":{{delta}},"finish_reason":{{finish}},"index":0,"logprobs":null}]"""
            + ""","created":1700000000,"id":"c-1","model":"gpt-4o","object":"chat.completion.chunk","""
            + "\"system_fingerprint\":\"fp_1\",\"usage\":null}";
    }

    /// <summary>An event with a piece of text.</summary>
    public static string Data(string text) => $"data: {Chunk($$"""{"content":"{{text}}"}""")}\n\n";

    public static string Finish(string reason = "stop") => $"data: {Chunk("{}", finish: $"\"{reason}\"")}\n\n";

    public const string Done = "data: [DONE]\n\n";
}

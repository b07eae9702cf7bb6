namespace ChatStream.Emulator.Wire;

/// <summary>What all chunks of one answer have in common. If there is no padding, they have no <c>obfuscation</c>.</summary>
internal sealed record AnswerInfo(string Id, long Created, string Model, bool IncludesUsage, Padding? Padding)
{
    /// <summary>Whether it is made in the background, and kept.</summary>
    public bool IsBackground { get; init; }

    /// <summary>Whose key encrypts the reasoning; null: it is not asked for.</summary>
    public string? Encrypts { get; init; }
}

/// <summary>A chat.completion.chunk. Its members stand in the order of their names, as Azure sends them.</summary>
internal abstract record Chunk
{
    public abstract string Json(AnswerInfo answer);

    protected static string Envelope(AnswerInfo answer, string choices, string usage = "null")
    {
        var obfuscation = answer.Padding is { } padding ? $"\"obfuscation\":\"{padding.Next()}\"," : "";
        var last = answer.IncludesUsage ? $",\"usage\":{usage}" : "";
        return $$"""{"choices":[{{choices}}],"created":{{answer.Created}},"id":"{{answer.Id}}","model":"{{answer.Model}}","""
            + $$"""{{obfuscation}}"object":"chat.completion.chunk","system_fingerprint":"fp_04751d0b65"{{last}}}""";
    }

    protected static string Choice(
        string filters, string delta, string finishReason = "null", string filtersName = "content_filter_results") =>
        $$"""{"{{filtersName}}":{{filters}},"delta":{{{delta}}},"finish_reason":{{finishReason}},"index":0,"logprobs":null}""";
}

/// <param name="Name"><c>prompt_filter_results</c>, or <c>prompt_annotations</c>, its older name.</param>
/// <param name="IsFiltered">Whether the filter stops the prompt, after the answer has begun.</param>
internal sealed record PromptFilterChunk(string Name = "prompt_filter_results", bool IsFiltered = false) : Chunk
{
    public string Found => IsFiltered ? ContentFilters.FilteredPrompt : ContentFilters.SafePrompt;

    public string Results => $$"""[{"prompt_index":0,"content_filter_results":{{Found}}}]""";

    // Azure sends it before the model is known, so it has no id, no model and no padding.
    public override string Json(AnswerInfo answer) =>
        $$"""{"choices":[],"created":0,"id":"","model":"","object":"","{{Name}}":{{Results}}}""";
}

internal sealed record RoleChunk : Chunk
{
    public override string Json(AnswerInfo answer) =>
        Envelope(answer, Choice(ContentFilters.None, "\"content\":\"\",\"refusal\":null,\"role\":\"assistant\""));
}

internal sealed record TextChunk(string Literal) : Chunk
{
    public override string Json(AnswerInfo answer) =>
        Envelope(answer, Choice(ContentFilters.Safe, $"\"content\":{Literal}"));
}

internal sealed record RefusalChunk(string Literal) : Chunk
{
    public override string Json(AnswerInfo answer) =>
        Envelope(answer, Choice(ContentFilters.None, $"\"refusal\":{Literal}"));
}

internal sealed record ReasoningChunk(string Literal, string Field) : Chunk
{
    public override string Json(AnswerInfo answer) =>
        Envelope(answer, Choice(ContentFilters.None, $"\"content\":null,\"{Field}\":{Literal}"));
}

internal sealed record ToolCallChunk(int Index, string? Id, string? Name, string Arguments) : Chunk
{
    public override string Json(AnswerInfo answer)
    {
        var id = Id is null ? "" : $",\"id\":{JsonText.Literal(Id)},\"type\":\"function\"";
        var name = Name is null ? "" : $"\"name\":{JsonText.Literal(Name)},";
        var call = $$"""{"index":{{Index}}{{id}},"function":{{{name}}"arguments":{{JsonText.Literal(Arguments)}}}""" + "}";
        return Envelope(answer, Choice(ContentFilters.None, $"\"tool_calls\":[{call}]"));
    }
}

/// <param name="Reason">The finish reason.</param>
/// <param name="IsOfPrompt">Whether the filter that ends the answer found something in the prompt only.</param>
internal sealed record FinishChunk(string? Reason, bool IsOfPrompt = false) : Chunk
{
    public string Filters => Reason == "content_filter" && !IsOfPrompt ? ContentFilters.Violent : ContentFilters.None;

    public override string Json(AnswerInfo answer) =>
        Envelope(answer, Choice(Filters, "", JsonText.LiteralOrNull(Reason)));
}

internal sealed record UsageChunk(int Input, int Output, int Reasoning) : Chunk
{
    public string Usage =>
        $$"""{"completion_tokens":{{Output}},"completion_tokens_details":{"accepted_prediction_tokens":0,"audio_tokens":0"""
        + $$""","reasoning_tokens":{{Reasoning}},"rejected_prediction_tokens":0},"prompt_tokens":{{Input}}"""
        + $$""","prompt_tokens_details":{"audio_tokens":0,"cached_tokens":0},"total_tokens":{{Input + Output}}}""";

    /// <summary>The same with the names of the Responses API.</summary>
    public string ResponsesUsage =>
        $$"""{"input_tokens":{{Input}},"input_tokens_details":{"cached_tokens":0},"output_tokens":{{Output}}"""
        + $$""","output_tokens_details":{"reasoning_tokens":{{Reasoning}}},"total_tokens":{{Input + Output}}}""";

    public override string Json(AnswerInfo answer) => Envelope(answer, "", Usage);
}

/// <summary>The asynchronous filter's annotation: a choice without a delta. It may come after the finish.</summary>
internal sealed record FilterAnnotationChunk(string Filters, int CheckOffset, int StartOffset, int EndOffset) : Chunk
{
    public override string Json(AnswerInfo answer)
    {
        var offsets = $$"""{"check_offset":{{CheckOffset}},"start_offset":{{StartOffset}},"end_offset":{{EndOffset}}}""";
        return $$"""{"id":"","object":"","created":0,"model":"","choices":[{"index":0,"finish_reason":null"""
            + $$""","content_filter_results":{{Filters}},"content_filter_raw":[],"content_filter_offsets":{{offsets}}}]}""";
    }
}

internal sealed record FilterOutageChunk(string Literal, string FiltersName) : Chunk
{
    public override string Json(AnswerInfo answer) =>
        Envelope(answer, Choice(ContentFilters.Outage, $"\"content\":{Literal}", filtersName: FiltersName));
}

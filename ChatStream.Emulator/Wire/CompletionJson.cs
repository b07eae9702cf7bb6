namespace ChatStream.Emulator.Wire;

/// <summary>Joins the chunks of an answer to a chat.completion, for a request that asked for no stream.</summary>
internal static class CompletionJson
{
    public static string Write(AnswerInfo answer, IReadOnlyList<Chunk> chunks)
    {
        var finish = chunks.OfType<FinishChunk>().LastOrDefault() ?? new FinishChunk(null);
        var filters = finish.Reason == "content_filter" ? finish.Filters : ContentFilters.Safe;
        var usage = (chunks.OfType<UsageChunk>().LastOrDefault() ?? new UsageChunk(0, 0, 0)).Usage;
        var message = Message(chunks);
        var found = chunks.OfType<PromptFilterChunk>().LastOrDefault() ?? new PromptFilterChunk();
        var prompt = $",\"{found.Name}\":{found.Results}";
        return $$"""{"choices":[{"content_filter_results":{{filters}},"finish_reason":{{JsonText.LiteralOrNull(finish.Reason)}}"""
            + $$""","index":0,"logprobs":null,"message":{{message}}}],"created":{{answer.Created}}"""
            + $$""","id":{{JsonText.Literal(answer.Id)}}"""
            + $$""","model":{{JsonText.Literal(answer.Model)}},"object":"chat.completion"{{prompt}}"""
            + $$""","system_fingerprint":"fp_04751d0b65","usage":{{usage}}}""";
    }

    private static string Message(IReadOnlyList<Chunk> chunks)
    {
        var content = Joined(chunks.Select(chunk => chunk switch
        {
            TextChunk text => text.Literal,
            FilterOutageChunk unfiltered => unfiltered.Literal,
            _ => null,
        }));
        var refusal = Joined(chunks.Select(chunk => (chunk as RefusalChunk)?.Literal));
        var reasoning = chunks.OfType<ReasoningChunk>().GroupBy(chunk => chunk.Field)
            .Select(field => $",\"{field.Key}\":{JsonText.Join(field.Select(chunk => chunk.Literal))}");
        var others = string.Concat(reasoning) + ToolCalls(chunks);
        return $$"""{"content":{{content}},"refusal":{{refusal}},"role":"assistant"{{others}}}""";
    }

    private static string ToolCalls(IReadOnlyList<Chunk> chunks)
    {
        var calls = chunks.OfType<ToolCallChunk>().GroupBy(chunk => chunk.Index).Select(call =>
        {
            var id = JsonText.LiteralOrNull(call.First().Id);
            var name = JsonText.LiteralOrNull(call.First().Name);
            var arguments = JsonText.Literal(string.Concat(call.Select(chunk => chunk.Arguments)));
            return $$$"""{"function":{"arguments":{{{arguments}}},"name":{{{name}}}},"id":{{{id}}},"type":"function"}""";
        }).ToList();
        return calls.Count == 0 ? "" : $",\"tool_calls\":[{string.Join(',', calls)}]";
    }

    private static string Joined(IEnumerable<string?> literals)
    {
        var present = literals.OfType<string>().ToList();
        return present.Count == 0 ? "null" : JsonText.Join(present);
    }
}

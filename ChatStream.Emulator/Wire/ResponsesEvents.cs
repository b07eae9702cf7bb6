using System.Text.Json;

namespace ChatStream.Emulator.Wire;

/// <summary>
/// Turns the chunks of a script into the events of the Responses API, and into the whole response. One per answer. Events have
/// consecutive numbers, and everything that was opened is closed.
/// </summary>
internal sealed class ResponsesEvents(AnswerInfo answer)
{
    /// <summary>What a service says of a request that left all this to it.</summary>
    private const string Defaults =
        "\"frequency_penalty\":0.0,\"instructions\":null,\"max_output_tokens\":null,\"max_tool_calls\":null,\"metadata\":{}"
        + ",\"parallel_tool_calls\":true,\"presence_penalty\":0.0,\"previous_response_id\":null,\"prompt_cache_key\":null"
        + ",\"reasoning\":{\"effort\":null,\"summary\":null},\"safety_identifier\":null,\"service_tier\":\"default\""
        + ",\"temperature\":1.0,\"text\":{\"format\":{\"type\":\"text\"}},\"tool_choice\":\"auto\",\"tools\":[]"
        + ",\"top_logprobs\":0,\"top_p\":1.0,\"truncation\":\"disabled\",\"user\":null";

    private readonly SortedDictionary<int, string> _output = [];
    private readonly SortedDictionary<int, ResponsesItem> _calls = []; // open, by their index in chat completions
    private ResponsesItem? _item; // open, and no call
    private int _begun;
    private FinishChunk? _finish;
    private UsageChunk? _usage;
    private string? _found; // by the filter, about the answer
    private PromptFilterChunk _prompt = new();
    private int _next;
    private bool _hasBegun;
    private bool _hasEnded;
    private bool _isCancelled;

    /// <summary>Whether the answer has a finish reason whose event has not been sent.</summary>
    public bool IsEndDue => _finish?.Reason is not null && !_hasEnded;

    public List<(string Type, string Data)> Of(Chunk chunk)
    {
        var events = Begin();
        switch (chunk)
        {
            case PromptFilterChunk prompt: _prompt = prompt; break;
            case TextChunk text: Say(events, ResponsesItem.Message, ResponsesPart.Text, text.Literal); break;
            case FilterOutageChunk unfiltered:
                _found = ContentFilters.Outage;
                Say(events, ResponsesItem.Message, ResponsesPart.Text, unfiltered.Literal);
                break;
            case RefusalChunk refusal: Say(events, ResponsesItem.Message, ResponsesPart.Refusal, refusal.Literal); break;
            case ReasoningChunk thought: Say(events, ResponsesItem.Reasoning, ResponsesPart.Summary, thought.Literal); break;
            case ToolCallChunk call: Call(events, call); break;
            case FilterAnnotationChunk annotation: _found = annotation.Filters; break;
            case UsageChunk usage: _usage = usage; break;
            case FinishChunk finish:
                _finish = finish;
                _found = finish.Reason == "content_filter" ? finish.Filters : _found;
                Close(events);
                break;
        }
        return events;
    }

    /// <summary>The events before all others; none if they were sent.</summary>
    public List<(string Type, string Data)> Begin()
    {
        if (_hasBegun) return [];
        _hasBegun = true;
        var created = Event("response.created", $"\"response\":{Response(answer.IsBackground ? "queued" : "in_progress")}");
        List<(string, string)> events = [created];
        if (answer.IsBackground) events.Add(Event("response.queued", $"\"response\":{Response("queued")}"));
        events.Add(Event("response.in_progress", $"\"response\":{Response("in_progress")}"));
        return events;
    }

    /// <summary>No event follows. The response is cancelled from now on.</summary>
    public void Cancel() => _isCancelled = true;

    /// <summary>The response as it is now.</summary>
    public string Snapshot() => Response(
        _isCancelled ? "cancelled" : _hasEnded ? Status : _hasBegun ? "in_progress" : "queued");

    /// <summary>The event that ends the answer.</summary>
    public (string Type, string Data) End()
    {
        _hasEnded = true;
        return Event($"response.{Status}", $"\"response\":{Response(Status)}");
    }

    /// <summary>The whole response, for a request that asked for no stream.</summary>
    public static string Join(AnswerInfo answer, IEnumerable<Chunk> chunks)
    {
        var events = new ResponsesEvents(answer);
        foreach (var chunk in chunks) events.Of(chunk);
        events.Close([]);
        return events.Response(events.Status);
    }

    /// <summary>An error as an event of this interface.</summary>
    /// <param name="data">An object with the member <c>error</c>.</param>
    public (string Type, string Data) ErrorOf(string data)
    {
        using var json = JsonDocument.Parse(data);
        var members = json.RootElement.GetProperty("error").EnumerateObject().Where(member => member.Name != "type");
        return Event("error", string.Join(',', members.Select(member => $"\"{member.Name}\":{member.Value.GetRawText()}")));
    }

    private string Status => _finish?.Reason is "length" or "content_filter" ? "incomplete" : "completed";

    private void Say(List<(string, string)> events, string kind, ResponsesPart part, string literal)
    {
        if (_item?.Kind != kind)
        {
            Close(events);
            _item = Open(events, kind, name: null, callId: null);
        }
        Say(events, _item, part, literal);
    }

    // Calls that run in parallel stay open side by side. Their fragments may take turns.
    private void Call(List<(string, string)> events, ToolCallChunk call)
    {
        if (_item is not null) Close(events);
        if (!_calls.TryGetValue(call.Index, out var item))
            _calls[call.Index] = item = Open(events, ResponsesItem.FunctionCall, call.Name, call.Id);
        if (call.Arguments.Length > 0) Say(events, item, ResponsesPart.Arguments, JsonText.Literal(call.Arguments));
    }

    private void Say(List<(string, string)> events, ResponsesItem item, ResponsesPart part, string literal)
    {
        if (item.Part != part)
        {
            ClosePart(events, item);
            item.Begin(part);
            if (part.Added is { } added) events.Add(Event(added, $"{item.Place},\"part\":{part.Json("\"\"")}"));
        }
        item.Say(literal);
        var padding = answer.Padding is { } random ? $",\"obfuscation\":\"{random.Next()}\"" : "";
        events.Add(Event(part.Delta, $"{item.Place},\"delta\":{literal}{part.Logprobs}{padding}"));
    }

    private ResponsesItem Open(List<(string, string)> events, string kind, string? name, string? callId)
    {
        var item = new ResponsesItem(kind, _begun++, answer, name, callId);
        events.Add(Event("response.output_item.added", $"\"output_index\":{item.Index},\"item\":{item.Json("in_progress")}"));
        return item;
    }

    private void ClosePart(List<(string, string)> events, ResponsesItem item)
    {
        if (item.Part is not { } part) return;
        var text = item.TextOfPart;
        events.Add(Event(part.Done, $"{item.Place},\"{part.Member}\":{text}{part.Logprobs}"));
        if (part.Ended is { } ended) events.Add(Event(ended, $"{item.Place},\"part\":{part.Json(text)}"));
        item.EndPart();
    }

    private void Close(List<(string, string)> events)
    {
        foreach (var item in _calls.Values.Prepend(_item).OfType<ResponsesItem>())
        {
            ClosePart(events, item);
            var json = item.Json(Status); // an item that the limit or the filter cuts is incomplete, too
            events.Add(Event("response.output_item.done", $"\"output_index\":{item.Index},\"item\":{json}"));
            _output.Add(item.Index, json);
        }
        _calls.Clear();
        _item = null;
    }

    private (string, string) Event(string type, string members) =>
        (type, $$"""{"type":"{{type}}","sequence_number":{{_next++}},{{members}}}""");

    private string Response(string status)
    {
        var isOver = status is not ("in_progress" or "queued");
        var output = isOver ? string.Join(',', _output.Values) : "";
        var reason = _finish?.Reason == "length" ? "max_output_tokens" : _finish?.Reason;
        var incomplete = status == "incomplete" ? $$"""{"reason":"{{reason}}"}""" : "null";
        var usage = isOver && _usage is not null ? _usage.ResponsesUsage : "null";
        var isFiltered = _finish is { Reason: "content_filter", IsOfPrompt: false };
        var filters = isOver
            ? $"[{Filter("prompt", _prompt.IsFiltered, _prompt.Found)}"
                + $",{Filter("completion", isFiltered, _found ?? ContentFilters.Safe)}]"
            : "null";
        return $$"""{"id":"{{answer.Id}}","object":"response","created_at":{{answer.Created}}"""
            + $$""","background":{{(answer.IsBackground ? "true" : "false")}}"""
            + $$""","status":"{{status}}","content_filters":{{filters}},"error":null,"incomplete_details":{{incomplete}}"""
            + $$""","model":"{{answer.Model}}","output":[{{output}}],{{Defaults}}"""
            + $$""","store":{{(answer.IsBackground ? "true" : "false")}},"usage":{{usage}}}""";
    }

    private static string Filter(string source, bool hasBlocked, string results) =>
        $$"""{"blocked":{{(hasBlocked ? "true" : "false")}},"source_type":"{{source}}","content_filter_results":{{results}}}""";
}

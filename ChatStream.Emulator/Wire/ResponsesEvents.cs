using System.Text.Json;

namespace ChatStream.Emulator.Wire;

/// <summary>
/// Turns the chunks of a script into the events of the Responses API, and into the whole response. One per answer. Events have
/// consecutive numbers, and everything that was opened is closed.
/// </summary>
internal sealed class ResponsesEvents(AnswerInfo answer)
{
    private readonly List<string> _output = [];
    private ResponsesItem? _item;
    private FinishChunk? _finish;
    private UsageChunk? _usage;
    private string? _found; // by the filter, about the answer
    private int _next;
    private bool _hasBegun;
    private bool _hasEnded;

    /// <summary>Whether the answer has a finish reason whose event has not been sent.</summary>
    public bool IsEndDue => _finish?.Reason is not null && !_hasEnded;

    public List<(string Type, string Data)> Of(Chunk chunk)
    {
        List<(string, string)> events = [];
        if (!_hasBegun)
        {
            _hasBegun = true;
            events.Add(Event("response.created", $"\"response\":{Response("in_progress")}"));
            events.Add(Event("response.in_progress", $"\"response\":{Response("in_progress")}"));
        }
        switch (chunk)
        {
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
    /// <param name="error">The members of the object <c>error</c>.</param>
    public (string Type, string Data) Error(JsonElement error)
    {
        var members = error.EnumerateObject().Where(member => member.Name != "type");
        return Event("error", string.Join(',', members.Select(member => $"\"{member.Name}\":{member.Value.GetRawText()}")));
    }

    private string Status => _finish?.Reason is "length" or "content_filter" ? "incomplete" : "completed";

    private void Say(List<(string, string)> events, string kind, ResponsesPart part, string literal)
    {
        Open(events, kind, name: null, callId: null);
        if (_item!.Part != part)
        {
            ClosePart(events);
            _item.Begin(part);
            if (part.Added is { } added) events.Add(Event(added, $"{_item.Place},\"part\":{part.Json("\"\"")}"));
        }
        _item.Say(literal);
        var padding = answer.Padding is { } random ? $",\"obfuscation\":\"{random.Next()}\"" : "";
        events.Add(Event(part.Delta, $"{_item.Place},\"delta\":{literal}{padding}"));
    }

    private void Call(List<(string, string)> events, ToolCallChunk call)
    {
        if (call.Id is not null) Close(events);
        Open(events, ResponsesItem.FunctionCall, call.Name, call.Id);
        Say(events, ResponsesItem.FunctionCall, ResponsesPart.Arguments, JsonText.Literal(call.Arguments));
    }

    private void Open(List<(string, string)> events, string kind, string? name, string? callId)
    {
        if (_item?.Kind == kind) return;
        Close(events);
        _item = new ResponsesItem(kind, _output.Count, answer.Id, name, callId);
        events.Add(Event("response.output_item.added", $"\"output_index\":{_item.Index},\"item\":{_item.Json("in_progress")}"));
    }

    private void ClosePart(List<(string, string)> events)
    {
        if (_item?.Part is not { } part) return;
        var text = _item.TextOfPart;
        events.Add(Event(part.Done, $"{_item.Place},\"{part.Member}\":{text}"));
        if (part.Ended is { } ended) events.Add(Event(ended, $"{_item.Place},\"part\":{part.Json(text)}"));
        _item.EndPart();
    }

    private void Close(List<(string, string)> events)
    {
        if (_item is null) return;
        ClosePart(events);
        var json = _item.Json("completed");
        events.Add(Event("response.output_item.done", $"\"output_index\":{_item.Index},\"item\":{json}"));
        _output.Add(json);
        _item = null;
    }

    private (string, string) Event(string type, string members) =>
        (type, $$"""{"type":"{{type}}","sequence_number":{{_next++}},{{members}}}""");

    private string Response(string status)
    {
        var isOver = status != "in_progress";
        var output = isOver ? string.Join(',', _output) : "";
        var reason = _finish?.Reason == "length" ? "max_output_tokens" : _finish?.Reason;
        var incomplete = status == "incomplete" ? $$"""{"reason":"{{reason}}"}""" : "null";
        var usage = isOver && _usage is not null ? _usage.ResponsesUsage : "null";
        var filters = isOver
            ? $"[{Filter("prompt", ContentFilters.SafePrompt)},{Filter("completion", _found ?? ContentFilters.Safe)}]"
            : "null";
        return $$"""{"id":"{{answer.Id}}","object":"response","created_at":{{answer.Created}},"background":false"""
            + $$""","status":"{{status}}","content_filters":{{filters}},"error":null,"incomplete_details":{{incomplete}}"""
            + $$""","model":"{{answer.Model}}","output":[{{output}}],"store":false,"usage":{{usage}}}""";
    }

    private static string Filter(string source, string results) =>
        $$"""{"blocked":false,"source_type":"{{source}}","content_filter_results":{{results}}}""";
}

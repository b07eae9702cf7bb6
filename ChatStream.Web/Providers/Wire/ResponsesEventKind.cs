using System.Text.Json;

namespace ChatStream.Web.Providers.Wire;

/// <summary>What an event of the Responses API tells.</summary>
internal enum ResponsesEventKind
{
    /// <summary>No event: a whole response, or an error.</summary>
    None,
    Text,
    Reasoning,
    WholeText,
    WholeReasoning,
    Item,
    EndedItem,
    Part,
    EndedPart,
    ReasoningPart,
    Progress,
    Completed,
    Incomplete,
    Failed,
    Cancelled,
    Error,

    /// <summary>An event of the interface that tells nothing of the answer.</summary>
    Other,

    /// <summary>It is not one of the interface's. Some servers send errors so: <c>{"type":"rate_limit_exceeded",…}</c>.</summary>
    Foreign,
}

internal static class ResponsesEventKinds
{
    /// <summary>Whether the response has ended, and with what status; null: the event is not about that.</summary>
    public static string? StatusOf(ResponsesEventKind kind) => kind switch
    {
        ResponsesEventKind.Completed => "completed",
        ResponsesEventKind.Incomplete => "incomplete",
        ResponsesEventKind.Failed => "failed",
        ResponsesEventKind.Cancelled => "cancelled",
        _ => null,
    };

    /// <param name="json">
    /// At the beginning of the event. A copy, which looks ahead: the type may stand behind what it explains. It comes first as a
    /// rule.
    /// </param>
    /// <param name="name">The event's name, which is its type where the JSON has none.</param>
    public static ResponsesEventKind Of(Utf8JsonReader json, ReadOnlySpan<byte> name)
    {
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            var isType = json.ValueTextEquals("type"u8);
            json.Read();
            if (isType && json.TokenType == JsonTokenType.String)
                return OfType(json.ValueSpan);
            json.Skip();
        }
        return OfType(name) is var kind and not (ResponsesEventKind.Other or ResponsesEventKind.Foreign)
            ? kind : ResponsesEventKind.None;
    }

    private static ResponsesEventKind OfType(ReadOnlySpan<byte> type)
    {
        if (type.SequenceEqual("response.output_text.delta"u8) || type.SequenceEqual("response.refusal.delta"u8))
            return ResponsesEventKind.Text;
        // Of the text, or of the summary; older versions leave out "_text".
        if (type.StartsWith("response.reasoning"u8) && type.EndsWith(".delta"u8))
            return ResponsesEventKind.Reasoning;
        if (type.SequenceEqual("response.output_text.done"u8) || type.SequenceEqual("response.refusal.done"u8))
            return ResponsesEventKind.WholeText;
        if (type.StartsWith("response.reasoning"u8) && type.EndsWith(".done"u8))
            return ResponsesEventKind.WholeReasoning;
        if (type.SequenceEqual("response.output_item.added"u8))
            return ResponsesEventKind.Item;
        if (type.SequenceEqual("response.output_item.done"u8))
            return ResponsesEventKind.EndedItem;
        if (type.SequenceEqual("response.reasoning_summary_part.added"u8))
            return ResponsesEventKind.ReasoningPart;
        if (type.SequenceEqual("response.content_part.added"u8))
            return ResponsesEventKind.Part;
        if (type.SequenceEqual("response.content_part.done"u8))
            return ResponsesEventKind.EndedPart;
        if (type.EndsWith("error"u8) || type.EndsWith("Error"u8)) // "error", or one without the object "error" around it
            return ResponsesEventKind.Error;
        if (type.SequenceEqual("response.created"u8) || type.SequenceEqual("response.in_progress"u8)
            || type.SequenceEqual("response.queued"u8))
            return ResponsesEventKind.Progress;
        return type.SequenceEqual("response.completed"u8) || type.SequenceEqual("response.done"u8)
            ? ResponsesEventKind.Completed
            : type.SequenceEqual("response.incomplete"u8) ? ResponsesEventKind.Incomplete
            : type.SequenceEqual("response.failed"u8) ? ResponsesEventKind.Failed
            : type.SequenceEqual("response.cancelled"u8) || type.SequenceEqual("response.canceled"u8)
            ? ResponsesEventKind.Cancelled
            : type.StartsWith("response."u8) ? ResponsesEventKind.Other
            : ResponsesEventKind.Foreign;
    }
}

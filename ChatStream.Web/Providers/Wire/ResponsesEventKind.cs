using System.Text.Json;

namespace ChatStream.Web.Providers.Wire;

/// <summary>What an event of the Responses API tells.</summary>
internal enum ResponsesEventKind
{
    /// <summary>No event: a whole response, or an error.</summary>
    None,
    Text,
    Reasoning,
    Item,
    EndedItem,
    ReasoningPart,
    Progress,
    Completed,
    Incomplete,
    Failed,
    Cancelled,
    Error,
    Other,
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
    public static ResponsesEventKind Of(Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            var isType = json.ValueTextEquals("type"u8);
            json.Read();
            if (isType && json.TokenType == JsonTokenType.String)
                return OfType(json);
            json.Skip();
        }
        return ResponsesEventKind.None;
    }

    private static ResponsesEventKind OfType(in Utf8JsonReader json)
    {
        if (json.ValueTextEquals("response.output_text.delta"u8) || json.ValueTextEquals("response.refusal.delta"u8))
            return ResponsesEventKind.Text;
        if (json.ValueTextEquals("response.reasoning_summary_text.delta"u8)
            || json.ValueTextEquals("response.reasoning_text.delta"u8))
            return ResponsesEventKind.Reasoning;
        if (json.ValueTextEquals("response.output_item.added"u8))
            return ResponsesEventKind.Item;
        if (json.ValueTextEquals("response.output_item.done"u8))
            return ResponsesEventKind.EndedItem;
        if (json.ValueTextEquals("response.reasoning_summary_part.added"u8))
            return ResponsesEventKind.ReasoningPart;
        if (json.ValueSpan.EndsWith("error"u8)) // "error", or an error without the object "error" around it
            return ResponsesEventKind.Error;
        if (json.ValueTextEquals("response.created"u8) || json.ValueTextEquals("response.in_progress"u8)
            || json.ValueTextEquals("response.queued"u8))
            return ResponsesEventKind.Progress;
        return json.ValueTextEquals("response.completed"u8) || json.ValueTextEquals("response.done"u8)
            ? ResponsesEventKind.Completed
            : json.ValueTextEquals("response.incomplete"u8) ? ResponsesEventKind.Incomplete
            : json.ValueTextEquals("response.failed"u8) ? ResponsesEventKind.Failed
            : json.ValueTextEquals("response.cancelled"u8) || json.ValueTextEquals("response.canceled"u8)
            ? ResponsesEventKind.Cancelled
            : ResponsesEventKind.Other;
    }
}

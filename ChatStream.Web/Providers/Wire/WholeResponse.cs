using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Wire;

/// <summary>
/// Reads a response of the Responses API: one that an event carries, or the body of an answer that is not streamed.
/// </summary>
/// <param name="text">What has been streamed of it.</param>
internal sealed class WholeResponse(ResponsesText text)
{
    private string? _incomplete; // why it is incomplete
    private ToolCallParts? _calls;

    /// <summary>One of the interface's own words, in lower case; null: it has none of them.</summary>
    public string? Status { get; private set; }

    /// <summary>Whether it has the list of its items, with at least one.</summary>
    public bool HasOutput { get; private set; }

    /// <summary>Whether one of its items asks for a tool.</summary>
    public bool HasToolCall => _calls is not null;

    /// <summary>The calls of tools among its items; null: there are none.</summary>
    public ToolCallParts? Calls => _calls;

    /// <summary>Before each event.</summary>
    public void Begin() => (Status, _incomplete, HasOutput) = (null, null, false);

    /// <param name="json">At the first token of the response.</param>
    /// <param name="chunk">Gets what it has.</param>
    /// <param name="bare">Gets the members of an error that stands there without an object; null: they are skipped.</param>
    public void Read(ref Utf8JsonReader json, AnswerChunk chunk, ServiceError? bare)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            if (json.ValueTextEquals("id"u8))
                chunk.Id = JsonValues.ReadString(ref json);
            else if (json.ValueTextEquals("model"u8))
                chunk.Model = JsonValues.ReadString(ref json);
            else if (json.ValueTextEquals("status"u8))
                ReadStatus(ref json, bare);
            else if (json.ValueTextEquals("incomplete_details"u8))
                ReadReason(ref json);
            else if (json.ValueTextEquals("error"u8) || json.ValueTextEquals("errors"u8))
                chunk.Error = ServiceErrorParser.Read(ref json) ?? chunk.Error;
            else if (json.ValueTextEquals("usage"u8))
                chunk.Usage = UsageParser.Read(ref json);
            else if (json.ValueTextEquals("content_filters"u8))
                ContentFilterParser.ReadOfResponse(ref json, chunk);
            else if (json.ValueTextEquals("output"u8))
            {
                EncryptedItems.Read(json, chunk); // with a copy of the reader
                ReadCalls(json); // with another one
                ReadOutput(ref json, chunk);
            }
            else if (bare is null || !ServiceErrorParser.TryReadMember(ref json, bare))
                JsonValues.Skip(ref json);
        }
        // Some services send an empty error with each response.
        if ((bare is null || Status is not null) && chunk.Error is { SaysNothing: true })
            chunk.Error = null;
    }

    /// <summary>Translates a status into the finish reason of chat completions; null: it is not an end, or a failure.</summary>
    public string? FinishReasonOf(string? status, bool hasToolCall) => status switch
    {
        "completed" => hasToolCall ? "tool_calls" : "stop",
        "incomplete" when !FinishReasons.IsNone(_incomplete)
            && FinishReasons.Of(_incomplete!) == ChatFinishReason.ContentFilter => "content_filter",
        "incomplete" when !FinishReasons.IsNone(_incomplete) && FinishReasons.IsFault(_incomplete!) => _incomplete,
        "incomplete" => "length", // whatever the reason: an unknown word would count as complete
        _ => null,
    };

    /// <summary>Reads an item of the output, if it is a call of a tool.</summary>
    /// <param name="json">A copy of the reader, at the item's first token.</param>
    /// <param name="calls">Gets the call.</param>
    public static void ReadCall(Utf8JsonReader json, ref ToolCallParts? calls)
    {
        if (IsCall(json))
            (calls ??= new ToolCallParts()).ReadWhole(ref json);
    }

    private void ReadCalls(Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
            return;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            ReadCall(json, ref _calls);
            json.Skip();
        }
    }

    /// <summary>Reads an item of the output. Null: it is no message, or has no text.</summary>
    /// <param name="json">At the item's first token.</param>
    public static string? TextOfMessage(ref Utf8JsonReader json) => TextOf(ref json, IsOfType(json, "message"u8));

    /// <summary>Reads a part of a message. Null: it has no text.</summary>
    /// <param name="json">At the part's first token.</param>
    public static string? TextOfPart(ref Utf8JsonReader json) =>
        TextOf(ref json, IsOfType(json, "output_text"u8) || IsOfType(json, "refusal"u8));

    private static string? TextOf(ref Utf8JsonReader json, bool isText)
    {
        if (!isText)
        {
            json.Skip();
            return null;
        }
        var (chunk, text) = (new AnswerChunk(), new JsonText());
        ContentParts.Read(ref json, chunk, text, new JsonText());
        return chunk.Text + text.Rest() is { Length: > 0 } whole ? whole : null;
    }

    private static bool IsCall(Utf8JsonReader json) => IsOfType(json, "function_call"u8);

    private static bool IsOfType(Utf8JsonReader json, ReadOnlySpan<byte> type)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            return false;
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            var isType = json.ValueTextEquals("type"u8);
            json.Read();
            if (isType)
                return json.TokenType == JsonTokenType.String && json.ValueTextEquals(type);
            json.Skip();
        }
        return false;
    }

    // The last event repeats the whole answer. Of it counts what was not streamed.
    private void ReadOutput(ref Utf8JsonReader json, AnswerChunk chunk)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return;
        }
        var pieces = (Text: new JsonText(), Reasoning: new JsonText());
        string? whole = null, reasoning = null;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            HasOutput = true;
            if (IsCall(json))
            {
                json.Skip();
                continue;
            }
            (chunk.Text, chunk.Reasoning) = (null, null);
            ContentParts.Read(ref json, chunk, pieces.Text, pieces.Reasoning);
            whole = ResponsesText.Joined(whole, chunk.Text + pieces.Text.Rest());
            reasoning = ResponsesText.Joined(reasoning, chunk.Reasoning + pieces.Reasoning.Rest());
        }
        (chunk.Text, chunk.Reasoning) = (text.NotStreamed(whole), text.HasReasoning ? null : reasoning);
    }

    // Beside a bare error it is a number.
    private void ReadStatus(ref Utf8JsonReader json, ServiceError? bare)
    {
        var ofError = json;
        Status = JsonValues.ReadString(ref json)?.ToLowerInvariant() switch
        {
            "canceled" => "cancelled",
            var known and ("queued" or "in_progress" or "completed" or "incomplete" or "failed" or "cancelled") => known,
            _ => null,
        };
        if (bare is not null)
            ServiceErrorParser.TryReadMember(ref ofError, bare);
    }

    private void ReadReason(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            if (json.ValueTextEquals("reason"u8))
                _incomplete = JsonValues.ReadString(ref json);
            else
                JsonValues.Skip(ref json);
        }
    }
}

using System.Text;
using System.Text.Json;
using ChatStream.Web.Providers.Responses;

namespace ChatStream.Web.Providers.Wire;

/// <summary>
/// Reads the events of the Responses API, and a whole response, without a document. An event names its type in its JSON. Types
/// and properties that are not known are skipped. One per answer and connection.
/// </summary>
internal sealed class ResponsesParser : IChunkParser
{
    /// <summary>Between two messages, or two parts of the reasoning, which the service keeps apart.</summary>
    private const string Break = "\n\n";

    private readonly JsonText _text = new();
    private readonly JsonText _reasoning = new();
    private readonly TextSoFar _streamed = new();
    private readonly CompletionChunk _chunk = new();
    private string? _id;
    private string? _model;
    private bool _hasText;
    private bool _hasReasoning;
    private bool _hasToolCall;
    private bool _breaksText; // another message has begun
    private bool _breaksReasoning;
    private string? _named; // how the response has ended, by the event's name
    private string? _status; // by the response that the event carries
    private string? _incomplete; // why it is incomplete
    private readonly long _after = -1; // the number of the last event of an earlier connection; -1: this is the first
    private long _sequence = -1; // the number of the last event; -1: none has come
    private long _next; // the number of the first event that has not come
    private bool _isOld; // the event was read over an earlier connection
    private bool _isInTurn; // by its number; true if events have none
    private bool _hasOutput; // the response that the event carries has items
    private ToolCallParts? _calls; // of the items that have ended
    private ToolCallParts? _wholeCalls; // of the response that the last event carries

    public ResponsesParser()
    {
    }

    /// <param name="after">What was read over an earlier connection.</param>
    public ResponsesParser(ResponsePosition after)
    {
        (_id, _after, _sequence, _next) = (after.ResponseId, after.Sequence, after.Sequence, after.Sequence + 1);
        (_hasText, _hasReasoning) = (after.HasText, after.HasReasoning);
        (_text.Waiting, _reasoning.Waiting) = (after.HalfOfText, after.HalfOfReasoning);
    }

    private enum Kind
    {
        /// <summary>No event: a whole response, or an error.</summary>
        None,
        Text,
        Reasoning,
        Item,
        EndedItem,
        ReasoningPart,
        Progress,
        End,
        Error,
        Other,
    }

    /// <summary>The last events repeat the whole answer.</summary>
    public int LargestEvent => EventBuffer.LargestDocument;

    /// <summary>
    /// Where the answer goes on after the last event; null: the service has not named it, or does not number its events.
    /// </summary>
    /// <param name="deployment">The key of the deployment that answers.</param>
    public ResponsePosition? PositionAt(string deployment) => _sequence < 0 || !ResponsePosition.IsId(_id)
        ? null
        : new ResponsePosition(deployment, _id!, _sequence)
        {
            HasText = _hasText,
            HasReasoning = _hasReasoning,
            HalfOfText = _text.Waiting,
            HalfOfReasoning = _reasoning.Waiting,
        };

    // The last event repeats all of them.
    public IReadOnlyList<RequestedCall> Calls => (_wholeCalls ?? _calls) is { } calls ? [.. calls.Calls] : [];

    public CompletionChunk Parse(ReadOnlySpan<byte> data)
    {
        var chunk = _chunk;
        chunk.Clear();
        if (Ascii.EqualsIgnoreCase(data.Trim(" \t"u8), "[DONE]"u8)) // some gateways add it
        {
            chunk.IsDone = true;
            return chunk;
        }
        var (halfOfText, halfOfReasoning) = (_text.Waiting, _reasoning.Waiting);
        try
        {
            (_named, _status, _incomplete) = (null, null, null);
            (_isOld, _isInTurn, _hasOutput) = (false, _next == 0, false);
            var json = new Utf8JsonReader(data);
            json.Read();
            ReadEvent(ref json, chunk);
            if (json.Read())
                throw new JsonException("There is more than one value.");
        }
        catch (InvalidOperationException fault)
        {
            // The runtime's reader throws this for half a surrogate pair in a property's name.
            throw new JsonException("A name is not well-formed.", fault);
        }
        if (_isOld)
        {
            (_text.Waiting, _reasoning.Waiting) = (halfOfText, halfOfReasoning);
            chunk.Clear();
        }
        (_id, _model) = (chunk.Id ?? _id, chunk.Model ?? _model);
        (chunk.Id, chunk.Model) = (_id, _model);
        if (chunk.Text is { Length: > 0 } text)
        {
            _hasText = true;
            _streamed.Add(text);
        }
        _hasReasoning |= chunk.Reasoning is { Length: > 0 };
        return chunk;
    }

    public CompletionChunk ParseError(ReadOnlySpan<byte> data)
    {
        _chunk.Clear();
        _chunk.Error = ServiceErrorParser.ParseBody(data);
        return _chunk;
    }

    public bool HasText(ReadOnlySpan<byte> broken) => BrokenEvent.Has(broken, "delta"u8);

    public CompletionChunk? Rest()
    {
        _chunk.Clear();
        _chunk.Text = _text.Rest();
        return _chunk.Text is null ? null : _chunk;
    }

    private void ReadEvent(ref Utf8JsonReader json, CompletionChunk chunk)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }
        var kind = KindOf(json);
        if (kind is Kind.None)
        {
            var bare = new ServiceError();
            ReadResponse(ref json, chunk, bare);
            // Without its events it cannot be told which of its text is new.
            if (_after >= 0 && _status is not null)
                throw ModelFailures.NotGoingOn();
            if (_status is null && bare is { Words.Length: > 0, Code: not null } or { Words.Length: > 0, Type: not null })
                chunk.Error ??= bare;
            End(chunk);
            return;
        }
        if (kind is Kind.ReasoningPart)
            _breaksReasoning = _hasReasoning;
        var error = kind is Kind.Error ? new ServiceError() : null;
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
            ReadMember(ref json, chunk, kind, error);
        chunk.Error ??= error;
        if (kind is Kind.End)
            End(chunk);
    }

    private void ReadMember(ref Utf8JsonReader json, CompletionChunk chunk, Kind kind, ServiceError? error)
    {
        if (kind is Kind.Text or Kind.Reasoning && json.ValueTextEquals("delta"u8))
            ReadDelta(ref json, chunk, kind);
        else if (kind is Kind.Item && json.ValueTextEquals("item"u8))
            ReadNewItem(ref json);
        else if (kind is Kind.EndedItem && json.ValueTextEquals("item"u8))
        {
            json.Read();
            ReadCall(json, ref _calls); // with a copy of the reader
            json.Skip();
        }
        else if (kind is Kind.Progress or Kind.End && json.ValueTextEquals("response"u8))
        {
            json.Read();
            ReadResponse(ref json, chunk, bare: null);
        }
        else if (json.ValueTextEquals("sequence_number"u8))
            ReadSequence(ref json);
        else if (json.ValueTextEquals("error"u8))
            chunk.Error = ServiceErrorParser.Read(ref json);
        else if (error is null || !ServiceErrorParser.TryReadMember(ref json, error))
            CompletionParser.SkipValue(ref json);
    }

    private void ReadSequence(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var number) && number >= 0)
        {
            _isOld = number <= _after;
            _isInTurn = number == _next || (number == 1 && _next == 0); // some count from 1
            if (number <= Math.Max(_next, 1))
                _next = Math.Max(_next, number + 1);
            _sequence = Math.Max(number, _after);
        }
        json.Skip();
    }

    private void ReadDelta(ref Utf8JsonReader json, CompletionChunk chunk, Kind kind)
    {
        if (kind is Kind.Text)
        {
            var piece = _text.Read(ref json);
            chunk.Text = piece is not null && _breaksText ? Break + piece : piece;
            _breaksText &= piece is null;
        }
        else
        {
            var piece = _reasoning.Read(ref json);
            chunk.Reasoning = piece is not null && _breaksReasoning ? Break + piece : piece;
            _breaksReasoning &= piece is null;
        }
    }

    private void ReadNewItem(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            var isType = json.ValueTextEquals("type"u8);
            json.Read();
            if (isType && json.TokenType == JsonTokenType.String)
            {
                _breaksText |= _hasText && json.ValueTextEquals("message"u8);
                _breaksReasoning |= _hasReasoning && json.ValueTextEquals("reasoning"u8);
                _hasToolCall |= json.ValueTextEquals("function_call"u8) || json.ValueTextEquals("custom_tool_call"u8);
            }
            json.Skip();
        }
    }

    private void ReadResponse(ref Utf8JsonReader json, CompletionChunk chunk, ServiceError? bare)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            if (json.ValueTextEquals("id"u8))
                chunk.Id = CompletionParser.ReadString(ref json);
            else if (json.ValueTextEquals("model"u8))
                chunk.Model = CompletionParser.ReadString(ref json);
            else if (json.ValueTextEquals("status"u8))
                _status = CompletionParser.ReadString(ref json);
            else if (json.ValueTextEquals("incomplete_details"u8))
                ReadReason(ref json);
            else if (json.ValueTextEquals("error"u8))
                chunk.Error = ServiceErrorParser.Read(ref json);
            else if (json.ValueTextEquals("usage"u8))
                chunk.Usage = UsageParser.Read(ref json);
            else if (json.ValueTextEquals("content_filters"u8))
                ContentFilterParser.ReadList(ref json, chunk);
            else if (json.ValueTextEquals("output"u8))
            {
                EncryptedItems.Read(json, chunk); // with a copy of the reader
                ReadCalls(json); // with another one
                ReadOutput(ref json, chunk);
            }
            else if (bare is null || !ServiceErrorParser.TryReadMember(ref json, bare))
                CompletionParser.SkipValue(ref json);
        }
    }

    private void ReadCalls(Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
            return;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            ReadCall(json, ref _wholeCalls);
            json.Skip();
        }
        _hasToolCall |= _wholeCalls is not null;
    }

    private static void ReadCall(Utf8JsonReader json, ref ToolCallParts? calls)
    {
        if (IsCall(json))
            (calls ??= new ToolCallParts()).Read(ref json);
    }

    private static bool IsCall(Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            return false;
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            var isType = json.ValueTextEquals("type"u8);
            json.Read();
            if (isType)
                return json.TokenType == JsonTokenType.String && json.ValueTextEquals("function_call"u8);
            json.Skip();
        }
        return false;
    }

    // The last event repeats the whole answer. Of it counts what was not streamed.
    private void ReadOutput(ref Utf8JsonReader json, CompletionChunk chunk)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return;
        }
        var pieces = (Text: new JsonText(), Reasoning: new JsonText());
        string? text = null, reasoning = null;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            _hasOutput = true;
            if (IsCall(json))
            {
                json.Skip();
                continue;
            }
            (chunk.Text, chunk.Reasoning) = (null, null);
            ContentParts.Read(ref json, chunk, pieces.Text, pieces.Reasoning);
            text = Joined(text, chunk.Text + pieces.Text.Rest());
            reasoning = Joined(reasoning, chunk.Reasoning + pieces.Reasoning.Rest());
        }
        (chunk.Text, chunk.Reasoning) = (NotStreamed(text), _hasReasoning ? null : reasoning);
    }

    private string? NotStreamed(string? whole)
    {
        // Over an earlier connection some pieces may have come that are not known here.
        var rest = whole is null || (_after >= 0 && _hasText) ? null : _streamed.RestOf(whole);
        if (rest is not null)
            _text.Waiting = default; // the rest begins with both halves
        return rest;
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
                _incomplete = CompletionParser.ReadString(ref json);
            else
                CompletionParser.SkipValue(ref json);
        }
    }

    /// <summary>Translates the response's status into the finish reason of chat completions.</summary>
    private void End(CompletionChunk chunk)
    {
        var status = _status is "completed" or "incomplete" or "failed" or "cancelled" ? _status : _named;
        chunk.FinishReason = status switch
        {
            "completed" => _hasToolCall ? "tool_calls" : "stop",
            "incomplete" when _incomplete is "content_filter" => _incomplete,
            "incomplete" => "length", // whatever the reason: an unknown word would count as complete
            _ => null,
        };
        if (status is "failed" or "cancelled")
            chunk.Error ??= new ServiceError();
        chunk.HasToolCall = _hasToolCall;
        // Where events may be missing, and the response does not carry the whole answer, the rest may still come.
        chunk.IsDone = chunk.FinishReason is not null && (_isInTurn || _hasOutput);
    }

    private Kind KindOf(Utf8JsonReader json)
    {
        // A copy of the reader looks ahead: the type may stand behind what it explains. It comes first as a rule.
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            var isType = json.ValueTextEquals("type"u8);
            json.Read();
            if (isType && json.TokenType == JsonTokenType.String)
                return KindOfType(json);
            json.Skip();
        }
        return Kind.None;
    }

    private Kind KindOfType(in Utf8JsonReader json)
    {
        if (json.ValueTextEquals("response.output_text.delta"u8) || json.ValueTextEquals("response.refusal.delta"u8))
            return Kind.Text;
        if (json.ValueTextEquals("response.reasoning_summary_text.delta"u8)
            || json.ValueTextEquals("response.reasoning_text.delta"u8))
            return Kind.Reasoning;
        if (json.ValueTextEquals("response.output_item.added"u8))
            return Kind.Item;
        if (json.ValueTextEquals("response.output_item.done"u8))
            return Kind.EndedItem;
        if (json.ValueTextEquals("response.reasoning_summary_part.added"u8))
            return Kind.ReasoningPart;
        if (json.ValueSpan.EndsWith("error"u8)) // "error", or an error without the object "error" around it
            return Kind.Error;
        if (json.ValueTextEquals("response.created"u8) || json.ValueTextEquals("response.in_progress"u8)
            || json.ValueTextEquals("response.queued"u8))
            return Kind.Progress;
        _named = json.ValueTextEquals("response.completed"u8) ? "completed"
            : json.ValueTextEquals("response.incomplete"u8) ? "incomplete"
            : json.ValueTextEquals("response.failed"u8) ? "failed"
            : json.ValueTextEquals("response.cancelled"u8) ? "cancelled"
            : null;
        return _named is null ? Kind.Other : Kind.End;
    }

    private static string? Joined(string? before, string piece) =>
        piece.Length == 0 ? before : before is null ? piece : before + Break + piece;
}

using System.Text.Json;
using ChatStream.Web.Providers.Responses;

namespace ChatStream.Web.Providers.Wire;

/// <summary>
/// Reads the events of the Responses API, and a whole response, without a document. An event names its type in its JSON. Types
/// and properties that are not known are skipped. One per answer and connection.
/// </summary>
internal sealed class ResponsesParser : IChunkParser
{
    private readonly ResponsesText _text;
    private readonly WholeResponse _response;
    private readonly AnswerChunk _chunk = new();
    private readonly long _after = -1; // the number of the last event of an earlier connection; -1: this is the first
    private long _sequence = -1; // the number of the last event; -1: none has come
    private long _next; // the number of the first event that has not come
    private bool _isOld; // the event was read over an earlier connection
    private bool _isInTurn; // by its number; true if events have none
    private string? _id;
    private string? _model;
    private bool _hasToolCall;
    private ToolCallParts? _calls; // of the items that have ended
    private readonly ThinkTags? _tags;
    private string? _whole; // the text or the reasoning with which a part or a message ended
    private bool _isError; // the event says that it is an object of that kind
    private bool _isComplete;

    /// <param name="after">What was read over an earlier connection; null: nothing.</param>
    /// <param name="tags">Takes reasoning out of the text; null: the text is left as it is.</param>
    public ResponsesParser(ResponsePosition? after = null, ThinkTags? tags = null)
    {
        _tags = tags;
        _text = new ResponsesText(after);
        _response = new WholeResponse(_text);
        if (after is not null)
            (_id, _after, _sequence, _next) = (after.ResponseId, after.Sequence, after.Sequence, after.Sequence + 1);
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
            HasText = _text.HasText,
            HasReasoning = _text.HasReasoning,
            HalfOfText = _text.Halves.OfText,
            HalfOfReasoning = _text.Halves.OfReasoning,
            Tags = _tags?.Place,
        };

    // The last event repeats all of them.
    public IReadOnlyList<RequestedCall> Calls => (_response.Calls ?? _calls) is { } calls ? [.. calls.Calls] : [];

    public AnswerChunk Parse(ReadOnlySpan<byte> data, ReadOnlySpan<byte> name = default)
    {
        var chunk = _chunk;
        chunk.Clear();
        BytesRead = data.Length;
        if (EventWords.IsEnd(data))
        {
            chunk.IsDone = true;
            return chunk;
        }
        var halves = _text.Halves;
        try
        {
            _response.Begin();
            (_isOld, _isInTurn) = (false, _next == 0);
            var json = JsonValues.Reader(data);
            json.Read();
            ReadEvent(ref json, chunk, name);
            BytesRead = (int)json.BytesConsumed;
        }
        catch (InvalidOperationException fault)
        {
            // The runtime's reader throws this for half a surrogate pair in a property's name.
            throw new JsonException("A name is not well-formed.", fault);
        }
        if (_isOld)
        {
            _text.Halves = halves;
            chunk.Clear();
        }
        (_id, _model) = (chunk.Id ?? _id, chunk.Model ?? _model);
        (chunk.Id, chunk.Model) = (_id, _model);
        _text.Keep(chunk);
        _tags?.Take(chunk);
        _isComplete = chunk.FinishReason == "stop";
        return chunk;
    }

    public int BytesRead { get; private set; }

    public AnswerChunk ParseError(ReadOnlySpan<byte> data)
    {
        _chunk.Clear();
        _chunk.Error = ServiceErrorParser.ParseBody(data);
        return _chunk;
    }

    public bool HasText(ReadOnlySpan<byte> broken) => BrokenEvent.Has(broken, "delta"u8);

    public AnswerChunk? Rest()
    {
        _chunk.Clear();
        _chunk.Text = _text.Rest();
        var hasRest = _tags?.TakeRest(_chunk, _isComplete, _text.Whole) ?? _chunk.Text is not null;
        return hasRest ? _chunk : null;
    }

    private void ReadEvent(ref Utf8JsonReader json, AnswerChunk chunk, ReadOnlySpan<byte> name)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }
        var kind = ResponsesEventKinds.Of(json, name);
        if (kind is ResponsesEventKind.None)
        {
            ReadWhole(ref json, chunk);
            return;
        }
        if (kind is ResponsesEventKind.ReasoningPart)
            _text.BeginReasoning();
        else if (kind is ResponsesEventKind.Part)
            _text.BeginPart();
        var status = ResponsesEventKinds.StatusOf(kind);
        var error = kind is ResponsesEventKind.Error or ResponsesEventKind.Foreign ? new ServiceError() : null;
        (_whole, _isError) = (null, false);
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
            ReadMember(ref json, chunk, kind, hasResponse: status is not null || kind is ResponsesEventKind.Progress, error);
        // Where events may be missing before it, its pieces may still come.
        if (_whole is not null && _isInTurn)
            EndText(chunk, kind, _whole);
        if (error is not null)
            chunk.Error?.Complete(error);
        if (kind is ResponsesEventKind.Error || (error is not null && (_isError || ErrorKinds.IsError(error))))
            chunk.Error ??= error;
        if (status is not null)
            End(chunk, status);
    }

    private void ReadWhole(ref Utf8JsonReader json, AnswerChunk chunk)
    {
        var bare = new ServiceError();
        _response.Read(ref json, chunk, bare);
        // Without its events it cannot be told which of its text is new.
        if (_after >= 0 && _response.Status is not null)
            throw ModelFailures.NotGoingOn();
        if (_response.Status is null && chunk.Error is { } error)
            error.Complete(bare);
        else if (_response.Status is null && bare is { Words.Length: > 0 }
            && (bare is { Code: not null } or { Type: not null } or { Status: not null }
                || ErrorKinds.Of(bare) != ErrorKind.Unknown))
            chunk.Error = bare;
        End(chunk, named: null);
    }

    private void ReadMember(
        ref Utf8JsonReader json, AnswerChunk chunk, ResponsesEventKind kind, bool hasResponse, ServiceError? error)
    {
        if (kind is ResponsesEventKind.Text or ResponsesEventKind.Reasoning && json.ValueTextEquals("delta"u8))
            _text.Read(ref json, chunk, kind is ResponsesEventKind.Reasoning);
        else if (kind is ResponsesEventKind.WholeText or ResponsesEventKind.WholeReasoning
            && (json.ValueTextEquals("text"u8) || json.ValueTextEquals("refusal"u8)))
            _whole = JsonValues.ReadString(ref json);
        else if (kind is ResponsesEventKind.Item && json.ValueTextEquals("item"u8))
            ReadNewItem(ref json);
        else if (kind is ResponsesEventKind.EndedItem && json.ValueTextEquals("item"u8))
        {
            json.Read();
            WholeResponse.ReadCall(json, ref _calls); // with a copy of the reader
            _whole = WholeResponse.TextOfMessage(ref json);
        }
        else if (kind is ResponsesEventKind.EndedPart && json.ValueTextEquals("part"u8))
        {
            json.Read();
            _whole = WholeResponse.TextOfPart(ref json);
        }
        else if (hasResponse && json.ValueTextEquals("response"u8))
        {
            json.Read();
            _response.Read(ref json, chunk, bare: null);
        }
        else if (json.ValueTextEquals("sequence_number"u8))
            ReadSequence(ref json);
        else if (kind is ResponsesEventKind.Foreign && json.ValueTextEquals("object"u8))
            _isError = JsonValues.ReadString(ref json) == "error";
        else if (json.ValueTextEquals("error"u8))
            chunk.Error = ServiceErrorParser.Read(ref json) is { SaysNothing: false } named ? named : chunk.Error;
        else if (error is null || !ServiceErrorParser.TryReadMember(ref json, error))
            JsonValues.Skip(ref json);
    }

    private void EndText(AnswerChunk chunk, ResponsesEventKind kind, string whole)
    {
        if (kind is ResponsesEventKind.WholeReasoning)
            _text.EndReasoning(chunk, whole);
        else if (kind is ResponsesEventKind.EndedItem)
            _text.EndMessage(chunk, whole);
        else
            _text.EndPart(chunk, whole);
    }

    private void ReadSequence(ref Utf8JsonReader json)
    {
        if (JsonValues.ReadNumber(ref json) is not (>= 0 and var number))
            return;
        _isOld = number <= _after;
        _isInTurn = number == _next || (number == 1 && _next == 0); // some count from 1
        if (number <= Math.Max(_next, 1))
            _next = Math.Max(_next, number + 1);
        _sequence = Math.Max(number, _after);
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
                if (json.ValueTextEquals("message"u8))
                    _text.BeginMessage();
                else if (json.ValueTextEquals("reasoning"u8))
                    _text.BeginReasoning();
                _hasToolCall |= json.ValueTextEquals("function_call"u8) || json.ValueTextEquals("custom_tool_call"u8);
            }
            json.Skip();
        }
    }

    /// <summary>Ends the answer, if the response has ended.</summary>
    private void End(AnswerChunk chunk, string? named)
    {
        _hasToolCall |= _response.HasToolCall;
        var status = _response.Status is "completed" or "incomplete" or "failed" or "cancelled" ? _response.Status : named;
        chunk.FinishReason = _response.FinishReasonOf(status, _hasToolCall);
        if (status is "failed" or "cancelled")
            chunk.Error ??= new ServiceError();
        chunk.HasToolCall = _hasToolCall;
        // Where events may be missing, and the response does not carry the whole answer, the rest may still come.
        chunk.IsDone = chunk.FinishReason is not null && (_isInTurn || _response.HasOutput);
    }
}

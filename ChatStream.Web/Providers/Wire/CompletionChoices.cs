using System.Text.Json;

namespace ChatStream.Web.Providers.Wire;

/// <summary>
/// Reads the choices of chat completions. One answer was asked for. A service that gives several sends them in one stream, and
/// only the first is read. One per answer.
/// </summary>
/// <remarks>
/// Azure sends chunks without choices and choices without a delta: Microsoft's documentation of content streaming shows them.
/// </remarks>
internal sealed class CompletionChoices
{
    private readonly JsonText _text = new();
    private readonly JsonText _reasoning = new();
    private readonly JsonText _otherReasoning = new();
    private readonly JsonText _older = new();
    private readonly RepeatedText _messageText = new();
    private readonly RepeatedText _messageReasoning = new();
    private string? _wholeText; // of a "message": it counts only where no delta has text
    private string? _wholeReasoning;
    private string? _thought; // of the chunk, under one of the names that count only where no other is used
    private bool _hasReasoning; // under one of the usual names
    private string? _olderText; // of the chunk, under the name of the older interface: it counts only where no delta has text
    private bool _hasContent; // some delta had text
    private bool _hasDeltas;
    private bool _isOther; // the choice is not the first
    private ToolCallParts? _calls;
    private ToolCallParts? _wholeCalls; // of a "message": they count only where no delta has any
    private bool _isMessage;
    private bool _hasCalls; // the choice has calls, which are read once its number is known
    private int _texts; // of the chunk
    private int _textStart;
    private int _textLength;

    /// <summary>True while half a surrogate pair waits for the next chunk.</summary>
    public bool IsWaiting => _text.IsWaiting;

    /// <summary>The calls of tools that the model asks for.</summary>
    public IReadOnlyList<RequestedCall> Calls => (_calls ?? _wholeCalls) is { } calls ? [.. calls.Calls] : [];

    /// <summary>Where the chunk's only text stands, if it stands there unescaped and whole; null: it does not.</summary>
    public (int Start, int Length)? PlainText => _texts == 1 && _textLength > 0 ? (_textStart, _textLength) : null;

    /// <summary>For the end of the stream: U+FFFD if half a surrogate pair still waits, else null.</summary>
    public string? Rest() => _text.Rest() ?? _older.Rest();

    /// <summary>Before each chunk.</summary>
    public void Begin() => (_texts, _wholeText, _wholeReasoning, _thought, _olderText) = (0, null, null, null, null);

    /// <summary>After each chunk.</summary>
    public void End(AnswerChunk chunk)
    {
        if (!_hasReasoning)
            chunk.Reasoning ??= _thought;
        _hasContent |= chunk.Text is { Length: > 0 };
        if (!_hasContent)
            chunk.Text ??= _olderText;
        _hasDeltas |= chunk.Text is { Length: > 0 };
        if (_hasDeltas)
            return;
        var isLast = chunk.FinishReason is not null;
        chunk.Reasoning ??= _messageReasoning.NewIn(_wholeReasoning, isLast);
        chunk.Text = _messageText.NewIn(_wholeText, isLast);
    }

    /// <summary>Reads the value of <c>choices</c>.</summary>
    public void Read(ref Utf8JsonReader json, AnswerChunk chunk)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            chunk.HasUnknownContent |= json.TokenType is JsonTokenType.StartObject or JsonTokenType.String;
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            ReadFirstChoice(ref json, chunk);
    }

    private void ReadFirstChoice(ref Utf8JsonReader json, AnswerChunk chunk)
    {
        var start = json; // read twice if it has calls: its number may stand behind them
        var (text, reasoning, finish, filteredBy) = (chunk.Text, chunk.Reasoning, chunk.FinishReason, chunk.FilteredBy);
        var (waiting, thinking) = (_text.Waiting, _reasoning.Waiting);
        var (wholeText, wholeReasoning, usage, error) = (_wholeText, _wholeReasoning, chunk.Usage, chunk.Error);
        var (thought, hasReasoning, otherThinking) = (_thought, _hasReasoning, _otherReasoning.Waiting);
        var (olderText, olderWaiting) = (_olderText, _older.Waiting);
        var (isLate, isUnknown, isUnfiltered) = (chunk.IsFilteredLate, chunk.HasUnknownContent, chunk.IsUnfiltered);
        (_isOther, _hasCalls, chunk.FilteredBy) = (false, false, null);
        ReadObject(ref json, chunk, Choice);
        if (_isOther)
        {
            (chunk.Text, chunk.Reasoning, chunk.FinishReason, chunk.FilteredBy) = (text, reasoning, finish, filteredBy);
            (_text.Waiting, _reasoning.Waiting) = (waiting, thinking);
            (_wholeText, _wholeReasoning, chunk.Usage, chunk.Error) = (wholeText, wholeReasoning, usage, error);
            (_thought, _hasReasoning, _otherReasoning.Waiting) = (thought, hasReasoning, otherThinking);
            (_olderText, _older.Waiting) = (olderText, olderWaiting);
            (chunk.IsFilteredLate, chunk.HasUnknownContent, chunk.IsUnfiltered) = (isLate, isUnknown, isUnfiltered);
            return;
        }
        if (filteredBy is not null)
            (chunk.FilteredBy ??= []).AddRange(filteredBy);
        if (_hasCalls)
            ReadObject(ref start, chunk, ChoiceWithCalls);
    }

    private void ReadChoice(ref Utf8JsonReader json, AnswerChunk chunk)
    {
        if (json.ValueTextEquals("delta"u8))
            ReadDelta(ref json, chunk);
        else if (json.ValueTextEquals("message"u8))
            ReadMessage(ref json, chunk);
        else if (json.ValueTextEquals("finish_reason"u8))
            chunk.FinishReason = JsonValues.ReadString(ref json) is { } word && !FinishReasons.IsNone(word)
                ? word.Trim() : chunk.FinishReason;
        else if (json.ValueTextEquals("content_filter_offsets"u8))
        {
            chunk.IsFilteredLate = true;
            JsonValues.Skip(ref json);
        }
        else if (json.ValueTextEquals("index"u8))
            _isOther = JsonValues.ReadNumber(ref json) is not (null or 0);
        else if (json.ValueTextEquals("content_filter_results"u8) || json.ValueTextEquals("content_filter_result"u8))
            ContentFilterParser.ReadInto(ref json, chunk);
        else if (json.ValueTextEquals("usage"u8))
            chunk.Usage ??= UsageParser.Read(ref json);
        else if (json.ValueTextEquals("error"u8))
            chunk.Error ??= ServiceErrorParser.Read(ref json);
        else if (json.ValueTextEquals("text"u8)) // of the older interface of completions
            _olderText = _older.Read(ref json) is { } piece ? _olderText + piece : _olderText;
        else
            JsonValues.Skip(ref json);
    }

    // A whole answer has its text here. Some servers also repeat the text beside each delta, or beside the last one.
    private void ReadMessage(ref Utf8JsonReader json, AnswerChunk chunk)
    {
        if (_hasDeltas)
        {
            _hasCalls = true; // it may have those that no delta has
            JsonValues.Skip(ref json);
            return;
        }
        var (text, reasoning, thought) = (chunk.Text, chunk.Reasoning, _thought);
        (chunk.Text, chunk.Reasoning, _thought) = (_wholeText, _wholeReasoning, null);
        _isMessage = true;
        ReadValueObject(ref json, chunk, Delta);
        _isMessage = false;
        (_wholeText, _wholeReasoning) = (chunk.Text, chunk.Reasoning ?? _thought);
        (chunk.Text, chunk.Reasoning, _thought) = (text, reasoning, thought);
    }

    private void ReadDelta(ref Utf8JsonReader json, AnswerChunk chunk)
    {
        json.Read();
        chunk.HasUnknownContent |= json.TokenType is JsonTokenType.StartArray or JsonTokenType.String;
        ReadObject(ref json, chunk, Delta);
    }

    private void ReadMemberOfDelta(ref Utf8JsonReader json, AnswerChunk chunk)
    {
        if (json.ValueTextEquals("content"u8) || json.ValueTextEquals("refusal"u8))
            ReadText(ref json, chunk);
        else if (json.ValueTextEquals("reasoning_content"u8))
            chunk.Reasoning = ReadReasoning(ref json, _reasoning) ?? chunk.Reasoning;
        else if (json.ValueTextEquals("reasoning"u8))
        {
            // Some servers send the same text under both names; the older name wins.
            if (chunk.Reasoning is null)
                chunk.Reasoning = ReadReasoning(ref json, _reasoning);
            else
                JsonValues.Skip(ref json);
        }
        else if (IsOtherReasoning(json))
        {
            if (_thought is null)
                _thought = ReadReasoning(ref json, _otherReasoning);
            else
                JsonValues.Skip(ref json);
        }
        else if (IsCalls(json))
        {
            json.Read();
            _hasCalls |= json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
            json.Skip();
        }
        else if (json.ValueTextEquals("role"u8))
            chunk.Role = JsonValues.ReadString(ref json);
        else if (json.ValueTextEquals("text"u8))
            _olderText = _older.Read(ref json) is { } piece ? _olderText + piece : _olderText;
        else if (IsOtherContent(json))
        {
            json.Read();
            chunk.HasUnknownContent |= json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray
                && !JsonValues.IsEmpty(json);
            json.Skip();
        }
        else
            JsonValues.Skip(ref json);
    }

    // What a model says in another way than by words.
    private static bool IsOtherContent(in Utf8JsonReader json) =>
        json.ValueTextEquals("audio"u8) || json.ValueTextEquals("images"u8) || json.ValueTextEquals("image"u8)
        || json.ValueTextEquals("video"u8);

    private string? ReadReasoning(ref Utf8JsonReader json, JsonText reasoning)
    {
        json.Read();
        var piece = json.TokenType == JsonTokenType.String
            ? reasoning.ReadCurrent(ref json) : ContentParts.ReadReasoning(ref json, reasoning);
        _hasReasoning |= reasoning == _reasoning && piece is not null;
        return piece;
    }

    // Ollama, gateways to Anthropic, OpenRouter, LiteLLM. Some send the same text under a usual name, too.
    private static bool IsOtherReasoning(in Utf8JsonReader json) =>
        json.ValueTextEquals("thinking"u8) || json.ValueTextEquals("reasoning_text"u8)
        || json.ValueTextEquals("thinking_content"u8) || json.ValueTextEquals("reasoning_details"u8)
        || json.ValueTextEquals("thinking_blocks"u8);

    private void ReadChoiceWithCalls(ref Utf8JsonReader json, AnswerChunk chunk)
    {
        _isMessage = json.ValueTextEquals("message"u8);
        if (_isMessage)
            _wholeCalls = null;
        if (_isMessage || json.ValueTextEquals("delta"u8))
            ReadValueObject(ref json, chunk, Calling);
        else
            JsonValues.Skip(ref json);
        _isMessage = false;
    }

    private void ReadCalls(ref Utf8JsonReader json, AnswerChunk chunk)
    {
        var isCalls = IsCalls(json);
        json.Read();
        if (!isCalls || json.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)
            || JsonValues.IsEmpty(json))
        {
            json.Skip();
            return;
        }
        chunk.HasToolCall = true;
        (_isMessage ? _wholeCalls ??= new() : _calls ??= new()).Read(ref json);
    }

    private static bool IsCalls(in Utf8JsonReader json) =>
        json.ValueTextEquals("tool_calls"u8) || json.ValueTextEquals("function_call"u8);

    private void ReadText(ref Utf8JsonReader json, AnswerChunk chunk)
    {
        var wasWaiting = _text.IsWaiting;
        _texts++;
        json.Read();
        var isPlain = json.TokenType == JsonTokenType.String && !json.ValueIsEscaped && !wasWaiting
            && !_isMessage;
        if (json.TokenType == JsonTokenType.String)
            chunk.Text += _text.ReadCurrent(ref json);
        else
            ContentParts.Read(ref json, chunk, _text, _reasoning);
        // A template needs a delta's text that stands in the chunk unescaped, and all of it.
        (_textStart, _textLength) = isPlain ? ((int)json.TokenStartIndex + 1, json.ValueSpan.Length) : (0, 0);
    }

    private delegate void PropertyReader(CompletionChoices choices, ref Utf8JsonReader json, AnswerChunk chunk);

    // Kept, because a method group of an instance would be a new object for each use.
    private static readonly PropertyReader Choice = (choices, ref json, chunk) => choices.ReadChoice(ref json, chunk);
    private static readonly PropertyReader Delta = (choices, ref json, chunk) => choices.ReadMemberOfDelta(ref json, chunk);
    private static readonly PropertyReader ChoiceWithCalls =
        (choices, ref json, chunk) => choices.ReadChoiceWithCalls(ref json, chunk);
    private static readonly PropertyReader Calling = (choices, ref json, chunk) => choices.ReadCalls(ref json, chunk);

    private void ReadValueObject(ref Utf8JsonReader json, AnswerChunk chunk, PropertyReader property)
    {
        json.Read();
        ReadObject(ref json, chunk, property);
    }

    private void ReadObject(ref Utf8JsonReader json, AnswerChunk chunk, PropertyReader property)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
            property(this, ref json, chunk);
    }
}

using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Wire;

/// <summary>
/// Reads chat-completions JSON without a document. It skips properties that it does not know, and a value of an unexpected kind
/// counts as absent. One per answer, because a surrogate pair may be split over two chunks.
/// </summary>
/// <remarks>
/// Azure sends chunks without choices and choices without a delta: Microsoft's documentation of content streaming shows them.
/// </remarks>
/// <param name="beginsWithReasoning">Whether answers begin with reasoning although no opening tag comes.</param>
/// <param name="usesTemplate">True to recognise chunks with known surroundings without parsing them.</param>
internal sealed class CompletionParser(bool beginsWithReasoning = false, bool usesTemplate = true) : IChunkParser
{
    private readonly JsonText _text = new();
    private readonly JsonText _reasoning = new();
    private readonly ChunkTemplate _template = new();
    private readonly CompletionChunk _chunk = new();
    private readonly ThinkTags _tags = new(beginsWithReasoning);
    private ChatFinishReason? _finish;
    private string? _id;
    private string? _model;
    private string? _wholeText; // of a "message": it counts only where no delta has text
    private string? _wholeReasoning;
    private bool _hasDeltas;
    private ServiceError _bare = new(); // the members of an error without the object "error" around them
    private bool _hasBare;
    private bool _isError;
    private bool _hasChoices;
    private bool _isOther; // the choice is not the first
    private ToolCallParts? _calls;
    private ToolCallParts? _wholeCalls; // of a "message": they count only where no delta has any
    private bool _isMessage;
    private int _texts;
    private int _textStart;
    private int _textLength;

    /// <returns>Valid until the next call.</returns>
    /// <exception cref="JsonException">The event is not JSON.</exception>
    public CompletionChunk Parse(ReadOnlySpan<byte> data)
    {
        var chunk = _chunk;
        chunk.Clear();
        if (!_text.IsWaiting && _template.TextOf(data) is { } text)
        {
            (chunk.Id, chunk.Model, chunk.Text) = (_id, _model, text);
            SplitText(chunk);
            return chunk;
        }
        if (Ascii.EqualsIgnoreCase(data.Trim(" \t"u8), "[DONE]"u8))
        {
            chunk.IsDone = true;
            return chunk;
        }

        try
        {
            _texts = 0;
            (_wholeText, _wholeReasoning, _isError, _hasChoices) = (null, null, false, false);
            if (_hasBare)
                (_bare, _hasBare) = (new ServiceError(), false);
            var json = new Utf8JsonReader(data);
            json.Read();
            ReadObject(ref json, chunk, TopLevel);
            if (json.Read())
                throw new JsonException("There is more than one value.");
        }
        catch (InvalidOperationException fault)
        {
            // The runtime's reader throws this for half a surrogate pair in a property's name.
            throw new JsonException("A name is not well-formed.", fault);
        }
        if (!_hasChoices && (_isError || SaysError(_bare)))
            chunk.Error ??= _bare;
        _hasDeltas |= chunk.Text is { Length: > 0 };
        if (!_hasDeltas)
            (chunk.Text, chunk.Reasoning) = (_wholeText, chunk.Reasoning ?? _wholeReasoning);
        if (usesTemplate && _texts == 1 && _textLength > 0 && chunk is { IsTextOnly: true, IsUnfiltered: false })
        {
            (_id, _model) = (chunk.Id, chunk.Model);
            _template.Learn(data, _textStart, _textLength);
        }
        if (chunk.FinishReason is { } finish)
            _finish = FinishReasons.Of(finish);
        SplitText(chunk);
        return chunk;
    }

    public IReadOnlyList<RequestedCall> Calls => (_calls ?? _wholeCalls) is { } calls ? [.. calls.Calls] : [];

    public CompletionChunk ParseError(ReadOnlySpan<byte> data)
    {
        _chunk.Clear();
        _chunk.Error = ServiceErrorParser.ParseBody(data);
        return _chunk;
    }

    public bool HasText(ReadOnlySpan<byte> broken) => BrokenEvent.Has(broken, "content"u8);

    public CompletionChunk? Rest()
    {
        _chunk.Clear();
        _chunk.Text = _text.Rest();
        SplitText(_chunk);
        var (reasoning, text) = _tags.Rest(_finish == ChatFinishReason.Stop);
        (_chunk.Reasoning, _chunk.Text) = (_chunk.Reasoning + reasoning, _chunk.Text + text);
        return _chunk is { Reasoning: "", Text: "" } ? null : _chunk;
    }

    private void SplitText(CompletionChunk chunk)
    {
        if (_tags.IsOver || chunk.Text is not { Length: > 0 } piece)
            return;
        (var reasoning, chunk.Text) = _tags.Split(piece);
        if (reasoning is not null)
            chunk.Reasoning += reasoning;
    }

    private void ReadTopLevel(ref Utf8JsonReader json, CompletionChunk chunk)
    {
        if (json.ValueTextEquals("choices"u8))
        {
            _hasChoices = true;
            ReadChoices(ref json, chunk);
        }
        else if (json.ValueTextEquals("id"u8))
            chunk.Id = ReadString(ref json);
        else if (json.ValueTextEquals("model"u8))
            chunk.Model = ReadString(ref json);
        else if (json.ValueTextEquals("usage"u8))
            chunk.Usage = UsageParser.Read(ref json);
        else if (json.ValueTextEquals("error"u8))
            chunk.Error = ServiceErrorParser.Read(ref json);
        else if (json.ValueTextEquals("prompt_filter_results"u8) || json.ValueTextEquals("prompt_annotations"u8))
            ReadArray(ref json, chunk, PromptFilter);
        else if (json.ValueTextEquals("object"u8))
            _isError = IsError(ref json);
        else if (ServiceErrorParser.TryReadMember(ref json, _bare))
            _hasBare = true;
        else
            SkipValue(ref json);
    }

    private void ReadChoices(ref Utf8JsonReader json, CompletionChunk chunk)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            ReadFirstChoice(ref json, chunk);
    }

    // One answer was asked for. A service that gives several sends them in one stream, and only the first is read.
    private void ReadFirstChoice(ref Utf8JsonReader json, CompletionChunk chunk)
    {
        var (text, reasoning, finish, filteredBy) = (chunk.Text, chunk.Reasoning, chunk.FinishReason, chunk.FilteredBy);
        var (waiting, thinking) = (_text.Waiting, _reasoning.Waiting);
        var (wholeText, wholeReasoning) = (_wholeText, _wholeReasoning);
        (_isOther, chunk.FilteredBy) = (false, null);
        ReadObject(ref json, chunk, Choice);
        if (_isOther)
        {
            (chunk.Text, chunk.Reasoning, chunk.FinishReason, chunk.FilteredBy) = (text, reasoning, finish, filteredBy);
            (_text.Waiting, _reasoning.Waiting) = (waiting, thinking);
            (_wholeText, _wholeReasoning) = (wholeText, wholeReasoning);
        }
        else if (filteredBy is not null)
        {
            (chunk.FilteredBy ??= []).AddRange(filteredBy);
        }
    }

    private void ReadChoice(ref Utf8JsonReader json, CompletionChunk chunk)
    {
        if (json.ValueTextEquals("delta"u8))
            ReadValueObject(ref json, chunk, Delta);
        else if (json.ValueTextEquals("message"u8))
            ReadMessage(ref json, chunk);
        else if (json.ValueTextEquals("finish_reason"u8))
            chunk.FinishReason = NullIfBlank(ReadString(ref json)) ?? chunk.FinishReason;
        else if (json.ValueTextEquals("content_filter_offsets"u8))
        {
            chunk.IsFilteredLate = true;
            SkipValue(ref json);
        }
        else if (json.ValueTextEquals("index"u8))
        {
            json.Read();
            _isOther = json.TokenType == JsonTokenType.Number && !(json.TryGetInt32(out var index) && index == 0);
            json.Skip();
        }
        else if (json.ValueTextEquals("content_filter_results"u8) || json.ValueTextEquals("content_filter_result"u8))
            ReadFilter(ref json, chunk);
        else
            SkipValue(ref json);
    }

    // A whole answer has its text here. Some servers also repeat the text beside each delta, or beside the last one.
    private void ReadMessage(ref Utf8JsonReader json, CompletionChunk chunk)
    {
        if (_hasDeltas)
        {
            SkipValue(ref json);
            return;
        }
        var (text, reasoning) = (chunk.Text, chunk.Reasoning);
        (chunk.Text, chunk.Reasoning) = (_wholeText, _wholeReasoning);
        (_isMessage, _wholeCalls) = (true, null);
        ReadValueObject(ref json, chunk, Delta);
        _isMessage = false;
        (_wholeText, _wholeReasoning) = (chunk.Text, chunk.Reasoning);
        (chunk.Text, chunk.Reasoning) = (text, reasoning);
    }

    private static void ReadPromptFilter(ref Utf8JsonReader json, CompletionChunk chunk)
    {
        if (json.ValueTextEquals("content_filter_results"u8) || json.ValueTextEquals("content_filter_result"u8))
            ReadFilter(ref json, chunk);
        else
            SkipValue(ref json);
    }

    private void ReadDelta(ref Utf8JsonReader json, CompletionChunk chunk)
    {
        if (json.ValueTextEquals("content"u8) || json.ValueTextEquals("refusal"u8))
            ReadText(ref json, chunk);
        else if (json.ValueTextEquals("reasoning_content"u8))
            chunk.Reasoning = _reasoning.Read(ref json) ?? chunk.Reasoning;
        else if (json.ValueTextEquals("reasoning"u8))
        {
            // Some servers send the same text under both names; the older name wins.
            if (chunk.Reasoning is null)
                chunk.Reasoning = _reasoning.Read(ref json);
            else
                SkipValue(ref json);
        }
        else if (json.ValueTextEquals("tool_calls"u8) || json.ValueTextEquals("function_call"u8))
        {
            json.Read();
            ReadCalls(ref json, chunk);
        }
        else if (json.ValueTextEquals("role"u8))
            chunk.Role = ReadString(ref json);
        else
            SkipValue(ref json);
    }

    private void ReadCalls(ref Utf8JsonReader json, CompletionChunk chunk)
    {
        var hasCalls = json.TokenType == JsonTokenType.StartObject
            || (json.TokenType == JsonTokenType.StartArray && !IsEmpty(json));
        // The number of a choice may stand behind it. Another answer than the first was not asked for.
        if (!hasCalls || _isOther)
        {
            json.Skip();
            return;
        }
        chunk.HasToolCall = true;
        (_isMessage ? _wholeCalls ??= new() : _calls ??= new()).Read(ref json);
    }

    private void ReadText(ref Utf8JsonReader json, CompletionChunk chunk)
    {
        var wasWaiting = _text.IsWaiting;
        _texts++;
        json.Read();
        var isPlain = json.TokenType == JsonTokenType.String && !json.ValueIsEscaped && !wasWaiting;
        if (json.TokenType == JsonTokenType.String)
            chunk.Text += _text.ReadCurrent(ref json);
        else
            ContentParts.Read(ref json, chunk, _text, _reasoning);
        // A template needs text that stands in the chunk unescaped, and all of it.
        (_textStart, _textLength) = isPlain ? ((int)json.TokenStartIndex + 1, json.ValueSpan.Length) : (0, 0);
    }

    private static void ReadFilter(ref Utf8JsonReader json, CompletionChunk chunk)
    {
        var (filteredBy, isUnfiltered) = ContentFilterParser.Read(ref json);
        if (filteredBy is not null)
            (chunk.FilteredBy ??= []).AddRange(filteredBy);
        chunk.IsUnfiltered |= isUnfiltered;
    }

    private delegate void PropertyReader(CompletionParser parser, ref Utf8JsonReader json, CompletionChunk chunk);

    // Kept, because a method group of an instance would be a new object for each use.
    private static readonly PropertyReader TopLevel = (parser, ref json, chunk) => parser.ReadTopLevel(ref json, chunk);
    private static readonly PropertyReader Choice = (parser, ref json, chunk) => parser.ReadChoice(ref json, chunk);
    private static readonly PropertyReader Delta = (parser, ref json, chunk) => parser.ReadDelta(ref json, chunk);
    private static readonly PropertyReader PromptFilter = (_, ref json, chunk) => ReadPromptFilter(ref json, chunk);

    private void ReadArray(ref Utf8JsonReader json, CompletionChunk chunk, PropertyReader property)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            ReadObject(ref json, chunk, property);
    }

    private void ReadValueObject(ref Utf8JsonReader json, CompletionChunk chunk, PropertyReader property)
    {
        json.Read();
        ReadObject(ref json, chunk, property);
    }

    private void ReadObject(ref Utf8JsonReader json, CompletionChunk chunk, PropertyReader property)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
            property(this, ref json, chunk);
    }

    internal static string? ReadString(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String)
            return JsonText.Whole(ref json);
        json.Skip();
        return null;
    }

    // Other events have a message and a type, too: those that tell how far a model is loaded.
    private static bool SaysError(ServiceError bare) => bare.Words is { Length: > 0 }
        && (ErrorKinds.Of(bare) != ErrorKind.Unknown || bare.Type?.EndsWith("error", StringComparison.OrdinalIgnoreCase) == true);

    // A copy of the reader looks ahead.
    private static bool IsEmpty(Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.EndArray;

    private static bool IsError(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String)
            return json.ValueTextEquals("error"u8);
        json.Skip();
        return false;
    }

    private static string? NullIfBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    internal static void SkipValue(ref Utf8JsonReader json)
    {
        json.Read();
        json.Skip();
    }
}

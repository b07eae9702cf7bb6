using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Wire;

/// <summary>
/// Reads chat-completions JSON without a document. It skips properties that it does not know, and a value of an unexpected kind
/// counts as absent. One per answer, because a surrogate pair may be split over two chunks. <see cref="CompletionChoices"/> reads
/// the choices.
/// </summary>
/// <param name="beginsWithReasoning">Whether answers begin with reasoning although no opening tag comes.</param>
/// <param name="usesTemplate">True to recognise chunks with known surroundings without parsing them.</param>
internal sealed class CompletionParser(bool beginsWithReasoning = false, bool usesTemplate = true) : IChunkParser
{
    private readonly CompletionChoices _choices = new();
    private readonly ChunkTemplate _template = new();
    private readonly AnswerChunk _chunk = new();
    private readonly ThinkTags _tags = new(beginsWithReasoning);
    private ChatFinishReason? _finish;
    private string? _id;
    private string? _model;
    private ServiceError _bare = new(); // the members of an error without the object "error" around them
    private bool _hasBare;
    private bool _isError;
    private bool _hasChoices;

    /// <returns>Valid until the next call.</returns>
    /// <exception cref="JsonException">The event is not JSON.</exception>
    public AnswerChunk Parse(ReadOnlySpan<byte> data, ReadOnlySpan<byte> name = default)
    {
        var chunk = _chunk;
        chunk.Clear();
        BytesRead = data.Length;
        if (!_choices.IsWaiting && _template.TextOf(data) is { } text)
        {
            (chunk.Id, chunk.Model, chunk.Text) = (_id, _model, text);
            _tags.Take(chunk);
            return chunk;
        }
        if (EventWords.IsEnd(data))
        {
            chunk.IsDone = true;
            return chunk;
        }
        Read(data, chunk);
        // An empty error beside choices is none.
        if (_hasChoices && chunk.Error is { SaysNothing: true })
            chunk.Error = null;
        if (!_hasChoices && chunk.Error is { } error)
            error.Complete(_bare);
        else if (!_hasChoices && (_isError || ErrorKinds.IsError(_bare)))
            chunk.Error = _bare;
        _choices.End(chunk);
        if (usesTemplate && _choices.PlainText is var (start, length) && chunk is { IsTextOnly: true, IsUnfiltered: false }
            && BytesRead == data.Length)
        {
            (_id, _model) = (chunk.Id, chunk.Model);
            _template.Learn(data, start, length);
        }
        if (chunk.FinishReason is { } finish)
            _finish = FinishReasons.Of(finish);
        _tags.Take(chunk);
        return chunk;
    }

    public IReadOnlyList<RequestedCall> Calls => _choices.Calls;

    public int BytesRead { get; private set; }

    public AnswerChunk ParseError(ReadOnlySpan<byte> data)
    {
        _chunk.Clear();
        _chunk.Error = ServiceErrorParser.ParseBody(data);
        return _chunk;
    }

    public bool HasText(ReadOnlySpan<byte> broken) => BrokenEvent.Has(broken, "content"u8);

    public AnswerChunk? Rest()
    {
        _chunk.Clear();
        _chunk.Text = _choices.Rest();
        return _tags.TakeRest(_chunk, _finish == ChatFinishReason.Stop) ? _chunk : null;
    }

    private void Read(ReadOnlySpan<byte> data, AnswerChunk chunk)
    {
        try
        {
            _choices.Begin();
            (_isError, _hasChoices) = (false, false);
            if (_hasBare)
                (_bare, _hasBare) = (new ServiceError(), false);
            var json = JsonValues.Reader(data);
            json.Read();
            ReadValue(ref json, chunk);
            BytesRead = (int)json.BytesConsumed;
        }
        catch (InvalidOperationException fault)
        {
            // The runtime's reader throws this for half a surrogate pair in a property's name.
            throw new JsonException("A name is not well-formed.", fault);
        }
    }

    // A chunk, or a list of them, as Google sends its errors.
    private void ReadValue(ref Utf8JsonReader json, AnswerChunk chunk)
    {
        if (json.TokenType == JsonTokenType.StartArray)
        {
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                ReadValue(ref json, chunk);
        }
        else if (json.TokenType == JsonTokenType.StartObject)
        {
            while (json.Read() && json.TokenType != JsonTokenType.EndObject)
                ReadMember(ref json, chunk);
        }
        else
        {
            json.Skip();
        }
    }

    private static bool IsOtherContent(in Utf8JsonReader json) =>
        json.ValueTextEquals("content"u8) || json.ValueTextEquals("text"u8) || json.ValueTextEquals("response"u8)
        || json.ValueTextEquals("completion"u8);

    private void ReadMember(ref Utf8JsonReader json, AnswerChunk chunk)
    {
        if (json.ValueTextEquals("choices"u8))
        {
            _hasChoices = true;
            _choices.Read(ref json, chunk);
        }
        else if (json.ValueTextEquals("id"u8))
            chunk.Id = JsonValues.ReadString(ref json);
        else if (json.ValueTextEquals("model"u8))
            chunk.Model = JsonValues.ReadString(ref json);
        else if (json.ValueTextEquals("usage"u8))
            chunk.Usage = UsageParser.Read(ref json) ?? chunk.Usage;
        else if (json.ValueTextEquals("error"u8) || json.ValueTextEquals("errors"u8))
            chunk.Error = ServiceErrorParser.Read(ref json) ?? chunk.Error;
        else if (json.ValueTextEquals("prompt_filter_results"u8) || json.ValueTextEquals("prompt_annotations"u8))
            ContentFilterParser.ReadOfPrompt(ref json, chunk);
        else if (json.ValueTextEquals("object"u8))
            _isError = JsonValues.ReadString(ref json) == "error";
        else if (ServiceErrorParser.TryReadMember(ref json, _bare))
            _hasBare = true;
        else if (IsOtherContent(json)) // text of an interface that is not known here
            chunk.HasUnknownContent |= JsonValues.ReadString(ref json) is { Length: > 0 };
        else
            JsonValues.Skip(ref json);
    }
}

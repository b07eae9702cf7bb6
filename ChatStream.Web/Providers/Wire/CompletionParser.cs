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
    public AnswerChunk Parse(ReadOnlySpan<byte> data)
    {
        var chunk = _chunk;
        chunk.Clear();
        if (!_choices.IsWaiting && _template.TextOf(data) is { } text)
        {
            (chunk.Id, chunk.Model, chunk.Text) = (_id, _model, text);
            SplitText(chunk);
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
        if (!_hasChoices && (_isError || SaysError(_bare)))
            chunk.Error ??= _bare;
        _choices.End(chunk);
        if (usesTemplate && _choices.PlainText is var (start, length) && chunk is { IsTextOnly: true, IsUnfiltered: false })
        {
            (_id, _model) = (chunk.Id, chunk.Model);
            _template.Learn(data, start, length);
        }
        if (chunk.FinishReason is { } finish)
            _finish = FinishReasons.Of(finish);
        SplitText(chunk);
        return chunk;
    }

    public IReadOnlyList<RequestedCall> Calls => _choices.Calls;

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
        SplitText(_chunk);
        var (reasoning, text) = _tags.Rest(_finish == ChatFinishReason.Stop);
        (_chunk.Reasoning, _chunk.Text) = (_chunk.Reasoning + reasoning, _chunk.Text + text);
        return _chunk is { Reasoning: "", Text: "" } ? null : _chunk;
    }

    private void Read(ReadOnlySpan<byte> data, AnswerChunk chunk)
    {
        try
        {
            _choices.Begin();
            (_isError, _hasChoices) = (false, false);
            if (_hasBare)
                (_bare, _hasBare) = (new ServiceError(), false);
            var json = new Utf8JsonReader(data);
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
                json.Skip();
            else
                while (json.Read() && json.TokenType != JsonTokenType.EndObject)
                    ReadMember(ref json, chunk);
            if (json.Read())
                throw new JsonException("There is more than one value.");
        }
        catch (InvalidOperationException fault)
        {
            // The runtime's reader throws this for half a surrogate pair in a property's name.
            throw new JsonException("A name is not well-formed.", fault);
        }
    }

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
        else if (json.ValueTextEquals("error"u8))
            chunk.Error = ServiceErrorParser.Read(ref json) ?? chunk.Error;
        else if (json.ValueTextEquals("prompt_filter_results"u8) || json.ValueTextEquals("prompt_annotations"u8))
            ContentFilterParser.ReadList(ref json, chunk);
        else if (json.ValueTextEquals("object"u8))
            _isError = JsonValues.ReadString(ref json) == "error";
        else if (ServiceErrorParser.TryReadMember(ref json, _bare))
            _hasBare = true;
        else
            JsonValues.Skip(ref json);
    }

    private void SplitText(AnswerChunk chunk)
    {
        if (_tags.IsOver || chunk.Text is not { Length: > 0 } piece)
            return;
        (var reasoning, chunk.Text) = _tags.Split(piece);
        if (reasoning is not null)
            chunk.Reasoning += reasoning;
    }

    // Other events have a message and a type, too: those that tell how far a model is loaded.
    private static bool SaysError(ServiceError bare) => bare.Words is { Length: > 0 }
        && (ErrorKinds.Of(bare) != ErrorKind.Unknown || bare.Type?.EndsWith("error", StringComparison.OrdinalIgnoreCase) == true);
}

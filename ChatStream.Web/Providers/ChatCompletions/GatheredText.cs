using System.Text;
using ChatStream.Web.Providers.Wire;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.ChatCompletions;

/// <summary>Pieces of text that had arrived together and go on as one.</summary>
internal sealed class GatheredText
{
    /// <summary>Characters; a reader on a thin line is to see progress.</summary>
    private const int Most = 4096;

    private StringBuilder? _rest; // made when a second piece comes, and seldom one does
    private string? _id;
    private string? _model;
    private string? _text;

    public bool IsEmpty => _text is null;

    public bool IsFull => _text?.Length + (_rest?.Length ?? 0) >= Most;

    /// <returns>False: it is of another kind than what there is, which has to be taken first.</returns>
    public bool TryAdd(CompletionChunk chunk)
    {
        if (IsEmpty)
            (_id, _model, _text) = (chunk.Id, chunk.Model, chunk.Text);
        else if (chunk.Id == _id && chunk.Model == _model)
            (_rest ??= new StringBuilder()).Append(chunk.Text);
        else
            return false;
        return true;
    }

    public ChatResponseUpdate Take()
    {
        var text = _rest is { Length: > 0 } ? $"{_text}{_rest}" : _text!;
        _text = null;
        _rest?.Clear();
        return UpdateBuilder.OfText(_id, _model, text);
    }
}

using System.Text;
using ChatStream.Web.Providers.Responses;
using ChatStream.Web.Providers.Wire;
using Microsoft.Extensions.AI;

namespace ChatStream.Web.Providers.Deployments;

/// <summary>Joins pieces of text that have arrived together into one update.</summary>
internal sealed class GatheredText
{
    /// <summary>Characters of one update. More would hide progress from a reader with a slow connection.</summary>
    private const int Most = 4096;

    private StringBuilder? _rest; // the pieces after the first; made only if there are any, which is rare
    private string? _id;
    private string? _model;
    private string? _text;
    private ResponsePosition? _position; // after the last piece

    public bool IsEmpty => _text is null;

    public bool IsFull => _text?.Length + (_rest?.Length ?? 0) >= Most;

    /// <param name="chunk">The next piece.</param>
    /// <param name="position">Where a background answer goes on after it.</param>
    /// <returns>False if the chunk has another id or model, so that the gathered text has to be taken first.</returns>
    public bool TryAdd(AnswerChunk chunk, ResponsePosition? position)
    {
        if (IsEmpty)
            (_id, _model, _text) = (chunk.Id, chunk.Model, chunk.Text);
        else if (chunk.Id == _id && chunk.Model == _model)
            (_rest ??= new StringBuilder()).Append(chunk.Text);
        else
            return false;
        _position = position;
        return true;
    }

    public ChatResponseUpdate Take()
    {
        var text = _rest is { Length: > 0 } ? $"{_text}{_rest}" : _text!;
        _text = null;
        _rest?.Clear();
        var update = UpdateBuilder.OfText(_id, _model, text);
        if (_position is not null)
            PositionToken.Add(update, _position);
        return update;
    }
}

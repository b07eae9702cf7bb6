using System.Text;

namespace ChatStream.Web.Providers;

/// <summary>Pieces of text that had arrived together and go on as one.</summary>
internal sealed class GatheredText
{
    /// <summary>Characters; a reader on a thin line is to see progress.</summary>
    private const int Most = 4096;

    private readonly StringBuilder _rest = new();
    private CompletionChunk _first;

    public bool IsEmpty => _first.Text is null;

    public bool IsFull => _rest.Length >= Most;

    /// <returns>False: it is of another kind than what there is, which has to be taken first.</returns>
    public bool TryAdd(in CompletionChunk chunk)
    {
        if (IsEmpty)
            _first = chunk;
        else if (chunk.Id == _first.Id && chunk.Model == _first.Model)
            _rest.Append(chunk.Text);
        else
            return false;
        return true;
    }

    public CompletionChunk Take()
    {
        var whole = _first;
        if (_rest.Length > 0)
            whole.Text = $"{whole.Text}{_rest}";
        _first = default;
        _rest.Clear();
        return whole;
    }
}

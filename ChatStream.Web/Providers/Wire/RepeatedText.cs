namespace ChatStream.Web.Providers.Wire;

/// <summary>
/// A text of which some servers send pieces, and others all that has come so far, each time. One per answer.
/// </summary>
internal sealed class RepeatedText
{
    private readonly TextSoFar _before = new();
    private bool _isCumulative;

    /// <summary>What a piece adds to the text.</summary>
    /// <param name="piece">The next piece, or the text as far as it has come.</param>
    /// <param name="isLast">Whether it came with a finish reason, as a repetition of the whole text does.</param>
    public string? NewIn(string? piece, bool isLast)
    {
        if (piece is not { Length: > 0 } || _before.Length == 0)
        {
            _before.Add(piece ?? "");
            return piece;
        }
        if (_before.RestOf(piece) is { } rest)
            (_isCumulative, piece) = (true, rest);
        else if ((_isCumulative || isLast) && _before.Is(piece))
            return null;
        _before.Add(piece);
        return piece;
    }
}

namespace ChatStream.Web.Conversations;

/// <summary>The pieces of one answer that the journal has.</summary>
internal sealed class KeptText
{
    private readonly SortedList<int, Piece> _pieces = [];

    /// <summary>
    /// A number that is there already was committed by a try of which only the news was lost: what comes now begins as that does,
    /// and may be longer.
    /// </summary>
    public void Add(Piece piece) => _pieces[piece.Number] = piece;

    public void AppendTo(Message message)
    {
        message.Text += string.Concat(_pieces.Values.Select(piece => piece.Text));
        message.Reasoning = string.Concat(_pieces.Values.Select(piece => piece.Reasoning)) is { Length: > 0 } reasoning ? reasoning : null;
    }
}

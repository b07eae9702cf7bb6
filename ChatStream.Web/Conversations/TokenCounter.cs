using Microsoft.ML.Tokenizers;

namespace ChatStream.Web.Conversations;

/// <summary>
/// Counts tokens as the gpt-4o and later models do (o200k). For other models it is an estimate, which is what trimming needs.
/// </summary>
internal sealed class TokenCounter
{
    /// <summary>What role and separators of a message cost beside its text.</summary>
    private const int PerMessage = 4;

    /// <summary>
    /// The tokenizer's time grows with the square of a word's length: half a megabyte without a space takes minutes. Cut into
    /// pieces, it grows with the length, and a cut costs at most a token.
    /// </summary>
    private const int LongestPiece = 512;

    // Its table takes a third of a second to load: the first message waits for it, the start of the app does not.
    private readonly Lazy<TiktokenTokenizer> _tokenizer = new(() => TiktokenTokenizer.CreateForModel("gpt-4o"));

    public int Count(string text)
    {
        var count = PerMessage;
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var piece = rest[..LengthOfPiece(rest)];
            count += _tokenizer.Value.CountTokens(piece);
            rest = rest[piece.Length..];
        }
        return count;
    }

    // Before a space where there is one, because a token begins there.
    private static int LengthOfPiece(ReadOnlySpan<char> text)
    {
        if (text.Length <= LongestPiece)
            return text.Length;
        var space = text[1..LongestPiece].LastIndexOf(' ') + 1;
        return space > 0 ? space : char.IsHighSurrogate(text[LongestPiece - 1]) ? LongestPiece - 1 : LongestPiece;
    }

    /// <summary>Loads the table ahead of the first message.</summary>
    public void WarmUp() => _ = _tokenizer.Value;
}

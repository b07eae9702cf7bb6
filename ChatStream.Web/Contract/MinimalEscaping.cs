using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace ChatStream.Web.Contract;

/// <summary>
/// A JSON encoder that escapes only what RFC 8259 demands: quote, backslash, and U+0000 to U+001F. The runtime's relaxed encoder
/// also turns emoji, U+2028 and the ideographic space into six-byte escapes. That doubles the size of the punctuation in a
/// Chinese answer. A lone surrogate becomes U+FFFD, because UTF-8 has no form for it.
/// </summary>
internal sealed unsafe class MinimalEscaping : JavaScriptEncoder
{
    public static MinimalEscaping Instance { get; } = new();

    private static readonly char[] EscapedCharacters = [.. Range(0, 0x20), '"', '\\'];

    private static readonly SearchValues<char> Escaped = SearchValues.Create(EscapedCharacters);

    private static readonly SearchValues<char> EscapedOrSurrogate =
        SearchValues.Create([.. EscapedCharacters, .. Range(0xD800, 0x800)]);

    /// <summary>
    /// False if the text is the same inside a JSON string. True if it may differ: a text with surrogate pairs counts as needing
    /// escapes, although none is written.
    /// </summary>
    public static bool IsNeededFor(string text) => text.AsSpan().ContainsAny(EscapedOrSurrogate);

    public override int MaxOutputCharactersPerInputCharacter => 6;

    public override int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var span = new ReadOnlySpan<char>(text, textLength);
        for (var from = 0; ;)
        {
            var at = span[from..].IndexOfAny(EscapedOrSurrogate);
            if (at < 0)
                return -1;
            at += from;
            if (!char.IsHighSurrogate(span[at]) || at + 1 == span.Length || !char.IsLowSurrogate(span[at + 1]))
                return at;
            from = at + 2;
        }
    }

    public override bool WillEncode(int unicodeScalar) =>
        unicodeScalar <= char.MaxValue && Escaped.Contains((char)unicodeScalar);

    public override bool TryEncodeUnicodeScalar(
        int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        var output = new Span<char>(buffer, bufferLength);
        if (WillEncode(unicodeScalar))
            return TryEscape((char)unicodeScalar, output, out numberOfCharactersWritten);
        return new Rune(unicodeScalar).TryEncodeToUtf16(output, out numberOfCharactersWritten);
    }

    private static bool TryEscape(char c, Span<char> output, out int written)
    {
        var shortForm = c switch
        {
            '"' or '\\' => c,
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            '\b' => 'b',
            '\f' => 'f',
            _ => '\0',
        };
        if (shortForm == '\0')
            return output.TryWrite(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}", out written);
        written = 0;
        if (output.Length < 2)
            return false;
        (output[0], output[1], written) = ('\\', shortForm, 2);
        return true;
    }

    private static IEnumerable<char> Range(int first, int count) => Enumerable.Range(first, count).Select(c => (char)c);
}

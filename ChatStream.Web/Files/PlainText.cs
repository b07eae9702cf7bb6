using System.Buffers;
using System.Text;

namespace ChatStream.Web.Files;

/// <summary>Finds out whether bytes are text.</summary>
internal static class PlainText
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly UnicodeEncoding LittleEndian = new(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true);
    private static readonly UnicodeEncoding BigEndian = new(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true);

    private static readonly UTF32Encoding Utf32 = new(bigEndian: false, byteOrderMark: true, throwOnInvalidCharacters: true);

    // All control characters but those that lay out a text, and the escape that terminals write into logs.
    private static readonly SearchValues<char> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 0xa0).Select(c => (char)c).Where(c =>
            char.IsControl(c) && c is not ('\t' or '\n' or '\r' or '\f' or '\u001b' or '\u0085'))]);

    // Those of ASCII: other encodings have letters in the place of the others.
    private static readonly SearchValues<byte> ControlBytes = SearchValues.Create(
        [.. Enumerable.Range(0, 0x80).Where(c => Controls.Contains((char)c)).Select(c => (byte)c)]);

    /// <summary>
    /// The text of valid UTF-8, or of UTF-16 with its mark, if it has no control character but those that lay it out. Null: it is
    /// no text.
    /// </summary>
    public static string? Of(ReadOnlySpan<byte> content)
    {
        try
        {
            var text = content switch
            {
                [0xff, 0xfe, .. var rest] => LittleEndian.GetString(rest),
                [0xfe, 0xff, .. var rest] => BigEndian.GetString(rest),
                [0xef, 0xbb, 0xbf, .. var rest] => Utf8.GetString(rest),
                _ => Utf8.GetString(content),
            };
            // Programs of DOS and their heirs end a text with it.
            text = text.TrimEnd('\u001a');
            return text.AsSpan().ContainsAny(Controls) ? null : text;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether bytes that are no text by <see cref="Of"/> look like one in another encoding. Which one cannot be told for sure:
    /// the same bytes are other letters in each, and a wrong guess would change names without a word.
    /// </summary>
    public static bool IsInAnotherEncoding(ReadOnlySpan<byte> content) =>
        IsOf(Utf32, content) || IsOf(LittleEndian, content) || IsOf(BigEndian, content)
        || (content is not ([0xff, 0xfe, ..] or [0xfe, 0xff, ..]) && !content.ContainsAny(ControlBytes)
            && !System.Text.Unicode.Utf8.IsValid(content));

    // In UTF-16 without its mark and in UTF-32, most texts have letters, digits and blanks of ASCII.
    private static bool IsOf(Encoding encoding, ReadOnlySpan<byte> content)
    {
        try
        {
            var text = encoding.GetString(content).AsSpan().TrimStart('\ufeff');
            var plain = 0;
            foreach (var letter in text)
                plain += char.IsAscii(letter) ? 1 : 0;
            return plain * 2 > text.Length && !text.ContainsAny(Controls);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>A text without the control characters that no text has.</summary>
    public static string WithoutControls(string text) => text.AsSpan().ContainsAny(Controls)
        ? string.Concat(text.Where(c => !Controls.Contains(c)))
        : text;
}

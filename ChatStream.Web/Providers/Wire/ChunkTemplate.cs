using System.Buffers;
using System.Text;

namespace ChatStream.Web.Providers.Wire;

/// <summary>
/// Recognises chunks that differ from earlier ones in nothing but their text, so that they need no parsing: a service repeats
/// hundreds of bytes around each piece of text. One per answer.
/// </summary>
/// <remarks>
/// A chunk that begins and ends as the template does, with only plain characters between, has the template's structure. Two
/// chunks in a row with the same surroundings make a template. OpenAI adds a random <c>obfuscation</c> string to each chunk, so
/// that no two are alike. For such answers the template gives up after a few misses.
/// </remarks>
internal sealed class ChunkTemplate
{
    /// <summary>
    /// Misses in a row before the template gives up. Surroundings change a few times in an answer, as when filter results begin;
    /// a service that changes them eight times in a row changes them always.
    /// </summary>
    public const int MostMisses = 8;

    // These end a JSON string, begin an escape in it, or may not stand in it.
    private static readonly SearchValues<byte> NotPlain =
        SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(c => (byte)c)]);

    private byte[] _before = [];
    private byte[] _after = [];
    private bool _isConfirmed; // two chunks in a row had these surroundings
    private int _misses; // chunks with other surroundings since the last match

    /// <summary>Compares a chunk that had to be parsed with the one before it.</summary>
    /// <param name="data">A chunk that holds nothing but one piece of text.</param>
    /// <param name="start">Where its text begins, after the quotation mark.</param>
    /// <param name="length">Bytes of the text, without escapes.</param>
    public void Learn(ReadOnlySpan<byte> data, int start, int length)
    {
        if (_misses == MostMisses)
            return;
        var before = data[..start];
        var after = data[(start + length)..];
        if (_before.Length > 0 && before.SequenceEqual(_before) && after.SequenceEqual(_after))
        {
            _isConfirmed = true;
            return;
        }
        _isConfirmed = false;
        (_before, _after) = ++_misses < MostMisses ? (before.ToArray(), after.ToArray()) : ([], []);
    }

    /// <returns>The chunk's text; null if the chunk has to be parsed.</returns>
    public string? TextOf(ReadOnlySpan<byte> data)
    {
        if (!_isConfirmed || data.Length <= _before.Length + _after.Length || !data.StartsWith(_before) || !data.EndsWith(_after))
            return null;
        var text = data[_before.Length..^_after.Length];
        if (text.ContainsAny(NotPlain))
            return null;
        _misses = 0;
        return Encoding.UTF8.GetString(text);
    }
}

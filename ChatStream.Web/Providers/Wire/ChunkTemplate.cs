using System.Buffers;
using System.Text;

namespace ChatStream.Web.Providers.Wire;

/// <summary>
/// The last chunk that held a piece of text and nothing else, as a template. A service repeats hundreds of bytes around each
/// piece: what begins and ends as that chunk did, with only plain characters between, has its structure, and is not parsed.
/// </summary>
internal sealed class ChunkTemplate
{
    // What ends a JSON string, begins an escape in one, or may not be in one.
    private static readonly SearchValues<byte> NotPlain =
        SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(c => (byte)c)]);

    private byte[] _before = [];
    private byte[] _after = [];

    /// <param name="data">A chunk that held nothing but text, and it but once.</param>
    /// <param name="start">Where its text begins, behind the quotation mark.</param>
    /// <param name="length">How many bytes the text has, none of them escaped.</param>
    public void Learn(ReadOnlySpan<byte> data, int start, int length) =>
        (_before, _after) = (data[..start].ToArray(), data[(start + length)..].ToArray());

    /// <returns>Null: it has to be parsed.</returns>
    public string? TextOf(ReadOnlySpan<byte> data)
    {
        if (_before.Length == 0 || data.Length <= _before.Length + _after.Length || !data.StartsWith(_before) || !data.EndsWith(_after))
            return null;
        var text = data[_before.Length..^_after.Length];
        return text.ContainsAny(NotPlain) ? null : Encoding.UTF8.GetString(text);
    }
}

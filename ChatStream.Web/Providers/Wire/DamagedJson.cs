using System.Buffers;

namespace ChatStream.Web.Providers.Wire;

/// <summary>
/// Mends JSON that is damaged without doubt about its meaning: control characters that stand unescaped in a string, NUL between
/// values, and numbers that JSON does not have, which Python writes.
/// </summary>
internal static class DamagedJson
{
    private static readonly byte[][] NoNumbers = ["NaN"u8.ToArray(), "-Infinity"u8.ToArray(), "Infinity"u8.ToArray()];

    /// <returns>The same bytes if there is nothing to mend.</returns>
    public static ReadOnlySpan<byte> Mended(ReadOnlySpan<byte> json)
    {
        if (!json.ContainsAnyInRange((byte)0, (byte)0x1F) && json.IndexOf("NaN"u8) < 0 && json.IndexOf("Infinity"u8) < 0)
            return json;
        var mended = new ArrayBufferWriter<byte>(json.Length + 64);
        var (isInString, isChanged) = (false, false);
        for (var at = 0; at < json.Length; at++)
        {
            var unit = json[at];
            if (isInString && unit < 0x20)
            {
                mended.Write([(byte)'\\', (byte)'u', (byte)'0', (byte)'0', (byte)('0' + (unit >> 4)), Digit(unit & 0xF)]);
                isChanged = true;
            }
            else if (!isInString && unit == 0)
            {
                isChanged = true;
            }
            else if (!isInString && NoNumberAt(json[at..]) is > 0 and var length)
            {
                mended.Write("null"u8);
                at += length - 1;
                isChanged = true;
            }
            else
            {
                mended.Write([unit]);
                if (isInString && unit == '\\' && at + 1 < json.Length && json[at + 1] >= 0x20)
                    mended.Write([json[++at]]);
                else if (unit == '"')
                    isInString = !isInString;
            }
        }
        return isChanged ? mended.WrittenSpan : json;
    }

    private static byte Digit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);

    private static int NoNumberAt(ReadOnlySpan<byte> json)
    {
        foreach (var word in NoNumbers)
        {
            if (json.StartsWith(word))
                return word.Length;
        }
        return 0;
    }
}

namespace ChatStream.Web.Files.Images;

/// <summary>
/// Looks whether the pixels of a GIF can be read, as many as its frame has. Of each code only the length of its string is kept.
/// </summary>
internal static class GifPixels
{
    private const int MostCodes = 4096;
    private const int LongestCode = 12;

    /// <param name="data">The bits of a pixel, then blocks, the last of them empty.</param>
    /// <param name="pixels">How many there must be.</param>
    /// <exception cref="Contract.RefusedException">400: they cannot be read, or are fewer.</exception>
    public static void Check(ReadOnlySpan<byte> data, int pixels)
    {
        // The standard has two bits or more. Some programs write one for two colours, and readers take it.
        int bits = data[0];
        if (bits is < 1 or > 8)
            throw FileRefusals.BrokenImage();
        var lengths = new int[MostCodes];
        Array.Fill(lengths, 1, 0, 1 << bits);
        var (clear, end) = (1 << bits, (1 << bits) + 1);
        var (width, next, previous, left) = (bits + 1, end + 1, -1, (long)pixels);
        var (waiting, have) = (0, 0);
        for (var blocks = data[1..]; blocks[0] != 0; blocks = blocks[(1 + blocks[0])..])
        {
            foreach (var part in blocks.Slice(1, blocks[0]))
            {
                waiting |= part << have;
                have += 8;
                while (have >= width)
                {
                    var code = waiting & ((1 << width) - 1);
                    waiting >>= width;
                    have -= width;
                    if (code == clear)
                    {
                        (width, next, previous) = (bits + 1, end + 1, -1);
                        continue;
                    }
                    // The first code after a clear one is a pixel; others may be the string that is just being made.
                    if (code == end || (previous < 0 ? code > clear : code > next))
                        throw FileRefusals.BrokenImage();
                    if (previous >= 0 && next < MostCodes)
                    {
                        lengths[next++] = lengths[previous] + 1;
                        if (next == 1 << width && width < LongestCode)
                            width++;
                    }
                    left -= lengths[code];
                    if (left <= 0)
                        return;
                    previous = code;
                }
            }
        }
        throw FileRefusals.BrokenImage();
    }
}

namespace ChatStream.Web.Files.Images;

/// <summary>
/// Looks whether readers can begin with the scans of a JPEG: what a scan refers to must be there, and its data be as long as the
/// shortest that its blocks of 8 by 8 pixels can take. The pixels are not decoded. Readers show as grey what is wrong in them.
/// </summary>
internal ref struct JpegPixels
{
    private const byte Progressive = 0xc2;
    private const int MostBlocks = 10;

    private ReadOnlySpan<byte> _frame;
    private bool _isProgressive;
    private int _widest, _tallest;

    // A bit for each table.
    private int _quantities, _codes;

    /// <summary>Takes note of a frame or of tables.</summary>
    /// <exception cref="Contract.RefusedException">400: they are of no use.</exception>
    public void Note(byte marker, ReadOnlySpan<byte> data)
    {
        switch (marker)
        {
            case 0xc0 or 0xc1 or Progressive:
                _frame = data;
                _isProgressive = marker == Progressive;
                for (var i = 0; i < data[5]; i++)
                {
                    if (Across(i) is < 1 or > 4 || Down(i) is < 1 or > 4)
                        throw FileRefusals.BrokenImage();
                    (_widest, _tallest) = (Math.Max(_widest, Across(i)), Math.Max(_tallest, Down(i)));
                }
                break;
            case 0xdb:
                for (; data.Length > 0; data = data[(1 + (64 << (data[0] >> 4)))..])
                {
                    if ((data[0] & 15) > 3)
                        throw FileRefusals.BrokenImage();
                    _quantities |= 1 << (data[0] & 15);
                }
                break;
            case 0xc4:
                while (data.Length > 0)
                {
                    if ((data[0] & ~0x13) != 0)
                        throw FileRefusals.BrokenImage();
                    _codes |= 1 << data[0];
                    data = data[(17 + SumOfCodes(data[1..17]))..];
                }
                break;
        }
    }

    /// <summary>Whether a scan has the mean colours of blocks, without which there is no picture.</summary>
    /// <param name="scan">The data of its segment.</param>
    /// <param name="length">Bytes of its codes.</param>
    /// <exception cref="Contract.RefusedException">400: it cannot be read.</exception>
    public readonly bool IsBaseOf(ReadOnlySpan<byte> scan, int length)
    {
        var (count, first, last, low) = ((int)scan[0], scan[^3], scan[^2], scan[^1]);
        if (count is < 1 or > 4 || (_isProgressive && !IsStep(count, first, last, low)))
            throw FileRefusals.BrokenImage();
        var (blocks, ofUnit) = (0L, 0);
        for (var i = 0; i < count; i++)
        {
            var (component, codes) = (IndexOf(scan[1 + (2 * i)]), scan[2 + (2 * i)]);
            if ((_quantities & (1 << _frame[8 + (3 * component)])) == 0 || !HasCodes(codes, first, low))
                throw FileRefusals.BrokenImage();
            ofUnit += Across(component) * Down(component);
            blocks = count > 1 ? Units(8 * _widest, 8 * _tallest) * ofUnit
                : Units(8.0 * _widest / Across(component), 8.0 * _tallest / Down(component));
        }
        var isBase = !_isProgressive || first == 0;
        // A block takes a code or more: of its mean colour and, where all is in one scan, of its end.
        if ((count > 1 && ofUnit > MostBlocks) || (isBase && length * 8L < blocks * (_isProgressive ? 1 : 2)))
            throw FileRefusals.BrokenImage();
        return isBase;
    }

    private static bool IsStep(int count, byte first, byte last, byte low) =>
        (first == 0 ? last == 0 : first <= last && last <= 63 && count == 1)
        && (low >> 4 == 0 || (low & 15) == (low >> 4) - 1) && (low & 15) <= 13;

    // Readers know the usual codes of a scan that has all, as cameras leave them out that make films of pictures.
    private readonly bool HasCodes(byte codes, byte first, byte low) =>
        !_isProgressive || (first == 0 ? low >> 4 != 0 || Has(codes >> 4) : Has(16 + (codes & 15)));

    private readonly bool Has(int table) => (_codes & (1 << table)) != 0;

    private readonly int IndexOf(byte id)
    {
        for (var i = 0; i < _frame[5]; i++)
        {
            if (_frame[6 + (3 * i)] == id)
                return i;
        }
        throw FileRefusals.BrokenImage();
    }

    private readonly long Units(double width, double height) =>
        (long)(Math.Ceiling(((_frame[3] << 8) | _frame[4]) / width) * Math.Ceiling(((_frame[1] << 8) | _frame[2]) / height));

    private readonly int Across(int component) => _frame[7 + (3 * component)] >> 4;

    private readonly int Down(int component) => _frame[7 + (3 * component)] & 15;

    // No more codes than their lengths leave room for. None has only ones.
    private static int SumOfCodes(ReadOnlySpan<byte> counts)
    {
        var (sum, room) = (0, 1);
        foreach (var count in counts)
        {
            sum += count;
            room = (2 * room) - count;
            if (room <= 0 || sum > 256)
                throw FileRefusals.BrokenImage();
        }
        return sum;
    }
}

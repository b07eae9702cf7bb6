using System.Buffers.Binary;

namespace ChatStream.Web.Files.Images;

/// <summary>
/// JPEG (ITU-T T.81): segments, then the scans. Left out are EXIF, XMP, colour profiles, comments and previews. Of EXIF the
/// orientation is kept, in a segment that holds nothing else: cameras turn the picture by it only.
/// </summary>
internal static class JpegImage
{
    private const int MostSegments = 10_000;
    private const byte Start = 0xd8, End = 0xd9, StartOfScan = 0xda, Adobe = 0xee, Exif = 0xe1;

    private static readonly byte[] Jfif =
        [0xff, 0xe0, 0, 16, (byte)'J', (byte)'F', (byte)'I', (byte)'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];

    public static CleanImage Read(ReadOnlySpan<byte> content, int mostPixels)
    {
        var (width, height, orientation) = (0, 0, 1);
        var (hasScan, hasAdobe, isEnded) = (false, false, false);
        var pixels = new JpegPixels();
        var body = new MemoryStream(content.Length);
        var rest = content[2..];
        for (var count = 0; !isEnded; count++)
        {
            if (count > MostSegments || rest[0] != 0xff)
                throw FileRefusals.BrokenImage();
            // Any number of fill bytes may stand before a marker.
            while (rest[1] == 0xff)
                rest = rest[1..];
            var marker = rest[1];
            if (marker == End)
            {
                isEnded = true;
                continue;
            }
            if (marker is Start or 0 or 1 or (>= 0xd0 and <= 0xd7))
                throw FileRefusals.BrokenImage();
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            var data = rest[4..(2 + length)];
            if (!IsLengthOf(marker, data))
                throw FileRefusals.BrokenImage();
            if (marker is 0xc0 or 0xc1 or 0xc2)
            {
                if (width > 0)
                    throw FileRefusals.BrokenImage();
                height = BinaryPrimitives.ReadUInt16BigEndian(data[1..]);
                width = BinaryPrimitives.ReadUInt16BigEndian(data[3..]);
                CleanImage.CheckSize(width, height, mostPixels);
            }
            // Other kinds of frames: lossless, hierarchical, arithmetic. Browsers show none of them.
            else if (marker is >= 0xc3 and <= 0xcf and not (0xc4 or 0xc8))
                throw FileRefusals.BrokenImage();
            else if (marker == Exif && ExifOrientation.Of(data) is { } turned)
                orientation = turned;

            pixels.Note(marker, data);
            if (IsKept(marker, data))
            {
                body.Write(rest[..(2 + length)]);
                hasAdobe |= marker == Adobe;
            }
            rest = rest[(2 + length)..];
            if (marker != StartOfScan)
                continue;
            if (width == 0)
                throw FileRefusals.BrokenImage();
            var scan = LengthOfScan(rest);
            hasScan |= pixels.IsBaseOf(data, scan);
            body.Write(rest[..scan]);
            rest = rest[scan..];
        }
        if (!hasScan)
            throw FileRefusals.BrokenImage();
        var isTurned = orientation >= 5;
        return new CleanImage(
            "image/jpeg", isTurned ? height : width, isTurned ? width : height, Write(orientation, hasAdobe, body));
    }

    // Tables, frames and scans; and of applications the one that says how colours are coded.
    private static bool IsKept(byte marker, ReadOnlySpan<byte> data) => marker switch
    {
        0xc0 or 0xc1 or 0xc2 or 0xc4 or 0xdb or 0xdd or StartOfScan => true,
        Adobe => data.Length == 12 && data.StartsWith("Adobe"u8),
        _ => false,
    };

    /// <summary>
    /// Whether a segment that is kept is as long as what it holds, so that nothing else is in it. Readers refuse others, and
    /// frames of 12 bits or of two colours, too.
    /// </summary>
    private static bool IsLengthOf(byte marker, ReadOnlySpan<byte> data) => marker switch
    {
        0xc0 or 0xc1 or 0xc2 => data[0] == 8 && data[5] is 1 or 3 or 4 && data.Length == 6 + (3 * data[5]),
        StartOfScan => data.Length == 4 + (2 * data[0]),
        0xdd => data.Length == 2,
        0xdb => AreTables(data, static table => 1 + (64 << (table[0] >> 4))),
        0xc4 => AreTables(data, static table => 17 + Sum(table[1..17])),
        _ => true,
    };

    private static bool AreTables(ReadOnlySpan<byte> tables, Func<ReadOnlySpan<byte>, int> length)
    {
        while (tables.Length > 0)
            tables = tables[length(tables)..];
        return true; // one that ends behind the segment is no part of it
    }

    private static int Sum(ReadOnlySpan<byte> counts)
    {
        var sum = 0;
        foreach (var count in counts)
            sum += count;
        return sum;
    }

    /// <summary>A scan ends at the next marker that is neither a restart nor a byte 0xff of the data.</summary>
    private static int LengthOfScan(ReadOnlySpan<byte> rest)
    {
        for (var at = 0; ; at++)
        {
            var next = rest[at..].IndexOf((byte)0xff);
            if (next < 0 || at + next + 1 >= rest.Length)
                throw FileRefusals.BrokenImage();
            at += next;
            if (rest[at + 1] is not (0 or 0xff or (>= 0xd0 and <= 0xd7)))
                return at;
        }
    }

    // Beside JFIF, readers do not look at how Adobe says that colours are coded.
    private static byte[] Write(int orientation, bool hasAdobe, MemoryStream body)
    {
        var clean = new MemoryStream((int)body.Length + 64);
        clean.Write([0xff, Start]);
        if (!hasAdobe)
            clean.Write(Jfif);
        if (orientation != 1)
            clean.Write(ExifOrientation.Segment(orientation));
        body.WriteTo(clean);
        clean.Write([0xff, End]);
        return clean.ToArray();
    }
}

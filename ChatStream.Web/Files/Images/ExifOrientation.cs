using System.Buffers.Binary;

namespace ChatStream.Web.Files.Images;

/// <summary>How a camera held a picture: the one member of EXIF that a picture needs.</summary>
internal static class ExifOrientation
{
    private const ushort Tag = 0x112;
    private const int HeaderLength = 6;

    /// <summary>From 1, upright, to 8.</summary>
    /// <param name="segment">The data of an APP1 segment.</param>
    /// <returns>Null: it is not said.</returns>
    public static int? Of(ReadOnlySpan<byte> segment)
    {
        if (!segment.StartsWith("Exif\0\0"u8) || segment.Length < HeaderLength + 8)
            return null;
        var tiff = segment[HeaderLength..];
        if (tiff[..2] is not ([(byte)'I', (byte)'I'] or [(byte)'M', (byte)'M']))
            return null;
        var isLittle = tiff[0] == 'I';
        var first = isLittle
            ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (first > tiff.Length - 2)
            return null;
        var entries = tiff[((int)first + 2)..];
        for (var left = Short(tiff[(int)first..]); left > 0 && entries.Length >= 12; left--, entries = entries[12..])
        {
            if (Short(entries) == Tag)
                return Short(entries[8..]) is >= 1 and <= 8 and var orientation ? orientation : null;
        }
        return null;

        ushort Short(ReadOnlySpan<byte> at) => isLittle
            ? BinaryPrimitives.ReadUInt16LittleEndian(at) : BinaryPrimitives.ReadUInt16BigEndian(at);
    }

    /// <summary>An APP1 segment with the orientation and nothing else.</summary>
    public static byte[] Segment(int orientation) =>
    [
        0xff, 0xe1, 0, 34, .. "Exif\0\0"u8, .. "MM"u8, 0, 42, 0, 0, 0, 8, 0, 1,
        Tag >> 8, Tag & 0xff, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0,
    ];
}

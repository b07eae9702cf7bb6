using System.Buffers.Binary;
using System.IO.Hashing;

namespace ChatStream.Web.Files.Images;

/// <summary>
/// PNG (RFC 2083): chunks, each with a checksum. Kept are those that make the picture. Left out are texts, times, EXIF, colour
/// profiles, which hold texts too, and the further frames of an animation.
/// </summary>
internal static class PngImage
{
    private const int HeaderLength = 8;
    private const int MostChunks = 100_000;

    private static readonly string[] Kept = ["IHDR", "PLTE", "tRNS", "gAMA", "cHRM", "sRGB", "sBIT", "pHYs", "IDAT", "IEND"];

    public static CleanImage Read(ReadOnlySpan<byte> content, int mostPixels)
    {
        var (width, height) = (0, 0);
        var (hasData, isEnded) = (false, false);
        var clean = new MemoryStream(content.Length);
        clean.Write(content[..HeaderLength]);
        var rest = content[HeaderLength..];
        for (var count = 0; !isEnded; count++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest);
            var name = System.Text.Encoding.Latin1.GetString(rest.Slice(4, 4));
            var data = rest.Slice(8, length);
            var checksum = BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + length)..]);
            if (count > MostChunks || checksum != Crc32.HashToUInt32(rest.Slice(4, 4 + length)) || count == 0 != (name == "IHDR"))
                throw FileRefusals.BrokenImage();
            if (count == 0)
            {
                (width, height) = (BinaryPrimitives.ReadInt32BigEndian(data), BinaryPrimitives.ReadInt32BigEndian(data[4..]));
                if (length != 13 || data[10] != 0 || data[11] != 0 || data[12] > 1)
                    throw FileRefusals.BrokenImage();
                CleanImage.CheckSize(width, height, mostPixels);
            }
            // Upper case begins what a reader must know.
            if (char.IsAsciiLetterUpper(name[0]) && !Kept.Contains(name))
                throw FileRefusals.BrokenImage();
            if (Kept.Contains(name))
                clean.Write(rest[..(12 + length)]);
            hasData |= name == "IDAT" && length > 0;
            isEnded = name == "IEND";
            rest = rest[(12 + length)..];
        }
        return hasData ? new CleanImage("image/png", width, height, clean.ToArray()) : throw FileRefusals.BrokenImage();
    }
}

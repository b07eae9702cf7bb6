using System.Buffers.Binary;
using System.IO.Hashing;

namespace ChatStream.Web.Files.Images;

/// <summary>
/// PNG (RFC 2083): chunks, each with a checksum. Kept are those that make the picture, each as long as what it has to say. Left
/// out are texts, times, EXIF, colour profiles, which hold texts too, and the further frames of an animation.
/// </summary>
internal static class PngImage
{
    private const int HeaderLength = 8;
    private const int MostChunks = 100_000;

    private static readonly byte[] End = [0, 0, 0, 0, .. "IEND"u8, 0xae, 0x42, 0x60, 0x82];

    private const byte Grey = 0, Colour = 2, Palette = 3;

    public static CleanImage Read(ReadOnlySpan<byte> content, int mostPixels)
    {
        var (width, height, kind) = (0, 0, Grey);
        var isEnded = false;
        ReadOnlySpan<byte> header = default;
        var (packed, chunks, ends) = (new MemoryStream(content.Length), new List<Range>(), new List<int>());
        var kept = new HashSet<string>(StringComparer.Ordinal);
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
                header = data;
                (width, height) = (BinaryPrimitives.ReadInt32BigEndian(data), BinaryPrimitives.ReadInt32BigEndian(data[4..]));
                kind = data[9];
                if (length != 13 || !IsDepthOf(kind, data[8]) || data[10] != 0 || data[11] != 0 || data[12] > 1)
                    throw FileRefusals.BrokenImage();
                CleanImage.CheckSize(width, height, mostPixels);
            }
            // Upper case begins what a reader must know.
            if (char.IsAsciiLetterUpper(name[0]) && name is not ("IHDR" or "PLTE" or "IDAT" or "IEND"))
                throw FileRefusals.BrokenImage();
            isEnded = name == "IEND";
            if (name == "IDAT")
            {
                var start = content.Length - rest.Length;
                chunks.Add(start..(start + 12 + length));
                packed.Write(data);
                ends.Add((int)packed.Length);
            }
            // Readers look at nothing else behind the first pixels.
            else if (!isEnded && chunks.Count == 0 && IsLengthOf(name, length, kind) && kept.Add(name))
            {
                clean.Write(rest[..(12 + length)]);
            }
            rest = rest[(12 + length)..];
            if (isEnded && (length != 0 || (kind == Palette && !kept.Contains("PLTE"))))
                throw FileRefusals.BrokenImage();
        }
        foreach (var chunk in chunks[..PngPixels.Count(header, width, height, packed, ends)])
            clean.Write(content[chunk]);
        clean.Write(End);
        return new CleanImage("image/png", width, height, clean.ToArray());
    }

    private static bool IsDepthOf(byte kind, byte bits) => kind switch
    {
        Grey => bits is 1 or 2 or 4 or 8 or 16,
        Palette => bits is 1 or 2 or 4 or 8,
        Colour or 4 or 6 => bits is 8 or 16,
        _ => false,
    };

    // So that nothing else is in a chunk that is kept. Of colours and of greys a palette is a mere proposal.
    private static bool IsLengthOf(string name, int length, byte kind) => name switch
    {
        "IHDR" => true, // it was looked at
        "PLTE" => kind == Palette && length is > 0 and <= 768 && length % 3 == 0,
        "tRNS" => kind switch { Grey => length == 2, Colour => length == 6, Palette => length is > 0 and <= 256, _ => false },
        "gAMA" => length == 4,
        "cHRM" => length == 32,
        "sRGB" => length == 1,
        "sBIT" => length is > 0 and <= 4,
        "pHYs" => length == 9,
        _ => false,
    };
}

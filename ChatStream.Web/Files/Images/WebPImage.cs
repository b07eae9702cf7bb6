using System.Buffers.Binary;

namespace ChatStream.Web.Files.Images;

/// <summary>
/// WebP (RFC 9649): chunks in a RIFF file. Kept is the picture, with its transparency. EXIF, XMP, colour profiles and what is not
/// known are left out. An animation is refused.
/// </summary>
internal static class WebPImage
{
    private const int HeaderLength = 12;
    private const int MostChunks = 1_000;
    private const int LossyHeaderLength = 10;

    /// <summary>A header, and five codes of one symbol each.</summary>
    private const int ShortestLossless = 8;

    private const byte HasAlpha = 0x10, IsAnimated = 0x02;

    public static CleanImage Read(ReadOnlySpan<byte> content, int mostPixels)
    {
        var size = BinaryPrimitives.ReadUInt32LittleEndian(content[4..]);
        var rest = content.Slice(HeaderLength, checked((int)size) - 4);
        var (width, height, isExtended, hasAlpha) = (0, 0, false, false);
        var clean = new MemoryStream(content.Length);
        clean.Write(content[..HeaderLength]);
        for (var count = 0; count < MostChunks && !rest.IsEmpty; count++)
        {
            var length = checked((int)BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]));
            var data = rest.Slice(8, length);
            var whole = Math.Min(8 + length + (length & 1), rest.Length);
            switch (System.Text.Encoding.Latin1.GetString(rest[..4]))
            {
                case "VP8X" when count == 0 && length == 10:
                    if ((data[0] & IsAnimated) != 0)
                        throw FileRefusals.AnimatedImage();
                    (width, height, isExtended) = (Number24(data[4..]) + 1, Number24(data[7..]) + 1, true);
                    CleanImage.CheckSize(width, height, mostPixels);
                    clean.Write(rest[..8]);
                    clean.Write([(byte)(data[0] & HasAlpha)]);
                    clean.Write(data[1..]);
                    break;
                case "ALPH" when isExtended && !hasAlpha:
                    if (!IsAlphaOf(data, (long)width * height))
                        throw FileRefusals.BrokenImage();
                    hasAlpha = true;
                    clean.Write(rest[..whole]);
                    break;
                case "VP8 " or "VP8L" when count == 0 || isExtended:
                    var (ownWidth, ownHeight) = rest[3] == ' ' ? SizeOfLossy(data) : SizeOfLossless(data);
                    CleanImage.CheckSize(ownWidth, ownHeight, mostPixels);
                    if (isExtended && (ownWidth, ownHeight) != (width, height))
                        throw FileRefusals.BrokenImage();
                    clean.Write(rest[..whole]);
                    return new CleanImage("image/webp", ownWidth, ownHeight, WithSize(clean));
                case "ANIM" or "ANMF":
                    throw FileRefusals.AnimatedImage();
                default:
                    if (count == 0)
                        throw FileRefusals.BrokenImage();
                    break;
            }
            rest = rest[whole..];
        }
        throw FileRefusals.BrokenImage();
    }

    // Readers refuse one that has fewer values than the picture has pixels, or that is packed in an unknown way.
    private static bool IsAlphaOf(ReadOnlySpan<byte> data, long pixels) =>
        (data[0] & 3) switch { 0 => data.Length > pixels, 1 => data.Length > 1, _ => false } && data[0] >> 6 <= 1;

    /// <summary>
    /// Of a key frame that is shown. Its first part says for each square of 16 pixels how it is coded, which takes a bit or more.
    /// </summary>
    private static (int Width, int Height) SizeOfLossy(ReadOnlySpan<byte> data)
    {
        var (isKey, version, isShown, part) =
            ((data[0] & 1) == 0, (data[0] >> 1) & 7, (data[0] & 0x10) != 0, Number24(data) >> 5);
        var (width, height) = (
            BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & 0x3fff,
            BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & 0x3fff);
        var squares = ((width + 15) / 16) * ((height + 15) / 16);
        return isKey && version <= 3 && isShown && data[3..6] is [0x9d, 0x01, 0x2a]
            && data.Length > LossyHeaderLength + part && part * 8 >= squares
                ? (width, height) : throw FileRefusals.BrokenImage();
    }

    private static (int Width, int Height) SizeOfLossless(ReadOnlySpan<byte> data)
    {
        var bits = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
        return data[0] == 0x2f && bits >> 29 == 0 && data.Length >= ShortestLossless
            ? ((int)(bits & 0x3fff) + 1, (int)((bits >> 14) & 0x3fff) + 1)
            : throw FileRefusals.BrokenImage();
    }

    private static int Number24(ReadOnlySpan<byte> at) => at[0] | (at[1] << 8) | (at[2] << 16);

    private static byte[] WithSize(MemoryStream clean)
    {
        if ((clean.Length & 1) != 0)
            clean.WriteByte(0);
        var content = clean.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(4), (uint)content.Length - 8);
        return content;
    }
}

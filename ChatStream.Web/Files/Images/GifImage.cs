using System.Buffers.Binary;

namespace ChatStream.Web.Files.Images;

/// <summary>
/// GIF89a: blocks. Kept is the first frame, which is what models see, with its colours. Comments, texts and what applications
/// have added are left out.
/// </summary>
internal static class GifImage
{
    private const int HeaderLength = 13;
    private const int MostBlocks = 100_000;
    private const byte Extension = 0x21, Frame = 0x2c, Control = 0xf9;

    public static CleanImage Read(ReadOnlySpan<byte> content, int mostPixels)
    {
        var (width, height) = (
            BinaryPrimitives.ReadUInt16LittleEndian(content[6..]), BinaryPrimitives.ReadUInt16LittleEndian(content[8..]));
        CleanImage.CheckSize(width, height, mostPixels);
        var table = HeaderLength + LengthOfColours(content[10]);
        var clean = new MemoryStream(content.Length);
        clean.Write("GIF89a"u8);
        clean.Write(content[6..table]);
        var rest = content[table..];
        ReadOnlySpan<byte> control = default;
        for (var count = 0; count < MostBlocks; count++)
        {
            if (rest[0] == Frame)
            {
                CheckFrame(rest, width, height);
                var data = 11 + LengthOfColours(rest[9]);
                var end = data + LengthOfBlocks(rest[data..]);
                GifPixels.Check(rest[(data - 1)..end], PixelsOf(rest));
                clean.Write(control);
                clean.Write(rest[..end]);
                clean.WriteByte(0x3b);
                return new CleanImage("image/gif", width, height, clean.ToArray());
            }
            if (rest[0] != Extension)
                break; // the end without a frame
            var length = 2 + LengthOfBlocks(rest[2..]);
            if (rest[1] == Control)
                control = length == 8 ? rest[..length] : throw FileRefusals.BrokenImage();
            rest = rest[length..];
        }
        throw FileRefusals.BrokenImage();
    }

    // A frame within the screen: its pixels are no more than those of the header.
    private static void CheckFrame(ReadOnlySpan<byte> frame, int width, int height)
    {
        var (ownWidth, ownHeight) = (
            BinaryPrimitives.ReadUInt16LittleEndian(frame[5..]), BinaryPrimitives.ReadUInt16LittleEndian(frame[7..]));
        if (ownWidth == 0 || ownHeight == 0 || BinaryPrimitives.ReadUInt16LittleEndian(frame[1..]) + ownWidth > width
            || BinaryPrimitives.ReadUInt16LittleEndian(frame[3..]) + ownHeight > height)
            throw FileRefusals.BrokenImage();
    }

    private static int PixelsOf(ReadOnlySpan<byte> frame) =>
        BinaryPrimitives.ReadUInt16LittleEndian(frame[5..]) * BinaryPrimitives.ReadUInt16LittleEndian(frame[7..]);

    private static int LengthOfColours(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);

    private static int LengthOfBlocks(ReadOnlySpan<byte> blocks)
    {
        var at = 0;
        while (blocks[at] != 0)
            at += 1 + blocks[at];
        return at + 1;
    }
}

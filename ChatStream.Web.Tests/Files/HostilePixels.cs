using static ChatStream.Web.Tests.Files.HostileFiles;
using static ChatStream.Web.Tests.Files.Pictures;

namespace ChatStream.Web.Tests.Files;

/// <summary>Images that are whole but for their pixels: a browser shows an empty box, a model's service refuses them.</summary>
internal static class HostilePixels
{
    public static IEnumerable<HostileFile> All => [.. Pngs(), .. PngsOfAllKinds(), .. Gifs(), .. Jpegs(), .. WebPs()];

    private static IEnumerable<HostileFile> Pngs()
    {
        var packed = Deflated(new byte[14]);
        yield return new("png whose pixels are a text", Png(Header(2, 2), Chunk("IDAT", Evil)), "image_broken");
        yield return new("png of 50 bytes of 200 by 200 pixels",
            Png(Header(200, 200), Chunk("IDAT", Deflated(new byte[50]))), "image_broken");
        yield return new("png of a byte too few", Png(Header(2, 2), Chunk("IDAT", Deflated(new byte[13]))), "image_broken");
        yield return new("png with an unknown filter", Png(Header(2, 2),
            Chunk("IDAT", Deflated([0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0]))), "image_broken");
        yield return new("png whose pixels are noise",
            Png(Header(2, 2), Chunk("IDAT", [0x78, 0x9c, .. Enumerable.Repeat((byte)0xff, 40)])), "image_broken");
        yield return new("png whose pixels are cut",
            Png(Header(9_000, 1), Chunk("IDAT", Deflated([0, .. Noise(27_000)])[..20_000])), "image_broken");
        yield return new("png whose pixels are in many chunks",
            Png(Header(2, 2), [.. packed.Select(part => Chunk("IDAT", [part])), Chunk("IDAT", [])]), Code: null);
        yield return new("png with a script behind its pixels",
            Png(Header(2, 2), Chunk("IDAT", packed), Chunk("IDAT", Evil)), Code: null);
        yield return new("png with a wrong checksum of its pixels",
            Png(Header(2, 2), Chunk("IDAT", [.. packed[..^1], (byte)~packed[^1]])), "image_broken");
        yield return new("png with its palette behind its pixels", Png(Header(1, 1, kind: 3),
            Chunk("IDAT", Deflated(new byte[2])), Chunk("PLTE", [1, 2, 3])), "image_broken");
        // Each row is a byte of its filter and one of a pixel.
        yield return new("png of 20 million rows",
            Png(Header(1, 20_000_000, kind: 0), Chunk("IDAT", Deflated(new byte[40_000_000]))), Code: null);
    }

    private static IEnumerable<HostileFile> PngsOfAllKinds()
    {
        foreach (var (kind, bits, length) in new (byte, byte, int)[]
        {
            (0, 1, 6), (0, 2, 9), (0, 4, 15), (0, 8, 24), (0, 16, 45), (2, 8, 66), (2, 16, 129),
            (3, 1, 6), (3, 4, 15), (3, 8, 24), (4, 8, 45), (4, 16, 87), (6, 8, 87), (6, 16, 171),
        })
        {
            byte[] palette = kind == 3 ? Chunk("PLTE", [1, 2, 3]) : [];
            byte[] Of(int bytes) => Png(Header(7, 3, bits, kind), palette, Chunk("IDAT", Deflated(new byte[bytes])));
            yield return new($"png of kind {kind}, {bits} bits and all pixels", Of(length), Code: null);
            yield return new($"png of kind {kind}, {bits} bits and a byte too few", Of(length - 1), "image_broken");
        }
        // The passes of 7 by 3 pixels: 1, 1, none, 2, 4, 2 rows of 3, and a row of 7.
        foreach (var (bits, length) in new (byte, int)[] { (1, 14), (8, 28) })
        {
            byte[] Of(int bytes) => Png(Header(7, 3, bits, 0, interlaced: 1), Chunk("IDAT", Deflated(new byte[bytes])));
            yield return new($"interlaced png of {bits} bits", Of(length), Code: null);
            yield return new($"interlaced png of {bits} bits and a byte too few", Of(length - 1), "image_broken");
        }
    }

    private static IEnumerable<HostileFile> Gifs()
    {
        foreach (var bits in new byte[] { 0, 9, 12, 255 })
            yield return new($"gif of {bits} bits", GifOf(1, 1, bits, [0x44]), "image_broken");
        // Clear and a pixel, in two bits each.
        yield return new("gif of one bit", GifOf(1, 1, 1, [0b0010]), Code: null);
        yield return new("gif without codes", GifOf(1, 1, 2, []), "image_broken");
        yield return new("gif of a pixel too few", GifOf(2, 1, 2, [0x44]), "image_broken");
        yield return new("gif of 10,000 pixels and one code", GifOf(100, 100, 2, [0x44]), "image_broken");
        // Clear, a pixel, and the string that is just being made: three pixels in all.
        yield return new("gif of a string of itself", GifOf(3, 1, 2, [0b10000100, 0b1]), Code: null);
        yield return new("gif of a code that is not there yet", GifOf(3, 1, 2, [0b11000100, 0b1]), "image_broken");
        yield return new("gif that begins with a string", GifOf(1, 1, 2, [0b110_100]), "image_broken");
        yield return new("gif that ends at once", GifOf(1, 1, 2, [0b101_100]), "image_broken");
        yield return new("gif of noise", GifOf(200, 200, 8, Noise(255)), "image_broken");
    }

    private static IEnumerable<HostileFile> Jpegs()
    {
        yield return new("jpeg of a good frame", JpegOf([0x11], [0, 0x3f]), Code: null);
        yield return new("jpeg of no codes", JpegOf([0x11], []), "image_broken");
        yield return new("jpeg of 200 by 200 pixels and three bytes", JpegOf([0x11], [1, 2, 3], 200), "image_broken");
        yield return new("jpeg of 200 by 200 pixels", JpegOf([0x11], new byte[157], 200), Code: null);
        yield return new("jpeg of three colours, 200 by 200 pixels and too few bytes",
            JpegOf([0x22, 0x11, 0x11], new byte[253], 200), "image_broken");
        yield return new("jpeg of three colours, 200 by 200 pixels", JpegOf([0x22, 0x11, 0x11], new byte[254], 200), Code: null);
        yield return new("jpeg without its tables",
            [.. Jpeg[..20], .. JpegOf([0x11], [0, 0x3f])[(2 + 69)..]], "image_broken");
        yield return new("jpeg of an unknown table", JpegOf([0x11], [0, 0x3f], table: 1), "image_broken");
        yield return new("jpeg of an unknown colour", JpegOf([0x11], [0, 0x3f], colour: 9), "image_broken");
        foreach (var size in new byte[] { 0, 0x01, 0x10, 0x51, 0x15, 0xff })
            yield return new($"jpeg of blocks of {size:x2}", JpegOf([size], [0, 0x3f]), "image_broken");
        yield return new("jpeg of too many blocks at once", JpegOf([0x44, 0x11, 0x11], new byte[90]), "image_broken");
        yield return new("jpeg of more codes than there can be",
            JpegWith(Segment(0xc4, [0, 3, .. new byte[15], 1, 2, 3])), "image_broken");
        yield return new("progressive jpeg without its codes",
            [.. Jpeg[..2], .. Segment(0xdb, [0, .. new byte[64]]), .. Jpeg[(2 + 18 + 69)..][..13],
                .. Segment(0xda, [1, 1, 0, 0, 0, 1]), 0x3f, 0x10, 0xff, 0xd9], "image_broken");
    }

    private static IEnumerable<HostileFile> WebPs()
    {
        byte[] Lossy(params (int At, byte Value)[] changes)
        {
            var content = WebP.ToArray();
            foreach (var (at, value) in changes)
                content[20 + at] = value;
            return content;
        }
        yield return new("webp whose first part is longer than it", Lossy((0, 0xf0), (1, 0xff)), "image_broken");
        yield return new("webp that is not shown", Lossy((0, 0x20)), "image_broken");
        yield return new("webp of an unknown version", Lossy((0, 0x3e)), "image_broken");
        yield return new("webp of 4,000 by 4,000 pixels and nine bytes",
            Lossy((6, 0xa0), (7, 0x0f), (8, 0xa0), (9, 0x0f)), "image_broken");
        yield return new("lossless webp of its header alone", Riff(RiffChunk("VP8L", WebPLossless[20..25])), "image_broken");
        yield return new("webp whose transparency is too short",
            Riff(Extended(0x10), RiffChunk("ALPH", [0]), WebP[12..]), "image_broken");
        yield return new("webp whose transparency is packed in an unknown way",
            Riff(Extended(0x10), RiffChunk("ALPH", [3, 1]), WebP[12..]), "image_broken");
    }

    private static byte[] GifOf(byte width, byte height, byte bits, byte[] codes) =>
    [
        .. "GIF89a"u8, width, 0, height, 0, 0, 0, 0, 0x2c, 0, 0, 0, 0, width, 0, height, 0, 0, bits,
        .. codes.Length > 0 ? (byte[])[(byte)codes.Length, .. codes] : [], 0, 0x3b,
    ];

    /// <summary>A JPEG in one scan, whose colours have these blocks.</summary>
    private static byte[] JpegOf(byte[] sizes, byte[] codes, byte side = 1, byte table = 0, byte colour = 1) =>
    [
        0xff, 0xd8, .. Segment(0xdb, [0, .. Enumerable.Repeat((byte)1, 64)]),
        .. Segment(0xc0, [8, 0, side, 0, side, (byte)sizes.Length,
            .. sizes.SelectMany((size, i) => new byte[] { (byte)(i + 1), size, table })]),
        .. Segment(0xda, [(byte)sizes.Length, .. sizes.SelectMany((_, i) => new byte[] { (byte)(i + colour), 0 }), 0, 63, 0]),
        .. codes, 0xff, 0xd9,
    ];

    private static byte[] Noise(int length)
    {
        var noise = new byte[length];
        new Random(7).NextBytes(noise);
        return noise;
    }
}

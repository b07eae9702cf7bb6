using static ChatStream.Web.Tests.Files.HostileFiles;
using static ChatStream.Web.Tests.Files.Papers;
using static ChatStream.Web.Tests.Files.Pictures;

namespace ChatStream.Web.Tests.Files;

/// <summary>Images that are something else as well, have texts in them, or are not what they say.</summary>
internal static class HostileImages
{
    public static IEnumerable<HostileFile> All =>
    [
        .. Polyglots(), .. Pngs(), .. PngsOfAllKinds(), .. Jpegs(), .. JpegTables(), .. Gifs(), .. WebPs(), .. Cut(),
        .. Flipped(), .. HostilePixels.All,
    ];

    private static (string Name, byte[] Content)[] Images =>
        [("png", Png()), ("jpeg", Jpeg), ("gif", Gif), ("webp", WebP), ("lossless webp", WebPLossless)];

    // What follows an image's end is cut off.
    private static IEnumerable<HostileFile> Polyglots()
    {
        (string Name, byte[] Content)[] tails =
        [
            ("html", Evil), ("a zip", Zip([("a.html", Script)])), ("a pdf", Pdf("x")), ("an image", Png()),
            ("php", "<?php system($_GET['c']);"u8.ToArray()), ("javascript", "*/=alert(1)//"u8.ToArray()),
            ("a class", [0xca, 0xfe, 0xba, 0xbe, 0, 0]), ("a program", "MZ\0\0"u8.ToArray()),
        ];
        foreach (var (image, content) in Images)
        {
            foreach (var (tail, more) in tails)
                yield return new($"{image} and then {tail}", [.. content, .. more], Code: null);
        }
        foreach (var (image, content) in Images)
            yield return new($"html before {image}", [.. Evil, .. content], "file_unknown_type");
        yield return new("pdf within a png", Png(more: Chunk("teXt", Pdf("x"))), Code: null);
        yield return new("javascript in a gif's size", [.. "GIF89a/*"u8, .. new byte[20], .. "*/=alert(1)"u8], "image_broken");
    }

    private static IEnumerable<HostileFile> Pngs()
    {
        string[] left = ["tEXt", "zTXt", "iTXt", "eXIf", "iCCP", "tIME", "sPLT", "hIST", "acTL", "fcTL", "fdAT", "evIl"];
        foreach (var name in left)
            yield return new($"png with {name}", Png(more: Chunk(name, [.. "Comment\0"u8, .. Evil])), Code: null);
        yield return new("png with a chunk that must be known", Png(more: Chunk("EVIL", Evil)), "image_broken");
        yield return new("png without pixels", Png(Header(2, 2)), "image_broken");
        yield return new("png with empty pixels", Png(Header(2, 2), Chunk("IDAT", [])), "image_broken");
        yield return new("png without a header", Png(Chunk("IDAT", [1])), "image_broken");
        yield return new("png with two headers", Png(Header(2, 2), Header(9, 9), Chunk("IDAT", [1])), "image_broken");
        yield return new("png of no width", Png(Header(0, 5), Chunk("IDAT", [1])), "image_broken");
        yield return new("png of negative width", Png(Header(-1, 5), Chunk("IDAT", [1])), "image_broken");
        yield return new("png bomb of 65,535 by 65,535", Png(Header(65_535, 65_535), Chunk("IDAT", [1])), "image_too_large");
        yield return new("png bomb of 2,147,483,647 in square",
            Png(Header(int.MaxValue, int.MaxValue), Chunk("IDAT", [1])), "image_too_large");
        yield return new("png with a pixel too many", Png(Header(40_000_001, 1), Chunk("IDAT", [1])), "image_too_large");
        // Its pixels are more than its header says. No reader goes on after them.
        yield return new("png that unpacks to 20 MB",
            Png(Header(2, 2), Chunk("IDAT", Deflated(new byte[20_000_000]))), Code: null);
        yield return new("png of 100,001 chunks", Png(Header(2, 2),
            [.. Enumerable.Repeat(Chunk("tEXt", []), 100_001), Chunk("IDAT", [1])]), "image_broken");
        yield return new("png with a length beyond its end",
            [.. Png()[..8], 0x7f, 0xff, 0xff, 0xff, .. "IHDR"u8], "image_broken");
        yield return new("png with a negative length", [.. Png()[..8], 0xff, 0xff, 0xff, 0xff, .. "IHDR"u8], "image_broken");
        yield return new("png with an unknown coding",
            Png(Chunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 9, 0, 0]), Chunk("IDAT", [1])), "image_broken");
    }

    private static IEnumerable<HostileFile> PngsOfAllKinds()
    {
        // Parts of the picture that hold more than it needs.
        foreach (var name in new[] { "gAMA", "cHRM", "sRGB", "sBIT", "pHYs", "tRNS", "PLTE" })
            yield return new($"png with a script in {name}", Png(more: Chunk(name, [.. Evil, .. Evil[..2]])), Code: null);
        yield return new("png with a script in its end",
            [.. Png()[..^12], .. Chunk("IEND", Evil), .. Chunk("IEND", [])], "image_broken");
        foreach (var (kind, depths) in new[] { (0, "1 2 4 8 16"), (2, "8 16"), (3, "1 2 4 8"), (4, "8 16"), (6, "8 16") })
        {
            byte[] palette = kind == 3 ? Chunk("PLTE", [1, 2, 3]) : [];
            foreach (var depth in new[] { 1, 2, 3, 4, 8, 16, 32 })
            {
                yield return new($"png of kind {kind} and {depth} bits",
                    Png(Chunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, (byte)depth, (byte)kind, 0, 0, 1]), palette,
                        Chunk("IDAT", Deflated(new byte[9]))), depths.Split(' ').Contains($"{depth}") ? null : "image_broken");
            }
        }
        foreach (var kind in new byte[] { 1, 5, 7, 255 })
        {
            yield return new($"png of the unknown kind {kind}",
                Png(Chunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, kind, 0, 0, 0]), Chunk("IDAT", [1])), "image_broken");
        }
        byte[] indexed = Chunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, 3, 0, 0, 0]);
        yield return new("png without its palette", Png(indexed, Chunk("IDAT", [1])), "image_broken");
        yield return new("png of a palette of 4 bytes",
            Png(indexed, Chunk("PLTE", [1, 2, 3, 4]), Chunk("IDAT", [1])), "image_broken");
        yield return new("png of 257 colours",
            Png(indexed, Chunk("PLTE", new byte[257 * 3]), Chunk("IDAT", [1])), "image_broken");
        yield return new("png that moves", Png(Header(2, 2), Chunk("acTL", [0, 0, 0, 2, 0, 0, 0, 0]), Chunk("fcTL", new byte[26]),
            Chunk("IDAT", Deflated(new byte[14])), Chunk("fdAT", [0, 0, 0, 2, .. Evil])), Code: null);
        yield return new("png with a wrong checksum", [.. Png()[..^1], 0], "image_broken");
        yield return new("png without an end", Png()[..^12], "image_broken");
    }

    // Tables and frames that are longer or shorter than what they hold.
    private static IEnumerable<HostileFile> JpegTables()
    {
        var table = Table;
        byte[] codes = [0x10, 0, 1, .. new byte[14], 0];
        yield return new("jpeg with two tables in a segment", JpegWith(Segment(0xdb, [.. table, .. table])), Code: null);
        yield return new("jpeg with a table of 16 bits",
            JpegWith(Segment(0xdb, [0x10, .. Enumerable.Repeat((byte)1, 128)])), Code: null);
        yield return new("jpeg with two code tables in a segment", JpegWith(Segment(0xc4, [.. codes, .. codes])), Code: null);
        yield return new("jpeg with a script behind a table", JpegWith(Segment(0xdb, [.. table, .. Evil])), "image_broken");
        yield return new("jpeg with a script behind codes", JpegWith(Segment(0xc4, [.. codes, .. Evil])), "image_broken");
        yield return new("jpeg with a script in its interval", JpegWith(Segment(0xdd, Evil)), "image_broken");
        yield return new("jpeg with an interval", JpegWith(Segment(0xdd, [0, 4])), Code: null);
        yield return new("jpeg with half a table", JpegWith(Segment(0xdb, table[..40])), "image_broken");
        yield return new("jpeg with a script behind its frame",
            [.. Jpeg[..2], .. Segment(0xc0, [8, 0, 1, 0, 1, 1, 1, 0x11, 0, .. Evil]), .. Scan], "image_broken");
        yield return new("jpeg with a script behind its scan's head",
            [.. Jpeg[..2], .. Frame(8, 1), .. Segment(0xda, [1, 1, 0, 0, 0, 1, .. Evil]), 0x3f, 0xff, 0xd9], "image_broken");
        // As presses print: how the four colours are coded is kept.
        yield return new("jpeg of four colours", [.. Jpeg[..2], .. Segment(0xee, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 2]),
            .. Segment(0xdb, Table), .. Frame(8, 4), .. Scan], Code: null);
        yield return new("jpeg with a script of Adobe", [.. Jpeg[..2], .. Segment(0xee, [.. "Adobe"u8, .. Evil]),
            .. Segment(0xdb, Table), .. Frame(8, 4), .. Scan], Code: null);
        yield return new("jpeg of two colours", [.. Jpeg[..2], .. Frame(8, 2), .. Scan], "image_broken");
        yield return new("jpeg of 12 bits", [.. Jpeg[..2], .. Frame(12, 3), .. Scan], "image_broken");
        yield return new("jpeg with a second picture behind it", [.. Jpeg, .. JpegWith(Segment(0xfe, Evil))], Code: null);
    }

    private static byte[] Table => [0, .. Enumerable.Repeat((byte)1, 64)];

    private static byte[] Scan => [.. Segment(0xda, [1, 1, 0, 0, 0, 1]), 0x3f, 0x10, 0xff, 0xd9];

    private static byte[] Frame(byte bits, byte colours) => Segment(
        0xc0, [bits, 0, 1, 0, 1, colours, .. Enumerable.Range(1, colours).SelectMany(i => new byte[] { (byte)i, 0x11, 0 })]);

    private static IEnumerable<HostileFile> Jpegs()
    {
        yield return new("jpeg with a script in its comment", JpegWith(Segment(0xfe, Evil)), Code: null);
        for (byte application = 1; application < 16; application++)
            yield return new($"jpeg with a script of application {application}",
                JpegWith(Segment((byte)(0xe0 + application), Evil)), Code: null);
        for (var orientation = 0; orientation <= 9; orientation++)
            yield return new($"jpeg with exif, turned {orientation}",
                JpegWith(Exif(orientation, Script, orientation % 2 == 0)), Code: null);
        yield return new("jpeg with xmp", JpegWith(
            Segment(0xe1, [.. "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>"u8, .. Evil])), Code: null);
        yield return new("jpeg with a profile", JpegWith(Segment(0xe2, [.. "ICC_PROFILE\0\x01\x01"u8, .. Evil])), Code: null);
        yield return new("jpeg with exif that points beyond its end", JpegWith(
            Segment(0xe1, [.. "Exif\0\0II*\0"u8, 0xff, 0xff, 0xff, 0x7f])), Code: null);
        yield return new("jpeg with exif of 65,535 entries", JpegWith(
            Segment(0xe1, [.. "Exif\0\0II*\0"u8, 8, 0, 0, 0, 0xff, 0xff])), Code: null);
        yield return new("jpeg bomb",
            [0xff, 0xd8, .. Segment(0xc0, [8, 0xff, 0xff, 0xff, 0xff, 1, 1, 0x11, 0])], "image_too_large");
        yield return new("jpeg of no height", [0xff, 0xd8, .. Segment(0xc0, [8, 0, 0, 0, 1, 1, 1, 0x11, 0])], "image_broken");
        yield return new("jpeg without loss",
            [0xff, 0xd8, .. Segment(0xc3, [8, 0, 1, 0, 1, 1, 1, 0x11, 0]), 0xff, 0xd9], "image_broken");
        yield return new("jpeg without a frame", [0xff, 0xd8, .. Segment(0xda, [1, 1, 0, 0, 0, 0]), 0xff, 0xd9], "image_broken");
        yield return new("jpeg without a scan",
            [0xff, 0xd8, .. Segment(0xc0, [8, 0, 1, 0, 1, 1, 1, 0x11, 0]), 0xff, 0xd9], "image_broken");
        yield return new("jpeg of two frames", JpegWith(Segment(0xc0, [8, 0, 9, 0, 9, 1, 1, 0x11, 0])), "image_broken");
        yield return new("jpeg of 10,001 comments", JpegWith([.. Enumerable.Repeat(Segment(0xfe, []), 10_001)]), "image_broken");
        yield return new("jpeg of a length of nothing", [0xff, 0xd8, 0xff, 0xe1, 0, 0, .. Jpeg], "image_broken");
        yield return new("jpeg of fill bytes", [0xff, 0xd8, .. Enumerable.Repeat((byte)0xff, 1_000_000)], "image_broken");
    }

    private static IEnumerable<HostileFile> Gifs()
    {
        yield return new("gif with a script in its comment", GifWith(GifExtension(0xfe, Script)), Code: null);
        yield return new("gif with a script in its text", GifWith(GifExtension(0x01, Script)), Code: null);
        yield return new("gif with a script of an application", GifWith(GifExtension(0xff, Script)), Code: null);
        yield return new("gif bomb", [.. "GIF89a"u8, 0xff, 0xff, 0xff, 0xff, 0, 0, 0], "image_too_large");
        yield return new("gif without a frame", [.. "GIF89a"u8, 1, 0, 1, 0, 0, 0, 0, 0x3b], "image_broken");
        yield return new("gif with a frame beyond its screen",
            [.. Gif[..32], 0xff, 0xff, 0xff, 0xff, .. Gif[36..]], "image_broken");
        yield return new("gif with a frame of nothing", [.. Gif[..32], 0, 0, 0, 0, .. Gif[36..]], "image_broken");
        yield return new("gif of two frames, a script in the second",
            [.. Gif[..^1], .. GifExtension(0xff, "NETSCAPE2.0"), .. GifExtension(0xfe, Script), .. Gif[19..]], Code: null);
        yield return new("gif with xmp", GifWith([0x21, 0xff, 11, .. "XMP DataXMP"u8, .. Evil, 0]), "any");
        yield return new("gif of 1987", [.. "GIF87a"u8, .. Gif[6..]], Code: null);
        yield return new("gif of endless blocks",
            [.. Gif[..19], 0x21, 0xfe, .. Enumerable.Repeat((byte)1, 100_000)], "image_broken");
        yield return new("gif of 100,001 comments",
            GifWith([.. Enumerable.Repeat(GifExtension(0xfe, ""), 100_001)]), "image_broken");
    }

    private static IEnumerable<HostileFile> WebPs()
    {
        var picture = WebP[12..];
        foreach (var name in new[] { "EXIF", "XMP ", "ICCP", "evil" })
            yield return new($"webp with {name}",
                Riff(Extended(0xff & ~2), RiffChunk(name, Evil), picture, RiffChunk(name, Evil)), Code: null);
        yield return new("webp with an animation",
            Riff(Extended(2), RiffChunk("ANIM", new byte[6]), RiffChunk("ANMF", picture)), "image_animated");
        yield return new("webp with a hidden animation", Riff(Extended(0), RiffChunk("ANMF", picture)), "image_animated");
        yield return new("webp bomb", Riff(Extended(0, 16_777_216, 16_777_216), picture), "image_too_large");
        yield return new("webp of two sizes", Riff(Extended(0, 5, 5), picture), "image_broken");
        yield return new("webp without a picture", Riff(Extended(0)), "image_broken");
        yield return new("webp of nothing", Riff(), "image_broken");
        yield return new("webp with an unknown beginning", Riff(RiffChunk("evil", Evil), picture), "image_broken");
        yield return new("webp longer than it is", [.. "RIFF"u8, 0xff, 0xff, 0xff, 0x7f, .. WebP[8..]], "image_broken");
        yield return new("webp of a huge chunk", Riff([.. "VP8X"u8, 0xff, 0xff, 0xff, 0xff]), "image_broken");
        yield return new("webp with its own alpha twice", Riff(Extended(0x10), RiffChunk("ALPH", [0, 1]),
            RiffChunk("ALPH", Evil), picture), Code: null);
        yield return new("webp with a script behind its picture", [.. Riff(Extended(0), picture), .. Evil], Code: null);
        yield return new("webp of an odd chunk", Riff(Extended(0), RiffChunk("EXIF", [1]), picture), Code: null);
        yield return new("webp of two headers", Riff(Extended(0), Extended(2), picture), Code: null);
        yield return new("avi", [.. "RIFF"u8, 4, 0, 0, 0, .. "AVI "u8], "file_unknown_type");
        yield return new("wave", [.. "RIFF"u8, 4, 0, 0, 0, .. "WAVE"u8], "file_unknown_type");
    }

    private static IEnumerable<HostileFile> Cut() =>
        from image in Images
        from part in new[] { 0.3, 0.6, 0.9 }
        let length = Math.Max(12, (int)(image.Content.Length * part)) // what is shorter is no image at all
        select new HostileFile($"{image.Name} cut at {part}", image.Content[..length], "image_broken");

    // Whatever a byte is changed to, the image is taken or refused in words.
    private static IEnumerable<HostileFile> Flipped()
    {
        var random = new Random(20);
        foreach (var (name, content) in Images)
        {
            for (var i = 0; i < 10; i++)
            {
                var changed = content.ToArray();
                changed[random.Next(12, changed.Length)] ^= (byte)random.Next(1, 256);
                yield return new($"{name} with a changed byte {i}", changed, "any");
            }
        }
    }
}

using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace ChatStream.Web.Tests.Files;

/// <summary>Images that are made by hand, byte by byte.</summary>
internal static class Pictures
{
    /// <summary>One pixel, progressive.</summary>
    public static byte[] Jpeg { get; } =
    [
        0xff, 0xd8, .. Segment(0xe0, [.. "JFIF\0"u8, 1, 1, 1, 0, 72, 0, 72, 0, 0]),
        .. Segment(0xdb, [0, .. Enumerable.Repeat((byte)255, 64)]),
        .. Segment(0xc2, [8, 0, 1, 0, 1, 1, 1, 0x11, 0]),
        .. Segment(0xc4, [0, 0, 1, .. new byte[14], 0]),
        .. Segment(0xda, [1, 1, 0, 0, 0, 1]), 0x3f, 0x10, 0xff, 0xd9,
    ];

    public static byte[] Gif { get; } =
        Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    /// <summary>One pixel, lossy.</summary>
    public static byte[] WebP { get; } =
        Convert.FromBase64String("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA");

    /// <summary>One pixel, without loss.</summary>
    public static byte[] WebPLossless { get; } =
        Convert.FromBase64String("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");

    /// <summary>A picture of one colour that a browser shows.</summary>
    public static byte[] Png(int width = 2, int height = 2, byte red = 200, params byte[][] more)
    {
        var rows = new byte[height * ((width * 3) + 1)];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
                rows[(y * ((width * 3) + 1)) + 1 + (x * 3)] = red;
        }
        return Png(Header(width, height), [.. more, Chunk("IDAT", Deflated(rows))]);
    }

    public static byte[] Png(byte[] header, params byte[][] chunks) =>
        [0x89, .. "PNG\r\n"u8, 0x1a, 0x0a, .. header, .. chunks.SelectMany(chunk => chunk), .. Chunk("IEND", [])];

    public static byte[] Header(int width, int height, byte bits = 8, byte kind = 2, byte interlaced = 0) =>
        Chunk("IHDR", [.. Big(width), .. Big(height), bits, kind, 0, 0, interlaced]);

    public static byte[] Chunk(string name, byte[] data)
    {
        byte[] named = [.. Encoding.Latin1.GetBytes(name), .. data];
        return [.. Big(data.Length), .. named, .. Big((int)Crc32.HashToUInt32(named))];
    }

    public static byte[] Deflated(byte[] data)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write(data);
        return packed.ToArray();
    }

    /// <summary>A JPEG with segments after its first marker.</summary>
    public static byte[] JpegWith(params byte[][] segments) =>
        [.. Jpeg[..2], .. segments.SelectMany(segment => segment), .. Jpeg[2..]];

    public static byte[] Segment(byte marker, byte[] data) =>
        [0xff, marker, (byte)((data.Length + 2) >> 8), (byte)(data.Length + 2), .. data];

    /// <summary>EXIF with an orientation and a text.</summary>
    public static byte[] Exif(int orientation, string text, bool isLittle = true)
    {
        var description = Encoding.ASCII.GetBytes(text + "\0");
        byte[] tiff =
        [
            .. isLittle ? "II"u8 : "MM"u8, .. Short(42), .. Long(8), .. Short(2),
            .. Short(0x10e), .. Short(2), .. Long(description.Length), .. Long(38),
            .. Short(0x112), .. Short(3), .. Long(1), .. Short(orientation), .. Short(0), .. Long(0), .. description,
        ];
        return Segment(0xe1, [.. "Exif\0\0"u8, .. tiff]);

        byte[] Short(int value) => isLittle ? [(byte)value, (byte)(value >> 8)] : [(byte)(value >> 8), (byte)value];
        byte[] Long(int value) => isLittle ? [.. Short(value), .. Short(value >> 16)] : [.. Short(value >> 16), .. Short(value)];
    }

    public static byte[] GifExtension(byte label, string text) =>
        [0x21, label, (byte)text.Length, .. Encoding.ASCII.GetBytes(text), 0];

    /// <summary>A GIF with blocks before its first frame.</summary>
    public static byte[] GifWith(params byte[][] blocks) =>
        [.. Gif[..19], .. blocks.SelectMany(block => block), .. Gif[19..]];

    /// <summary>A WebP of chunks.</summary>
    public static byte[] Riff(params byte[][] chunks)
    {
        byte[] body = [.. "WEBP"u8, .. chunks.SelectMany(chunk => chunk)];
        return [.. "RIFF"u8, .. Little(body.Length), .. body];
    }

    public static byte[] RiffChunk(string name, byte[] data) =>
        [.. Encoding.ASCII.GetBytes(name), .. Little(data.Length), .. data, .. (data.Length & 1) == 1 ? (byte[])[0] : []];

    /// <summary>The header of an extended WebP.</summary>
    public static byte[] Extended(byte flags, int width = 1, int height = 1) => RiffChunk("VP8X",
    [
        flags, 0, 0, 0, (byte)(width - 1), (byte)((width - 1) >> 8), (byte)((width - 1) >> 16),
        (byte)(height - 1), (byte)((height - 1) >> 8), (byte)((height - 1) >> 16),
    ]);

    public static byte[] Little(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16), (byte)(value >> 24)];

    private static byte[] Big(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}

using System.Buffers;
using System.IO.Compression;

namespace ChatStream.Web.Files.Images;

/// <summary>
/// Looks whether the pixels of a PNG can be read, as many as its header says. They are unpacked and counted, and none is kept.
/// </summary>
internal static class PngPixels
{
    private const int PieceLength = 64 * 1024;
    private const int MostPiecesBehind = 16;
    private const byte LastFilter = 4;

    // Of Adam7: where each pass begins, and its steps.
    private static readonly (int X, int Y, int StepX, int StepY)[] Interlaced =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    private static readonly (int X, int Y, int StepX, int StepY)[] Whole = [(0, 0, 1, 1)];

    /// <param name="header">The data of the header, which was looked at.</param>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="packed">The data of the chunks of pixels, one after the other.</param>
    /// <param name="ends">Where each of them ends.</param>
    /// <returns>How many of the chunks have pixels. Nothing needs the others.</returns>
    /// <exception cref="Contract.RefusedException">400: they cannot be read, or are fewer.</exception>
    public static int Count(ReadOnlySpan<byte> header, int width, int height, MemoryStream packed, IReadOnlyList<int> ends)
    {
        var bits = header[8] * header[9] switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        var source = new ChunkStream(packed, ends);
        using var pixels = new ZLibStream(source, CompressionMode.Decompress);
        var piece = ArrayPool<byte>.Shared.Rent(PieceLength);
        try
        {
            foreach (var pass in header[12] == 1 ? Interlaced : Whole)
            {
                var columns = (width - pass.X + pass.StepX - 1) / pass.StepX;
                var rows = (height - pass.Y + pass.StepY - 1) / pass.StepY;
                if (columns > 0 && rows > 0)
                    ReadRows(pixels, 1 + ((((long)columns * bits) + 7) / 8), rows, piece);
            }
            // Their checksum follows, and perhaps more of them, which no reader looks at.
            for (var left = MostPiecesBehind; left > 0 && pixels.Read(piece, 0, PieceLength) > 0; left--)
            {
            }
            return source.Chunks;
        }
        catch (InvalidDataException)
        {
            throw FileRefusals.BrokenImage();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private static void ReadRows(ZLibStream pixels, long length, int rows, byte[] piece)
    {
        var (all, row) = (length * rows, 0L);
        for (var at = 0L; at < all;)
        {
            var read = pixels.Read(piece, 0, (int)Math.Min(PieceLength, all - at));
            if (read == 0)
                throw FileRefusals.BrokenImage();
            for (; row < at + read; row += length)
            {
                if (piece[row - at] > LastFilter)
                    throw FileRefusals.BrokenImage();
            }
            at += read;
        }
    }

    /// <summary>Gives the data of one chunk at a time, so that it is known how many are needed.</summary>
    private sealed class ChunkStream(MemoryStream packed, IReadOnlyList<int> ends)
        : MemoryStream(packed.GetBuffer(), 0, (int)packed.Length, writable: false)
    {
        public int Chunks { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            while (Chunks < ends.Count && (Chunks == 0 || ends[Chunks - 1] <= Position))
                Chunks++;
            return Chunks == 0 ? 0 : base.Read(buffer, offset, Math.Min(count, ends[Chunks - 1] - (int)Position));
        }
    }
}

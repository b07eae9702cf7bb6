namespace ChatStream.Web.Files.Images;

/// <summary>
/// An image as it is stored: written anew from the parts that make the picture. So it has no metadata, and nothing follows its
/// end. Those of PNG and GIF are decoded to see that they can be, and not kept.
/// </summary>
/// <param name="MediaType">Of the format.</param>
/// <param name="Width">In pixels, as it is shown.</param>
/// <param name="Height">In pixels, as it is shown.</param>
/// <param name="Content">The bytes.</param>
internal sealed record CleanImage(string MediaType, int Width, int Height, byte[] Content)
{
    /// <summary>Reads an image by its first bytes.</summary>
    /// <param name="content">The upload.</param>
    /// <param name="mostPixels">Looked at before anything but the header is read.</param>
    /// <returns>Null: it is none of the formats.</returns>
    /// <exception cref="Contract.RefusedException">400: it is broken, animated or too large.</exception>
    public static CleanImage? Read(ReadOnlySpan<byte> content, int mostPixels)
    {
        try
        {
            return content switch
            {
                [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, ..] => PngImage.Read(content, mostPixels),
                [0xff, 0xd8, 0xff, ..] => JpegImage.Read(content, mostPixels),
                [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] =>
                    GifImage.Read(content, mostPixels),
                [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] =>
                    WebPImage.Read(content, mostPixels),
                _ => null,
            };
        }
        // The file ends within a part, or a part has a length that cannot be.
        catch (Exception fault) when (fault is ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw FileRefusals.BrokenImage();
        }
    }

    /// <exception cref="Contract.RefusedException">400: it has no pixels, or too many.</exception>
    public static void CheckSize(int width, int height, int mostPixels)
    {
        if (width <= 0 || height <= 0)
            throw FileRefusals.BrokenImage();
        var pixels = (long)width * height;
        if (pixels > mostPixels)
            throw FileRefusals.LargeImage(pixels, mostPixels);
    }
}

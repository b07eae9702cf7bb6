using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Files.Documents;
using ChatStream.Web.Files.Images;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Files;

/// <summary>A file that was read, as it is stored.</summary>
/// <param name="Kind">What it is to a model.</param>
/// <param name="MediaType">By its content.</param>
/// <param name="Content">Of an image without metadata; of a text in UTF-8.</param>
internal sealed record ReadFile(FileKind Kind, string MediaType, byte[] Content)
{
    /// <summary>What a model reads; null of an image.</summary>
    public string? Text { get; init; }

    /// <summary>Of an image, in pixels.</summary>
    public int? Width { get; init; }

    /// <summary>Of an image, in pixels.</summary>
    public int? Height { get; init; }
}

/// <summary>Finds out by its content what a file is, and reads it. Neither its name nor its declared type is looked at.</summary>
internal sealed class FileReader(ReadingProcess documents, IOptions<FilesOptions> options)
{
    /// <exception cref="RefusedException">400, 413 or 415: why it is not taken.</exception>
    public async Task<ReadFile> ReadAsync(byte[] content, CancellationToken cancellationToken)
    {
        var limits = options.Value;
        if (content.Length == 0)
            throw FileRefusals.Empty();
        if (content.Length > limits.MostBytes)
            throw FileRefusals.TooLarge(limits.MostBytes);
        if (CleanImage.Read(content, limits.MostPixels) is { } image)
        {
            return new ReadFile(FileKind.Image, image.MediaType, image.Content) { Width = image.Width, Height = image.Height };
        }
        if (DocumentKinds.Of(content) is { } kind)
            return await ReadDocumentAsync(kind, content, cancellationToken);
        if (PlainText.Of(content) is not { } text)
            throw PlainText.IsInAnotherEncoding(content) ? FileRefusals.UnknownEncoding() : FileRefusals.UnknownType();
        if (text.Length > limits.MostCharacters)
            throw FileRefusals.LongText(limits.MostCharacters);
        // What else calls itself SVG or HTML is text here, and is served as text.
        return string.IsNullOrWhiteSpace(text)
            ? throw FileRefusals.Empty()
            : new ReadFile(FileKind.Text, "text/plain", Encoding.UTF8.GetBytes(text)) { Text = text };
    }

    private async Task<ReadFile> ReadDocumentAsync(DocumentKind kind, byte[] content, CancellationToken cancellationToken)
    {
        try
        {
            return new ReadFile(FileKind.Document, DocumentKinds.MediaTypeOf(kind), content)
            {
                Text = await documents.ReadAsync(kind, content, cancellationToken),
            };
        }
        catch (DocumentException fault)
        {
            throw fault.Fault == DocumentFault.TooLong
                ? FileRefusals.LongText(options.Value.MostCharacters)
                : FileRefusals.Of(fault.Fault);
        }
    }
}

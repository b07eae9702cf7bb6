using System.IO.Compression;

namespace ChatStream.Web.Files.Documents;

/// <summary>A format whose text is read.</summary>
internal enum DocumentKind
{
    Pdf,
    Word,
    Excel,
    PowerPoint,
}

internal static class DocumentKinds
{
    public static string MediaTypeOf(DocumentKind kind) => kind switch
    {
        DocumentKind.Pdf => "application/pdf",
        DocumentKind.Word => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        DocumentKind.Excel => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    };

    /// <summary>The format by the content. Null: it is none of them.</summary>
    /// <exception cref="Contract.RefusedException">400: it is an Office document of a form that is not read.</exception>
    public static DocumentKind? Of(byte[] content) => WithoutBlanks(content) switch
    {
        // Readers find this later, too. But what stands before it is another file.
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', (byte)'-', ..] => DocumentKind.Pdf,
        // The older binary form. Office writes encrypted documents into it, too.
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => throw FileRefusals.Of(
            content.AsSpan().IndexOf("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"u8) >= 0
                ? DocumentFault.Encrypted : DocumentFault.Broken),
        [(byte)'P', (byte)'K', 3, 4, ..] => OfArchive(content),
        _ => null,
    };

    /// <summary>A PDF without the mark or the empty lines that some programs put before it; any other file as it is.</summary>
    public static ReadOnlySpan<byte> WithoutBlanks(ReadOnlySpan<byte> content)
    {
        var rest = (content.StartsWith("\ufeff"u8) ? content[3..] : content).TrimStart(" \t\r\n"u8);
        return rest.StartsWith("%PDF-"u8) ? rest : content;
    }

    // The names in the list at the end of the archive, of which not much is read.
    private static DocumentKind? OfArchive(byte[] content)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(content, writable: false), ZipArchiveMode.Read);
            if (archive.Entries.Count > DocumentArchive.MostEntries)
                throw FileRefusals.Of(DocumentFault.TooComplex);
            if (archive.GetEntry("[Content_Types].xml") is null)
                return null;
            if (MainPart.KindOf(archive) is { } kind)
                return kind;
            // A broken one is told by the names that its parts mostly have.
            return archive.GetEntry("word/document.xml") is not null ? DocumentKind.Word
                : archive.GetEntry("xl/workbook.xml") is not null ? DocumentKind.Excel
                : archive.GetEntry("ppt/presentation.xml") is not null ? DocumentKind.PowerPoint
                : null;
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or ArgumentException)
        {
            throw FileRefusals.Of(DocumentFault.Broken);
        }
    }
}

using System.Xml;
using UglyToad.PdfPig.Exceptions;

namespace ChatStream.Web.Files.Documents;

/// <summary>
/// Reads the text of a document. The content is hostile: it may make a library loop, take all memory or overflow the stack. So
/// <see cref="ReadingProcess"/> calls this in a process of its own.
/// </summary>
internal static class DocumentText
{
    /// <exception cref="DocumentException">The document has no text for a model.</exception>
    public static string Read(DocumentKind kind, byte[] content, int mostCharacters)
    {
        try
        {
            var text = new TextLimit(mostCharacters);
            if (kind != DocumentKind.Pdf && DocumentArchive.Fault(content) is { } fault)
                throw new DocumentException(fault);
            using var stream = new MemoryStream(content, writable: false);
            switch (kind)
            {
                case DocumentKind.Pdf:
                    PdfText.Read(content, text);
                    break;
                case DocumentKind.Word:
                    OfficeText.ReadWord(stream, text);
                    break;
                case DocumentKind.Excel:
                    OfficeText.ReadExcel(stream, text);
                    break;
                default:
                    OfficeText.ReadPowerPoint(stream, text);
                    break;
            }
            return text.HasText
                ? PlainText.WithoutControls(text.ToString()).Trim() : throw new DocumentException(DocumentFault.NoText);
        }
        catch (Exception fault) when (fault is not DocumentException)
        {
            throw new DocumentException(FaultOf(fault));
        }
    }

    // The libraries throw almost anything at a broken document.
    private static DocumentFault FaultOf(Exception fault) => fault switch
    {
        PdfDocumentEncryptedException => DocumentFault.Encrypted,
        OutOfMemoryException => DocumentFault.TooComplex,
        XmlException { Message: var message } when message.Contains("MaxCharacters", StringComparison.Ordinal) =>
            DocumentFault.TooComplex,
        _ => DocumentFault.Broken,
    };
}

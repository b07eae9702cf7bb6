using UglyToad.PdfPig;
using UglyToad.PdfPig.DocumentLayoutAnalysis.TextExtractor;

namespace ChatStream.Web.Files.Documents;

/// <summary>Reads the text of the pages of a PDF, in the order of its content. What is a picture has no text.</summary>
internal static class PdfText
{
    private const int MostPages = 2_000;

    private static readonly ParsingOptions Options = new()
    {
        UseLenientParsing = true,
        SkipMissingFonts = true,
        MaxStackDepth = 128,
    };

    public static void Read(byte[] content, TextLimit text)
    {
        using var document = PdfDocument.Open(DocumentKinds.WithoutBlanks(content).ToArray(), Options);
        if (document.NumberOfPages > MostPages)
            throw new DocumentException(DocumentFault.TooComplex);
        for (var number = 1; number <= document.NumberOfPages; number++)
        {
            var page = ContentOrderTextExtractor.GetText(document.GetPage(number), addDoubleNewline: true);
            if (string.IsNullOrWhiteSpace(page))
                continue;
            text.Head($"Page {number}");
            text.Append(page);
        }
    }
}

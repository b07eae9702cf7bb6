using System.Xml;
using DocumentFormat.OpenXml.Packaging;

namespace ChatStream.Web.Files.Documents;

/// <summary>Reads the text of Office documents. The parts are found by the library.</summary>
internal static class OfficeText
{
    private static readonly OpenSettings Opening = new() { AutoSave = false, MaxCharactersInPart = OfficeXml.MostOfPart };

    public static void ReadWord(Stream content, TextLimit text)
    {
        using var document = WordprocessingDocument.Open(content, isEditable: false, Opening);
        var main = document.MainDocumentPart ?? throw new DocumentException(DocumentFault.Broken);
        ParagraphText.Read(main, text);
        if (main.FootnotesPart is { } notes)
            ParagraphText.Read(notes, text);
    }

    public static void ReadPowerPoint(Stream content, TextLimit text)
    {
        using var document = PresentationDocument.Open(content, isEditable: false, Opening);
        var main = document.PresentationPart ?? throw new DocumentException(DocumentFault.Broken);
        var number = 0;
        foreach (var id in SlidesIn(main))
        {
            if (!main.TryGetPartById(id, out var slide))
                continue;
            text.Head($"Slide {++number}");
            ParagraphText.Read(slide, text);
        }
    }

    public static void ReadExcel(Stream content, TextLimit text)
    {
        using var document = SpreadsheetDocument.Open(content, isEditable: false, Opening);
        var main = document.WorkbookPart ?? throw new DocumentException(DocumentFault.Broken);
        var shared = SheetText.SharedIn(main, text.Most);
        foreach (var (name, id) in SheetsIn(main))
        {
            if (!main.TryGetPartById(id, out var sheet) || sheet is not WorksheetPart)
                continue;
            text.Head(name);
            new SheetText(shared, text).Read(sheet);
        }
    }

    // A hidden sheet often has what the others calculate with. A reader is told that it is not seen.
    private static List<(string Name, string Id)> SheetsIn(WorkbookPart book)
    {
        var sheets = new List<(string, string)>();
        using var xml = OfficeXml.Open(book);
        while (xml.Read())
        {
            if (xml is not { NodeType: XmlNodeType.Element, LocalName: "sheet" } || OfficeXml.Relation(xml) is not { } id)
                continue;
            var isHidden = xml.GetAttribute("state") is "hidden" or "veryHidden";
            sheets.Add((
                $"{(isHidden ? "Hidden sheet" : "Sheet")} {OfficeXml.InOneLine(xml.GetAttribute("name") ?? "")}", id));
        }
        return sheets;
    }

    private static List<string> SlidesIn(OpenXmlPart part)
    {
        var ids = new List<string>();
        using var xml = OfficeXml.Open(part);
        while (xml.Read())
        {
            if (xml is { NodeType: XmlNodeType.Element, LocalName: "sldId" } && OfficeXml.Relation(xml) is { } id)
                ids.Add(id);
        }
        return ids;
    }
}

using System.Globalization;
using System.Xml;
using DocumentFormat.OpenXml.Packaging;

namespace ChatStream.Web.Files.Documents;

/// <summary>
/// Reads the text of Office documents. The parts are found by the library, and each is read from its beginning to its end,
/// without a tree: so nothing can be nested too deeply, and no document type is followed.
/// </summary>
internal static class OfficeText
{
    private const long MostOfPart = 50_000_000;

    /// <summary>Digits of the number of a shared string.</summary>
    private const int LongestNumber = 20;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MostOfPart,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CloseInput = true,
    };

    private static readonly OpenSettings Opening = new() { AutoSave = false, MaxCharactersInPart = MostOfPart };

    public static void ReadWord(Stream content, TextLimit text)
    {
        using var document = WordprocessingDocument.Open(content, isEditable: false, Opening);
        var main = document.MainDocumentPart ?? throw new DocumentException(DocumentFault.Broken);
        ReadParagraphs(main, text);
        if (main.FootnotesPart is { } notes)
            ReadParagraphs(notes, text);
    }

    public static void ReadPowerPoint(Stream content, TextLimit text)
    {
        using var document = PresentationDocument.Open(content, isEditable: false, Opening);
        var main = document.PresentationPart ?? throw new DocumentException(DocumentFault.Broken);
        var number = 0;
        foreach (var id in IdsIn(main, "sldId"))
        {
            if (!main.TryGetPartById(id, out var slide))
                continue;
            text.Head($"Slide {++number}");
            ReadParagraphs(slide, text);
        }
    }

    public static void ReadExcel(Stream content, TextLimit text)
    {
        using var document = SpreadsheetDocument.Open(content, isEditable: false, Opening);
        var main = document.WorkbookPart ?? throw new DocumentException(DocumentFault.Broken);
        var shared = SharedIn(main, text.Most);
        foreach (var (name, id) in SheetsIn(main))
        {
            if (!main.TryGetPartById(id, out var sheet) || sheet is not WorksheetPart)
                continue;
            text.Head($"Sheet {name}");
            ReadCells(sheet, shared, text);
        }
    }

    // Text, breaks and tabs have the same names in Word and PowerPoint. The cells of a table stand in one line.
    private static void ReadParagraphs(OpenXmlPart part, TextLimit text)
    {
        using var xml = Open(part);
        var cells = 0;
        while (xml.Read())
        {
            switch (xml.NodeType, xml.LocalName)
            {
                case (XmlNodeType.Element, "t"):
                    AddText(xml, text);
                    break;
                case (XmlNodeType.Element, "tab"):
                    text.Append("\t");
                    break;
                case (XmlNodeType.Element, "br" or "cr"):
                    text.Append("\n");
                    break;
                // The same again, for programs that do not know the form before.
                case (XmlNodeType.Element, "Fallback"):
                    MoveToEnd(xml);
                    break;
                case (XmlNodeType.Element, "tc") when !xml.IsEmptyElement:
                    cells++;
                    break;
                case (XmlNodeType.EndElement, "tc"):
                    cells--;
                    text.Append("\t");
                    break;
                case (XmlNodeType.EndElement, "p") when cells > 0:
                    text.Append(" ");
                    break;
                case (XmlNodeType.EndElement, "p" or "tr"):
                    text.Append("\n");
                    break;
            }
        }
    }

    private static void ReadCells(OpenXmlPart sheet, List<string> shared, TextLimit text)
    {
        using var xml = Open(sheet);
        var (type, isFirst) = ("", true);
        while (xml.Read())
        {
            switch (xml.NodeType, xml.LocalName)
            {
                case (XmlNodeType.Element, "row"):
                    text.EndLine();
                    isFirst = true;
                    break;
                case (XmlNodeType.Element, "c"):
                    type = xml.GetAttribute("t") ?? "";
                    text.Append(isFirst ? null : "\t");
                    isFirst = false;
                    break;
                case (XmlNodeType.Element, "v") when type == "s":
                    var number = new TextLimit(LongestNumber);
                    AddText(xml, number);
                    text.Append(int.TryParse(number.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                        && at < shared.Count ? shared[at] : null);
                    break;
                case (XmlNodeType.Element, "v" or "t"):
                    AddText(xml, text);
                    break;
            }
        }
        text.EndLine();
    }

    private static List<string> SharedIn(WorkbookPart book, int mostCharacters)
    {
        var shared = new List<string>();
        if (book.SharedStringTablePart is not { } part)
            return shared;
        var (left, text) = (mostCharacters, new TextLimit(mostCharacters));
        using var xml = Open(part);
        while (xml.Read())
        {
            switch (xml.NodeType, xml.LocalName)
            {
                case (XmlNodeType.Element, "si"):
                    text = new TextLimit(left);
                    break;
                case (XmlNodeType.EndElement, "si"):
                    shared.Add(text.ToString());
                    left -= shared[^1].Length;
                    break;
                // Above the characters of Chinese and Japanese their reading may stand.
                case (XmlNodeType.Element, "rPh"):
                    MoveToEnd(xml);
                    break;
                case (XmlNodeType.Element, "t"):
                    AddText(xml, text);
                    break;
            }
        }
        return shared;
    }

    private static List<(string Name, string Id)> SheetsIn(WorkbookPart book)
    {
        var sheets = new List<(string, string)>();
        using var xml = Open(book);
        while (xml.Read())
        {
            if (xml is { NodeType: XmlNodeType.Element, LocalName: "sheet" } && Relation(xml) is { } id)
                sheets.Add((xml.GetAttribute("name") ?? "", id));
        }
        return sheets;
    }

    private static List<string> IdsIn(OpenXmlPart part, string element)
    {
        var ids = new List<string>();
        using var xml = Open(part);
        while (xml.Read())
        {
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == element && Relation(xml) is { } id)
                ids.Add(id);
        }
        return ids;
    }

    // There are two namespaces for it, of the transitional and of the strict form.
    private static string? Relation(XmlReader xml)
    {
        for (var more = xml.MoveToFirstAttribute(); more; more = xml.MoveToNextAttribute())
        {
            if (xml.LocalName != "id" || !xml.NamespaceURI.EndsWith("/relationships", StringComparison.Ordinal))
                continue;
            var id = xml.Value;
            xml.MoveToElement();
            return id;
        }
        xml.MoveToElement();
        return null;
    }

    // Piece by piece, so that of a text that is too long no more is read. It stays on the end of the element.
    private static void AddText(XmlReader xml, TextLimit text)
    {
        if (xml.IsEmptyElement)
            return;
        var piece = new char[1024];
        while (xml.Read() && xml.NodeType != XmlNodeType.EndElement)
        {
            if (xml.NodeType == XmlNodeType.Element)
                throw new DocumentException(DocumentFault.Broken);
            if (!xml.HasValue || !xml.CanReadValueChunk)
                continue;
            for (int length; (length = xml.ReadValueChunk(piece, 0, piece.Length)) > 0;)
                text.Append(new string(piece, 0, length));
        }
    }

    private static void MoveToEnd(XmlReader xml)
    {
        if (xml.IsEmptyElement)
            return;
        var depth = xml.Depth;
        while (xml.Read() && xml.Depth > depth)
        {
        }
    }

    private static XmlReader Open(OpenXmlPart part) => XmlReader.Create(part.GetStream(FileMode.Open, FileAccess.Read), Settings);
}

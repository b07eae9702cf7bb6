using System.Xml;
using DocumentFormat.OpenXml.Packaging;

namespace ChatStream.Web.Files.Documents;

/// <summary>
/// Reads the paragraphs and tables of Word and PowerPoint. Text, breaks and tabs have the same names in both. The cells of a row
/// stand in one line, with tabs between.
/// </summary>
internal static class ParagraphText
{
    /// <summary>Columns of a table in Word.</summary>
    private const int MostColumns = 63;

    public static void Read(OpenXmlPart part, TextLimit text)
    {
        using var xml = OfficeXml.Open(part);
        // How many columns each open cell takes.
        var cells = new Stack<int>();
        while (xml.Read())
        {
            switch (xml.NodeType, xml.LocalName)
            {
                case (XmlNodeType.Element, "t"):
                    OfficeXml.AddText(xml, piece => text.Append(cells.Count > 0 ? OfficeXml.InOneLine(piece) : piece));
                    break;
                case (XmlNodeType.Element, "tab" or "ptab" or "br" or "cr") when cells.Count > 0:
                    text.Append(" ");
                    break;
                case (XmlNodeType.Element, "tab" or "ptab"):
                    text.Append("\t");
                    break;
                case (XmlNodeType.Element, "br" or "cr"):
                    text.Append("\n");
                    break;
                case (XmlNodeType.Element, "noBreakHyphen"):
                    text.Append("-");
                    break;
                case (XmlNodeType.Element, "sym"):
                    text.Append(SymbolText.Of(OfficeXml.Value(xml, "font"), OfficeXml.Value(xml, "char")));
                    break;
                // The same again, for programs that do not know the form before; what was deleted or moved away; the reading of
                // characters; where the tabs of a paragraph stop; and how a cell was before a change.
                case (XmlNodeType.Element, "Fallback" or "del" or "moveFrom" or "rt" or "pPr" or "tcPrChange" or "trPrChange"):
                    OfficeXml.MoveToEnd(xml);
                    break;
                // PowerPoint has a cell of its own in each place that another one covers. Word has none.
                case (XmlNodeType.Element, "tc") when !xml.IsEmptyElement:
                    cells.Push(1);
                    break;
                case (XmlNodeType.Element, "gridSpan") when cells.Count > 0:
                    cells.Pop();
                    cells.Push(Columns(xml) ?? 1);
                    break;
                case (XmlNodeType.Element, "gridBefore"):
                    text.Append(new string('\t', Columns(xml) ?? 0));
                    break;
                case (XmlNodeType.EndElement, "tc"):
                    text.Append(new string('\t', cells.TryPop(out var columns) ? columns : 1));
                    break;
                case (XmlNodeType.EndElement, "p") when cells.Count > 0:
                    text.Append(" ");
                    break;
                case (XmlNodeType.EndElement, "p" or "tr"):
                    text.Append("\n");
                    break;
            }
        }
    }

    private static int? Columns(XmlReader xml) => OfficeXml.Number(OfficeXml.Value(xml, "val"), MostColumns);
}

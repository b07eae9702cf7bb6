using System.Globalization;
using System.Xml;
using DocumentFormat.OpenXml.Packaging;

namespace ChatStream.Web.Files.Documents;

/// <summary>
/// Reads the parts of Office documents. Each is read from its beginning to its end, without a tree: so nothing can be nested too
/// deeply, and no document type is followed.
/// </summary>
internal static class OfficeXml
{
    public const long MostOfPart = 50_000_000;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MostOfPart,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CloseInput = true,
    };

    public static XmlReader Open(OpenXmlPart part) =>
        XmlReader.Create(part.GetStream(FileMode.Open, FileAccess.Read), Settings);

    /// <summary>
    /// Adds the text of an element, piece by piece, so that of a text that is too long no more is read. The reader stays on the
    /// end of the element.
    /// </summary>
    public static void AddText(XmlReader xml, Action<string> add)
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
                add(new string(piece, 0, length));
        }
    }

    public static void MoveToEnd(XmlReader xml)
    {
        if (xml.IsEmptyElement)
            return;
        var depth = xml.Depth;
        while (xml.Read() && xml.Depth > depth)
        {
        }
    }

    /// <summary>The relation of an element. The transitional and the strict form have a namespace each.</summary>
    public static string? Relation(XmlReader xml) =>
        Attribute(xml, "id", space => space.EndsWith("/relationships", StringComparison.Ordinal));

    /// <summary>The value of an attribute that has a namespace in Word.</summary>
    public static string? Value(XmlReader xml, string name) => Attribute(xml, name, _ => true);

    /// <summary>A number of a document, from 1 on. Null: it is none, or a larger one.</summary>
    public static int? Number(string? text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most
            ? number : null;

    /// <summary>A text that stands in one line, and in one cell of it.</summary>
    public static string InOneLine(string text) =>
        text.AsSpan().ContainsAny('\t', '\r', '\n') ? text.ReplaceLineEndings(" ").Replace('\t', ' ') : text;

    private static string? Attribute(XmlReader xml, string name, Func<string, bool> isSpace)
    {
        string? value = null;
        for (var more = xml.MoveToFirstAttribute(); more && value is null; more = xml.MoveToNextAttribute())
        {
            if (xml.LocalName == name && isSpace(xml.NamespaceURI))
                value = xml.Value;
        }
        xml.MoveToElement();
        return value;
    }
}

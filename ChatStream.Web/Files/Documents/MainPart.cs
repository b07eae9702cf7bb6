using System.IO.Compression;
using System.Xml;

namespace ChatStream.Web.Files.Documents;

/// <summary>
/// Finds out what an Office document is. A package names its main part, which may have any name, and lists the types of parts.
/// </summary>
internal static class MainPart
{
    private static readonly Uri Root = new("package://root/");

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = 2_000_000,
        CloseInput = true,
    };

    // What stands in the types of documents, templates and those that may have macros.
    private static readonly (string Word, DocumentKind Kind)[] Types =
    [
        ("wordprocessingml", DocumentKind.Word), ("ms-word", DocumentKind.Word),
        ("spreadsheetml", DocumentKind.Excel), ("ms-excel.sheet.macro", DocumentKind.Excel),
        ("ms-excel.template.macro", DocumentKind.Excel), ("presentationml", DocumentKind.PowerPoint),
        ("ms-powerpoint", DocumentKind.PowerPoint),
    ];

    /// <summary>The format of the main part. Null: the package does not say it, or it is another one.</summary>
    public static DocumentKind? KindOf(ZipArchive archive)
    {
        try
        {
            if (NameIn(archive) is not { } name || TypeIn(archive, name) is not { } type)
                return null;
            foreach (var (word, kind) in Types)
            {
                if (type.Contains(word, StringComparison.OrdinalIgnoreCase))
                    return kind;
            }
            return null;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static string? NameIn(ZipArchive archive)
    {
        using var xml = Open(archive, "_rels/.rels");
        while (xml?.Read() == true)
        {
            // The transitional and the strict form have a namespace each.
            if (xml is { NodeType: XmlNodeType.Element, LocalName: "Relationship" }
                && xml.GetAttribute("Type")?.EndsWith("/relationships/officeDocument", StringComparison.Ordinal) == true
                && Uri.TryCreate(Root, xml.GetAttribute("Target"), out var target))
                return Uri.UnescapeDataString(target.AbsolutePath);
        }
        return null;
    }

    // A type of its own, or that of its ending.
    private static string? TypeIn(ZipArchive archive, string name)
    {
        string? byEnding = null;
        using var xml = Open(archive, "[Content_Types].xml");
        while (xml?.Read() == true)
        {
            if (IsSame(xml.GetAttribute("PartName"), name))
                return xml.GetAttribute("ContentType");
            if (xml.GetAttribute("Extension") is { } ending && IsSame($".{ending}", Path.GetExtension(name)))
                byEnding = xml.GetAttribute("ContentType");
        }
        return byEnding;
    }

    private static bool IsSame(string? one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static XmlReader? Open(ZipArchive archive, string name) =>
        archive.GetEntry(name) is { IsEncrypted: false } entry ? XmlReader.Create(entry.Open(), Settings) : null;
}

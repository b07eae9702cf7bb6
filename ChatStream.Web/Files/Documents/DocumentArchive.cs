using System.IO.Compression;
using System.Xml;

namespace ChatStream.Web.Files.Documents;

/// <summary>Looks through the archive that an Office document is, before a library reads it.</summary>
internal static class DocumentArchive
{
    public const int MostEntries = 5_000;

    /// <summary>Unpacked bytes of all parts together. They are counted: an archive may say anything of its lengths.</summary>
    private const long MostUnpacked = 100L * 1024 * 1024;

    /// <summary>
    /// What stands in the type of a part that is a macro, or of a document that may have some. Its name may be any.
    /// </summary>
    private static readonly string[] OfMacros = ["vbaProject", "macroEnabled", "macrosheet"];

    /// <summary>Why the document is not read; null: it may be.</summary>
    /// <exception cref="XmlException">Its list of types is no XML, or has entities.</exception>
    public static DocumentFault? Fault(byte[] content)
    {
        using var archive = new ZipArchive(new MemoryStream(content, writable: false), ZipArchiveMode.Read);
        if (archive.Entries.Count > MostEntries)
            return DocumentFault.TooComplex;
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var buffer = new byte[64 * 1024];
        var unpacked = 0L;
        foreach (var entry in archive.Entries)
        {
            if (entry.FullName.EndsWith("vbaProject.bin", StringComparison.OrdinalIgnoreCase))
                return DocumentFault.Macros;
            if (!names.Add(entry.FullName) || entry.IsEncrypted)
                return entry.IsEncrypted ? DocumentFault.Encrypted : DocumentFault.Broken;
            using var part = entry.Open();
            for (int read; (read = part.Read(buffer)) > 0;)
            {
                unpacked += read;
                if (unpacked > MostUnpacked)
                    return DocumentFault.TooComplex;
            }
        }
        return HasMacros(archive) ? DocumentFault.Macros : null;
    }

    private static bool HasMacros(ZipArchive archive)
    {
        using var list = archive.GetEntry("[Content_Types].xml")!.Open();
        using var xml = XmlReader.Create(list, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        while (xml.Read())
        {
            if (xml.GetAttribute("ContentType") is { } type
                && OfMacros.Any(word => type.Contains(word, StringComparison.OrdinalIgnoreCase)))
                return true;
        }
        return false;
    }
}

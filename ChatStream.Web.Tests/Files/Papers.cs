using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace ChatStream.Web.Tests.Files;

/// <summary>Documents that are made by hand.</summary>
internal static class Papers
{
    private const string Word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    private const string Sheets = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Slides = "http://schemas.openxmlformats.org/presentationml/2006/main";
    private const string Drawing = "http://schemas.openxmlformats.org/drawingml/2006/main";
    private const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Package = "http://schemas.openxmlformats.org/package/2006/relationships";
    private const string Types = "application/vnd.openxmlformats-officedocument.";

    /// <summary>A PDF with one line on each page.</summary>
    public static byte[] Pdf(params string[] lines) => PdfOf(
    [
        "<< /Type /Catalog /Pages 2 0 R >>",
        $"<< /Type /Pages /Count {lines.Length} /Kids [{string.Join(' ', lines.Select((_, i) => $"{4 + (2 * i)} 0 R"))}] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        .. lines.SelectMany((line, i) => new[] { PageOf(5 + (2 * i)), StreamOf($"BT /F1 12 Tf 72 700 Td ({line}) Tj ET") }),
    ]);

    public static string PageOf(int content) =>
        $"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {content} 0 R /Resources << /Font << /F1 3 0 R >> >> >>";

    public static string StreamOf(string content) => $"<< /Length {content.Length} >>\nstream\n{content}\nendstream";

    /// <summary>A PDF of these objects, numbered from 1 on; the first is the catalogue.</summary>
    public static byte[] PdfOf(IReadOnlyList<string> objects, string trailer = "")
    {
        var pdf = new StringBuilder("%PDF-1.7\n");
        var offsets = new List<int>();
        foreach (var (i, content) in objects.Index())
        {
            offsets.Add(pdf.Length);
            pdf.Append(CultureInfo.InvariantCulture, $"{i + 1} 0 obj\n{content}\nendobj\n");
        }
        var start = pdf.Length;
        pdf.Append(CultureInfo.InvariantCulture, $"xref\n0 {objects.Count + 1}\n0000000000 65535 f \n");
        foreach (var offset in offsets)
            pdf.Append(CultureInfo.InvariantCulture, $"{offset:D10} 00000 n \n");
        pdf.Append(
            CultureInfo.InvariantCulture,
            $"trailer\n<< /Size {objects.Count + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n");
        return Encoding.Latin1.GetBytes(pdf.ToString());
    }

    /// <summary>A Word document with this body.</summary>
    public static byte[] Docx(string body, params (string Name, string Content)[] more) => Zip(
    [
        Content("word/document.xml", $"{Types}wordprocessingml.document.main+xml"), Root("word/document.xml"),
        ("word/document.xml", $"<w:document xmlns:w=\"{Word}\"><w:body>{body}</w:body></w:document>"), .. more,
    ]);

    public static string Paragraph(string text) => $"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>";

    /// <summary>A workbook with one sheet of these rows, and these shared strings.</summary>
    public static byte[] Xlsx(string rows, string shared = "", string sheet = "name=\"Costs\"") => Zip(
    [
        Content("xl/workbook.xml", $"{Types}spreadsheetml.sheet.main+xml",
            ("xl/worksheets/sheet1.xml", $"{Types}spreadsheetml.worksheet+xml"),
            ("xl/sharedStrings.xml", $"{Types}spreadsheetml.sharedStrings+xml")),
        Root("xl/workbook.xml"),
        ("xl/workbook.xml",
            $"<workbook xmlns=\"{Sheets}\" xmlns:r=\"{Office}\"><sheets><sheet {sheet} sheetId=\"1\" r:id=\"r1\"/>"
            + "</sheets></workbook>"),
        Relations("xl/_rels/workbook.xml.rels", ("r1", "worksheet", "worksheets/sheet1.xml"),
            ("r2", "sharedStrings", "sharedStrings.xml")),
        ("xl/worksheets/sheet1.xml", $"<worksheet xmlns=\"{Sheets}\"><sheetData>{rows}</sheetData></worksheet>"),
        ("xl/sharedStrings.xml", $"<sst xmlns=\"{Sheets}\">{shared}</sst>"),
    ]);

    /// <summary>A presentation with one slide of one text.</summary>
    public static byte[] Pptx(string text) =>
        PptxOf($"<p:sp><p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>");

    /// <summary>A presentation with one slide of these shapes.</summary>
    public static byte[] PptxOf(string shapes) => Zip(
    [
        Content("ppt/presentation.xml", $"{Types}presentationml.presentation.main+xml",
            ("ppt/slides/slide1.xml", $"{Types}presentationml.slide+xml")),
        Root("ppt/presentation.xml"),
        ("ppt/presentation.xml", $"<p:presentation xmlns:p=\"{Slides}\" xmlns:r=\"{Office}\">"
            + "<p:sldIdLst><p:sldId id=\"256\" r:id=\"r1\"/></p:sldIdLst></p:presentation>"),
        Relations("ppt/_rels/presentation.xml.rels", ("r1", "slide", "slides/slide1.xml")),
        ("ppt/slides/slide1.xml", $"<p:sld xmlns:p=\"{Slides}\" xmlns:a=\"{Drawing}\"><p:cSld><p:spTree>{shapes}"
            + "</p:spTree></p:cSld></p:sld>"),
    ]);

    public static byte[] Zip(IEnumerable<(string Name, string Content)> entries) =>
        Zip(entries.Select(entry => (entry.Name, Encoding.UTF8.GetBytes(entry.Content))));

    public static byte[] Zip(IEnumerable<(string Name, byte[] Content)> entries)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
                entry.Write(content);
            }
        }
        return packed.ToArray();
    }

    public static (string, string) Root(string part) => Relations("_rels/.rels", ("r1", "officeDocument", part));

    public static (string, string) Relations(string name, params (string Id, string Kind, string Target)[] all) => (name,
        $"<Relationships xmlns=\"{Package}\">" + string.Concat(all.Select(relation =>
            $"<Relationship Id=\"{relation.Id}\" Type=\"{Office}/{relation.Kind}\" Target=\"{relation.Target}\"/>"))
        + "</Relationships>");

    private static (string, string) Content(string main, string type, params (string Part, string Type)[] more) =>
        ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
            + "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
            + "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
            + string.Concat(more.Prepend((main, type)).Select(part =>
                $"<Override PartName=\"/{part.Item1}\" ContentType=\"{part.Item2}\"/>"))
            + "</Types>");
}

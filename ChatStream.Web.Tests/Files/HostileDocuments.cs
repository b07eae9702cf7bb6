using System.IO.Compression;
using System.Text;
using static ChatStream.Web.Tests.Files.HostileFiles;
using static ChatStream.Web.Tests.Files.Papers;
using static ChatStream.Web.Tests.Files.Pictures;

namespace ChatStream.Web.Tests.Files;

/// <summary>Documents that unpack, loop, nest, carry programs or are broken.</summary>
internal static class HostileDocuments
{
    public static IEnumerable<HostileFile> All => [.. Offices(), .. Pdfs()];

    private static IEnumerable<HostileFile> Offices()
    {
        yield return new("a good word document", Docx(Paragraph("Hello")), Code: null);
        yield return new("a word document without text", Docx("<w:p/>"), "document_no_text");
        yield return new("a word document with macros", Docx(Paragraph("Hi"), ("word/vbaProject.bin", "x")), "document_macros");
        yield return new("a word document with a bomb of entities",
            Zip(Replaced(Docx(""), "word/document.xml", Bomb("<w>&i;</w>"))), "document_broken");
        yield return new("a word document with an outer entity", Zip(Replaced(Docx(""), "word/document.xml",
            "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><r><t>&x;</t></r>")), "document_broken");
        yield return new("a word document with a bomb in its types",
            Zip(Replaced(Docx(Paragraph("Hi")), "[Content_Types].xml", Bomb("<r>&i;</r>"))), "document_broken");
        yield return new("a word document with a bomb in its relations",
            Zip(Replaced(Docx(Paragraph("Hi")), "_rels/.rels", Bomb("<r>&i;</r>"))), "document_broken");
        yield return new("a word document that is no xml",
            Zip(Replaced(Docx(""), "word/document.xml", "<w:document><w:body>")), "document_broken");
        yield return new("a word document of 200,000 nested elements",
            Docx(Repeat("<w:p>", 200_000) + Repeat("</w:p>", 200_000)), "document_no_text");
        yield return new("a word document that unpacks to 105 MB",
            Zip([.. Entries(Docx(Paragraph("Hi"))), ("word/media/a.bin", new byte[105_000_000])]), "document_too_complex");
        yield return new("a word document of 60 MB of text", Docx(Paragraph(new string('a', 60_000_000))), "any");
        yield return new("a word document of a long text", Docx(string.Concat(Enumerable.Repeat(
            Paragraph(new string('a', 10_000)), 101))), "file_text_too_long");
        yield return new("a word document with a name twice",
            Zip([.. Entries(Docx(Paragraph("Hi"))), ("WORD/document.xml", "x"u8.ToArray())]), "document_broken");
        yield return new("a word document with a part outside", Zip(Replaced(Docx(Paragraph("Hi")), "_rels/.rels",
            Relations("", ("r1", "officeDocument", "../../../etc/passwd")).Item2)), "document_broken");
        yield return new("a word document with a remote part", Zip(Replaced(Docx(Paragraph("Hi")), "_rels/.rels",
            Relations("", ("r1", "officeDocument\" TargetMode=\"External", "http://127.0.0.1:1/x")).Item2)), "document_broken");
        yield return new("a good workbook",
            Xlsx("<row><c t=\"s\"><v>0</v></c><c><v>12</v></c></row>", "<si><t>Tea</t></si>"), Code: null);
        yield return new("a workbook with wrong strings",
            Xlsx("<row><c t=\"s\"><v>-1</v></c><c t=\"s\"><v>99999999999</v></c>"
                + "<c t=\"inlineStr\"><is><t>Hi</t></is></c></row>"), Code: null);
        yield return new("a workbook that repeats a string", Xlsx(
            Repeat("<row><c t=\"s\"><v>0</v></c></row>", 5_000), $"<si><t>{new string('a', 30_000)}</t></si>"),
            "file_text_too_long");
        yield return new("a workbook of a million rows",
            Xlsx(Repeat("<row/>", 1_000_000)), "document_no_text");
        yield return new("a workbook with a formula that calls",
            Xlsx("<row><c><f>DDE(\"cmd\",\"/c calc\")</f><v>1</v></c></row>"), Code: null);
        yield return new("a word document with macros of another name", Zip(Replaced(Docx(Paragraph("Hi"),
            ("word/code.bin", "x")), "[Content_Types].xml", Typed("/word/code.bin", "application/vnd.ms-office.vbaProject"))),
            "document_macros");
        yield return new("a word document that may have macros", Zip(Replaced(Docx(Paragraph("Hi")), "[Content_Types].xml",
            Typed("/word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml"))), "document_macros");
        yield return new("a workbook with macros of 1992", Zip([.. Replaced(Xlsx("<row><c><v>1</v></c></row>"),
            "[Content_Types].xml", Typed("/xl/macrosheets/sheet1.xml", "application/vnd.ms-excel.macrosheet+xml")),
            ("xl/macrosheets/sheet1.xml", "<x/>"u8.ToArray())]), "document_macros");
        yield return new("a word document whose lengths are wrong", Lying(Docx(Paragraph(new string('a', 5_000)))), "any");
        yield return new("a word document that is packed in an unknown way",
            With(Docx(Paragraph("Hi")), offset: 10, 99), "document_broken");
        yield return new("a word document with a key", With(Docx(Paragraph("Hi")), offset: 8, 1), "document_encrypted");
        yield return new("a word document in utf-16 with a bomb", Zip(Entries(Docx("")).Select(entry =>
            entry.Name == "word/document.xml"
                ? (entry.Name, [0xff, 0xfe, .. Encoding.Unicode.GetBytes(Bomb("<w>&i;</w>"))]) : entry)), "document_broken");
        yield return new("a word document with a zip in it", Docx(Paragraph("Hi"), ("word/embeddings/a.zip", "PK")), Code: null);
        yield return new("a word document with a name that leads out",
            Docx(Paragraph("Hi"), ("../../../../tmp/evil", "x")), Code: null);
        yield return new("a word document and then html", [.. Docx(Paragraph("Hi")), .. Evil], "any");
        yield return new("a word document of control characters", Docx(Paragraph("a&#1;b")), "document_broken");
        foreach (var (name, document, main) in new[]
        {
            ("word document", Docx(Paragraph("Hi")), "word/document"), ("presentation", Pptx("Hi"), "ppt/presentation"),
            ("workbook", Xlsx("<row><c><v>1</v></c></row>"), "xl/workbook"),
        })
        {
            var renamed = Renamed(document, $"{main}.xml", $"{main}2.xml");
            yield return new($"a {name} with a part of another name", renamed, Code: null);
            yield return new($"a {name} with a part of another name and another type",
                Zip(Replaced(renamed, "[Content_Types].xml", Typed("/a", "b/c"))), "file_unknown_type");
            yield return new($"a {name} with a part of another name and a bomb in its relations",
                Zip(Replaced(renamed, "_rels/.rels", Bomb("<r>&i;</r>"))), "file_unknown_type");
        }
        yield return new("a word document of another name with macros", Zip(Replaced(
            Renamed(Docx(Paragraph("Hi")), "word/document.xml", "word/a.xml"), "[Content_Types].xml",
            Typed("/word/a.xml", "application/vnd.ms-word.document.macroEnabled.main+xml"))), "document_macros");
        yield return new("a good presentation", Pptx("Hello"), Code: null);
        yield return new("a presentation without text", Pptx(""), "document_no_text");
        foreach (var part in new[] { 0.3, 0.6, 0.9 })
            yield return new($"a word document cut at {part}", Docx(Paragraph("Hello"))[..(int)(700 * part)], "document_broken");
    }

    private static IEnumerable<HostileFile> Pdfs()
    {
        yield return new("a good pdf", Pdf("Hello", "World"), Code: null);
        yield return new("a pdf without text", PdfOf(["<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Count 1 /Kids [4 0 R] >>", "<< >>", PageOf(5), StreamOf("")]), "document_no_text");
        yield return new("a pdf of nothing", "%PDF-1.7\n"u8.ToArray(), "document_broken");
        yield return new("a pdf of noise", [.. "%PDF-1.7\n"u8, .. Noise(20_000)], "document_broken");
        yield return new("a pdf with a script",
            PdfOf(["<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>",
            "<< /Type /Pages /Count 1 /Kids [4 0 R] >>", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", PageOf(5),
            StreamOf("BT /F1 12 Tf (Hi there) Tj ET")]), Code: null);
        yield return new("a pdf whose pages are their own parents", PdfOf(["<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Count 1 /Kids [2 0 R] >>"]), "any")
        { NeedsProcess = true };
        yield return new("a pdf of two pages that hold each other", PdfOf(["<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Count 1 /Kids [3 0 R] >>", "<< /Type /Pages /Count 1 /Kids [2 0 R] >>"]), "any")
        { NeedsProcess = true };
        yield return new("a pdf of a billion pages", PdfOf(["<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Count 1000000000 /Kids [] >>"]), "any")
        { NeedsProcess = true };
        yield return new("a pdf whose object is itself", PdfOf(["1 0 R"]), "any") { NeedsProcess = true };
        yield return new("a pdf of 100,000 nested arrays", PdfOf(["<< /Type /Catalog /Pages 2 0 R >>",
            new string('[', 100_000) + new string(']', 100_000)]), "any")
        { NeedsProcess = true };
        yield return new("a pdf of 100,000 nested dictionaries", PdfOf(["<< /Type /Catalog /Pages 2 0 R >>",
            Repeat("<< /A ", 100_000) + Repeat(">>", 100_000)]), "any")
        { NeedsProcess = true };
        yield return new("a pdf whose form draws itself", PdfOf(["<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Count 1 /Kids [4 0 R] >>", "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] "
                + "/Resources << /XObject << /X 3 0 R >> >> /Length 4 >>\nstream\n/X Do\nendstream",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 5 0 R /Resources << /XObject << /X 3 0 R >> >> >>",
            StreamOf("/X Do")]), "any")
        { NeedsProcess = true };
        yield return new("a pdf whose list of objects goes round", Encoding.Latin1.GetBytes(
            "%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 /Root 1 0 R /Prev 9 >>\nstartxref\n9\n%%EOF\n"), "any")
        { NeedsProcess = true };
        yield return new("a pdf that unpacks to 300 MB", PackedPdf(300_000_000), "any") { NeedsProcess = true };
        yield return new("an encrypted pdf", PdfOf(["<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Count 0 /Kids [] >>",
            $"<< /Filter /Standard /V 1 /R 2 /P -4 /O <{new string('a', 64)}> /U <{new string('b', 64)}> >>"],
            "/Encrypt 3 0 R /ID [<00> <00>]"), "document_encrypted");
        foreach (var part in new[] { 0.1, 0.3, 0.5, 0.7 })
            yield return new($"a pdf cut at {part}", CutAt(Pdf("Hello", "World"), part), "any");
        yield return new("a pdf after an empty line", [.. "\r\n"u8, .. Pdf("Hello")], Code: null);
        yield return new("a pdf after a mark", [0xef, 0xbb, 0xbf, .. Pdf("Hello")], Code: null);
        yield return new("a pdf after html", [.. Evil, .. Pdf("Hello")], Code: null);
    }

    private static string Typed(string part, string type) =>
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
        + "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
        + $"<Override PartName=\"{part}\" ContentType=\"{type}\"/></Types>";

    /// <summary>A zip in whose list each entry is said to have ten bytes.</summary>
    private static byte[] Lying(byte[] zip) => With(zip, offset: 24, 10, 0, 0, 0);

    /// <summary>A zip in whose list each entry has these bytes.</summary>
    private static byte[] With(byte[] zip, int offset, params byte[] bytes)
    {
        var changed = zip.ToArray();
        for (var at = 0; at < zip.Length - 46; at++)
        {
            if (zip.AsSpan(at, 4).SequenceEqual("PK\x01\x02"u8))
                bytes.CopyTo(changed, at + offset);
        }
        return changed;
    }

    public static string Bomb(string root) => "<!DOCTYPE r [<!ENTITY a \"lol\">"
        + string.Concat("bcdefghi".Select(name => $"<!ENTITY {name} \"{Repeat($"&{(char)(name - 1)};", 10)}\">"))
        + $"]>{root}";

    private static byte[] PackedPdf(int bytes)
    {
        var packed = Deflated(new byte[bytes]);
        byte[] head = [.. "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"u8,
            .. "2 0 obj\n<< /Type /Pages /Count 1 /Kids [3 0 R] >>\nendobj\n"u8,
            .. "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>\nendobj\n"u8,
            .. Encoding.Latin1.GetBytes($"4 0 obj\n<< /Filter /FlateDecode /Length {packed.Length} >>\nstream\n")];
        return [.. head, .. packed, .. "\nendstream\nendobj\ntrailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"u8];
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static byte[] CutAt(byte[] content, double part) => content[..(int)(content.Length * part)];

    private static byte[] Noise(int length)
    {
        var noise = new byte[length];
        new Random(7).NextBytes(noise);
        return noise;
    }

    private static List<(string Name, byte[] Content)> Entries(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        return [.. archive.Entries.Select(entry =>
        {
            using var content = new MemoryStream();
            using (var packed = entry.Open())
                packed.CopyTo(content);
            return (entry.FullName, content.ToArray());
        })];
    }

    /// <summary>A document with another name of a part, wherever it is named.</summary>
    private static byte[] Renamed(byte[] zip, string from, string to) => Zip(Entries(zip).Select(entry => (
        entry.Name.Replace(from, to, StringComparison.Ordinal)
            .Replace($"_rels/{Path.GetFileName(from)}.rels", $"_rels/{Path.GetFileName(to)}.rels", StringComparison.Ordinal),
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(entry.Content).Replace(from, to, StringComparison.Ordinal)))));

    private static IEnumerable<(string Name, byte[] Content)> Replaced(byte[] zip, string name, string content) =>
        Entries(zip).Select(entry => entry.Name == name ? (name, Encoding.UTF8.GetBytes(content)) : entry);
}

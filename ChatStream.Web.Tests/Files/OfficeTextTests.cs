using ChatStream.Web.Files.Documents;
using NUnit.Framework;
using static ChatStream.Web.Tests.Files.Papers;

namespace ChatStream.Web.Tests.Files;

/// <summary>What a model gets of tables and paragraphs: each value in its place, each text once.</summary>
internal sealed class OfficeTextTests
{
    [TestCase("""
        <row r="1"><c r="A1" t="str"><v>Name</v></c><c r="B1" t="str"><v>Phone</v></c><c r="C1" t="str"><v>Debt</v></c></row>
        <row r="2"><c r="A2" t="inlineStr"><is><t>Ann</t></is></c><c r="C2"><v>500</v></c></row>
        <row r="5"><c r="C5"><v>1</v></c></row>
        """, "Name\tPhone\tDebt\nAnn\t\t500\n\n\n\t\t1")]
    [TestCase("""<row r="3"><c r="B3"><v>1</v></c></row>""", "\n\n\t1")]
    [TestCase("""<row><c><v>1</v></c><c/><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>""", "1\t\t2\n\n3")]
    [TestCase("""<row><c r="B2"><v>1</v></c></row><row><c r="B4"><v>2</v></c></row>""", "\n\t1\n\n\t2")]
    // Cells that have a style and nothing else.
    [TestCase("""<row r="1"><c r="A1" s="1"/><c r="B1"><v>1</v></c><c r="C1" s="1"/></row><row r="2" s="1"/>""", "\t1")]
    [TestCase("""<row r="1"><c r="AA1"><v>1</v></c></row>""", "\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t1")]
    public void A_cell_stands_under_the_head_of_its_column_and_in_its_row(string rows, string expected) =>
        Assert.That(Sheet(rows), Is.EqualTo(expected));

    [TestCase("""<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>""", "[Row 1048576]\n\t[Column XFD] 1")]
    [TestCase("""<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>""", "1\t[Column XFD] 2")]
    [TestCase("""<row r="9"><c r="C9"><v>1</v></c><c r="A9"><v>2</v></c></row><row r="2"><c r="A2"><v>3</v></c></row>""",
        "\n\n\n\n\n\n\n\n\t\t1\t2\n3")]
    [TestCase("""<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row><row r="1"><c r="A1"><v>3</v></c></row>""",
        "1\t2\n3")]
    [TestCase("""<row r="-5"><c r=""><v>1</v></c><c r="99"><v>2</v></c><c r="XFE1"><v>3</v></c></row>""", "1\t2\t3")]
    [TestCase("""<row r="99999999999"><c r="AAAAAAAAAAA1"><v>1</v></c><c r="é"><v>2</v></c></row>""", "1\t2")]
    [TestCase("""<row r="1048577"><c r="A0"><v>1</v></c><c r="B 1"><v>2</v></c></row>""", "1\t2")]
    public void A_place_that_cannot_be_is_the_next_one_and_a_far_one_is_told(string rows, string expected) =>
        Assert.That(Sheet(rows), Is.EqualTo(expected));

    [Test]
    public void Empty_places_do_not_crowd_out_the_text()
    {
        var rows = string.Concat(Enumerable.Range(1, 20_000).Select(row =>
            $"""<row r="{row * 90}"><c r="CA{row * 90}"><v>{row}</v></c></row>"""));

        var text = Sheet(rows);

        Assert.That(text, Has.Length.LessThan(1_000_000).And.Contain("\t2\n").And.EndWith("[Column CA] 20000"));
    }

    [TestCase("""<c t="b"><v>1</v></c><c t="b"><v>0</v></c><c t="b"><v>7</v></c>""", "TRUE\tFALSE\t7")]
    [TestCase("""<c t="e"><v>#DIV/0!</v></c><c t="d"><v>2026-01-31</v></c><c><v>45291.5</v></c>""",
        "#DIV/0!\t2026-01-31\t45291.5")]
    [TestCase("""<c t="s"><v>0</v></c><c t="s"><v>7</v></c><c t="s"><v>-1</v></c><c t="s"><v> 2 </v></c>""", "Tea\t\t\tPot")]
    [TestCase("""<c t="s"><v>1</v></c><c t="s"><v>99999999999999999999999999</v></c><c t="str"><v>Cup</v></c>""", "\t\tCup")]
    [TestCase("""<c t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c><c t="s"><v>3</v></c>""", "ab\tc")]
    [TestCase("""<c t="inlineStr"><is><t>two&#10;lines&#9;here</t></is></c><c><v>1</v></c>""", "two lines here\t1")]
    public void A_value_is_as_Excel_shows_it(string cells, string expected) =>
        Assert.That(
            Sheet($"<row>{cells}</row>", "<si><t>Tea</t></si><si/><si><t>Pot</t></si><si><r><t>c</t></r></si>"),
            Is.EqualTo(expected));

    [Test]
    public void The_reading_of_characters_is_left_out() => Assert.That(
        Sheet(
            "<row><c t=\"inlineStr\"><is><t>東京</t><rPh sb=\"0\" eb=\"2\"><t>トウキョウ</t></rPh></is></c>"
                + "<c t=\"s\"><v>0</v></c></row>",
            """<si><t>大阪</t><rPh sb="0" eb="2"><t>オオサカ</t></rPh></si>"""),
        Is.EqualTo("東京\t大阪"));

    [TestCase("hidden")]
    [TestCase("veryHidden")]
    public void A_hidden_sheet_is_told_as_one(string state) => Assert.That(
        DocumentText.Read(
            DocumentKind.Excel, Xlsx("<row><c><v>7</v></c></row>", sheet: $"name=\"A&#10;B\" state=\"{state}\""), 1_000),
        Is.EqualTo("[Hidden sheet A B]\n7"));

    [TestCase("<w:tr>{a}{b}{c}</w:tr><w:tr>{a}<w:tc><w:p/></w:tc>{c}</w:tr>", "a \tb \tc \t\na \t\tc")]
    [TestCase("<w:tr>{a:2}{c}</w:tr>", "a \t\tc")]
    [TestCase("<w:tr><w:trPr><w:gridBefore w:val=\"2\"/></w:trPr>{c}</w:tr>", "x\n\t\tc")]
    [TestCase("<w:tr>{a:-1}{b:x}{c:999999999}</w:tr>", "a \tb \tc")]
    [TestCase("<w:tr><w:tc><w:p><w:r><w:t>1&#10;2</w:t><w:br/><w:t>3</w:t><w:tab/><w:t>4</w:t></w:r></w:p></w:tc>{b}</w:tr>",
        "1 2 3 4 \tb")]
    public void A_cell_of_Word_stands_under_the_head_of_its_column(string rows, string expected)
    {
        var cells = System.Text.RegularExpressions.Regex.Replace(rows, "{(.)(?::([^}]+))?}", match =>
            "<w:tc><w:tcPr>" + (match.Groups[2].Success ? $"<w:gridSpan w:val=\"{match.Groups[2]}\"/>" : "")
            + $"</w:tcPr>{Paragraph(match.Groups[1].Value)}</w:tc>");
        var before = expected.StartsWith('x') ? Paragraph("x") : "";

        Assert.That(Word($"{before}<w:tbl>{cells}</w:tbl>"), Is.EqualTo(expected));
    }

    // There, each place has a cell.
    [Test]
    public void A_cell_of_PowerPoint_stands_under_the_head_of_its_column()
    {
        const string Cell = "<a:txBody><a:p><a:r><a:t>a</a:t></a:r></a:p></a:txBody></a:tc>";
        Assert.That(
            DocumentText.Read(DocumentKind.PowerPoint, PptxOf("<p:graphicFrame><a:graphic><a:graphicData><a:tbl>"
                + $"<a:tr><a:tc gridSpan=\"2\">{Cell}<a:tc hMerge=\"1\"><a:txBody><a:p/></a:txBody></a:tc><a:tc>{Cell}</a:tr>"
                + "</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"), 1_000),
            Is.EqualTo("[Slide 1]\na \t\ta"));
    }

    [Test]
    public void Where_the_tabs_of_a_paragraph_stop_is_no_text() => Assert.That(
        Word("<w:p><w:pPr><w:tabs><w:tab w:val=\"left\" w:pos=\"720\"/></w:tabs></w:pPr>"
            + "<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t></w:r></w:p>"),
        Is.EqualTo("a\tb"));

    [TestCase("<w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>moved</w:t></w:r></w:moveTo>", "moved")]
    [TestCase("<w:del><w:r><w:t>a</w:t><w:delText>b</w:delText></w:r></w:del><w:ins><w:r><w:t>new</w:t></w:r></w:ins>", "new")]
    [TestCase("<w:r><w:rPr><w:del w:id=\"1\"/><w:moveFrom/></w:rPr><w:t>kept</w:t></w:r>", "kept")]
    [TestCase("<w:r><w:t>co</w:t><w:noBreakHyphen/><w:t>op</w:t></w:r>", "co-op")]
    [TestCase("<w:r><w:t>co</w:t><w:softHyphen/><w:t>op</w:t></w:r>", "coop")]
    [TestCase("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:ptab/><w:t>c</w:t><w:br/><w:t>d</w:t><w:cr/><w:t>e</w:t></w:r>",
        "a\tb\tc\nd\ne")]
    [TestCase("<w:r><w:sym w:font=\"Wingdings\" w:char=\"F0FC\"/><w:t>done</w:t></w:r>", "✓done")]
    [TestCase("<w:r><w:t>4 k</w:t><w:sym w:font=\"Symbol\" w:char=\"F057\"/><w:sym w:font=\"Symbol\" w:char=\"B1\"/></w:r>",
        "4 kΩ±")]
    [TestCase("<w:r><w:t>a</w:t><w:sym w:font=\"Arial\" w:char=\"2192\"/><w:t>b</w:t></w:r>", "a→b")]
    [TestCase("<w:r><w:t>a</w:t><w:sym w:font=\"Webdings\" w:char=\"F061\"/><w:sym/><w:sym w:char=\"D800\"/><w:t>b</w:t></w:r>",
        "a\ufffd\ufffd\ufffdb")]
    [TestCase("<w:ruby><w:rt><w:r><w:t>とう</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>東</w:t></w:r></w:rubyBase></w:ruby>", "東")]
    public void A_paragraph_of_Word_has_each_text_once_and_its_signs(string runs, string expected) =>
        Assert.That(Word($"<w:p>{runs}</w:p>"), Is.EqualTo(expected));

    private static string Sheet(string rows, string shared = "")
    {
        var text = DocumentText.Read(DocumentKind.Excel, Xlsx(rows, shared), 1_000_000);
        Assert.That(text, Does.StartWith("[Sheet Costs]\n"));
        return text["[Sheet Costs]\n".Length..];
    }

    private static string Word(string body) => DocumentText.Read(DocumentKind.Word, Docx(body), 1_000_000);
}

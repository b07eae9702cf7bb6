using System.Globalization;
using System.Text;
using System.Xml;
using DocumentFormat.OpenXml.Packaging;

namespace ChatStream.Web.Files.Documents;

/// <summary>
/// Reads the cells of a sheet: each row is a line, and tabs are between the cells. What is empty keeps its place, so that a cell
/// stands under the head of its column. A long stretch of empty cells or rows is left out, and what follows it says where it is.
/// </summary>
internal sealed class SheetText(IReadOnlyList<string> shared, TextLimit text)
{
    private const int LastRow = 1_048_576;
    private const int LastColumn = 16_384;

    /// <summary>Cells or rows together that are empty and keep their places.</summary>
    private const int LongestGap = 100;

    /// <summary>Digits of the number of a shared string.</summary>
    private const int LongestNumber = 20;

    // The empty places of a sheet together leave room for its text.
    private int _places = text.Most / 4;

    // The row and the column that are read, and those that were written last.
    private (int Row, int Column) _at, _written;

    private bool _isRowKnown;

    public void Read(OpenXmlPart sheet)
    {
        using var xml = OfficeXml.Open(sheet);
        var type = "";
        while (xml.Read())
        {
            switch (xml.NodeType, xml.LocalName)
            {
                case (XmlNodeType.Element, "row"):
                    BeginRow(xml.GetAttribute("r"));
                    break;
                case (XmlNodeType.Element, "c"):
                    type = xml.GetAttribute("t") ?? "";
                    BeginCell(xml.GetAttribute("r") ?? "");
                    break;
                case (XmlNodeType.Element, "v") when type == "s":
                    Add(SharedAt(ShortText(xml)));
                    break;
                case (XmlNodeType.Element, "v") when type == "b":
                    OfficeXml.AddText(xml, piece => Add(piece == "1" ? "TRUE" : piece == "0" ? "FALSE" : piece));
                    break;
                // Above the characters of Chinese and Japanese their reading may stand.
                case (XmlNodeType.Element, "rPh"):
                    OfficeXml.MoveToEnd(xml);
                    break;
                case (XmlNodeType.Element, "v" or "t"):
                    OfficeXml.AddText(xml, Add);
                    break;
            }
        }
        text.EndLine();
    }

    /// <summary>The strings that the cells of all sheets refer to.</summary>
    public static List<string> SharedIn(WorkbookPart book, int mostCharacters)
    {
        var shared = new List<string>();
        if (book.SharedStringTablePart is not { } part)
            return shared;
        var (left, text) = (mostCharacters, new TextLimit(mostCharacters));
        using var xml = OfficeXml.Open(part);
        while (xml.Read())
        {
            switch (xml.NodeType, xml.LocalName)
            {
                case (XmlNodeType.Element, "si") when xml.IsEmptyElement:
                    shared.Add("");
                    break;
                case (XmlNodeType.Element, "si"):
                    text = new TextLimit(left);
                    break;
                case (XmlNodeType.EndElement, "si"):
                    shared.Add(text.ToString());
                    left -= shared[^1].Length;
                    break;
                case (XmlNodeType.Element, "rPh"):
                    OfficeXml.MoveToEnd(xml);
                    break;
                case (XmlNodeType.Element, "t"):
                    OfficeXml.AddText(xml, text.Append);
                    break;
            }
        }
        return shared;
    }

    // A place that was passed already, or that cannot be, is the next one: no text is lost or moved back.
    private void BeginRow(string? number)
    {
        var row = OfficeXml.Number(number, LastRow);
        _isRowKnown = row is not null;
        _at = (row > _at.Row ? row.Value : _at.Row + 1, 0);
    }

    private void BeginCell(string name)
    {
        var letters = name.AsSpan().IndexOfAnyExceptInRange('A', 'Z') is var end and >= 0 ? end : name.Length;
        var column = 0;
        foreach (var letter in name.AsSpan(0, Math.Min(letters, 4)))
            column = (column * 26) + letter - 'A' + 1;
        if (column > LastColumn)
            column = 0;
        // Of a row without a number, its first cell may have it.
        if (!_isRowKnown && _at.Column == 0 && OfficeXml.Number(name[letters..], LastRow) is { } row && row > _at.Row)
            _at.Row = row;
        _at.Column = Math.Max(column, _at.Column + 1);
    }

    private void Add(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return;
        MoveTo(_at);
        text.Append(OfficeXml.InOneLine(value));
    }

    private void MoveTo((int Row, int Column) place)
    {
        if (place == _written)
            return;
        if (place.Row != _written.Row)
        {
            if (_written.Row > 0)
                text.Mark("\n");
            Skip(place.Row - _written.Row - 1, '\n', $"[Row {place.Row}]\n");
            _written = (place.Row, 1);
        }
        if (place.Column > _written.Column)
        {
            text.Mark("\t");
            Skip(place.Column - _written.Column - 1, '\t', $"[Column {NameOf(place.Column)}] ");
        }
        _written = place;
    }

    private void Skip(int count, char empty, string mark)
    {
        if (count <= 0)
            return;
        var isKept = count <= LongestGap && count <= _places;
        _places -= isKept ? count : 0;
        text.Mark(isKept ? new string(empty, count) : mark);
    }

    private static string NameOf(int column)
    {
        var name = new StringBuilder();
        for (; column > 0; column = (column - 1) / 26)
            name.Insert(0, (char)('A' + ((column - 1) % 26)));
        return name.ToString();
    }

    // Of a string that is not there, nothing can be said: its cell is empty.
    private string? SharedAt(string code) =>
        int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < shared.Count
            ? shared[at] : null;

    private static string ShortText(XmlReader xml)
    {
        var code = new StringBuilder();
        OfficeXml.AddText(xml, piece => code.Append(piece, 0, Math.Min(piece.Length, LongestNumber - code.Length)));
        return code.ToString().Trim();
    }
}

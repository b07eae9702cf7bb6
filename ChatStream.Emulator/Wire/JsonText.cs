using System.Globalization;
using System.Text;

namespace ChatStream.Emulator.Wire;

/// <summary>Writes JSON string literals as Azure does: only characters that JSON requires are escaped.</summary>
internal static class JsonText
{
    public static string Literal(string text)
    {
        var literal = new StringBuilder(text.Length + 2).Append('"');
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"': literal.Append("\\\""); break;
                case '\\': literal.Append("\\\\"); break;
                case '\n': literal.Append("\\n"); break;
                case '\r': literal.Append("\\r"); break;
                case '\t': literal.Append("\\t"); break;
                case < ' ': Escape(literal, text[i]); break;
                case var high when char.IsHighSurrogate(high) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]):
                    literal.Append(high).Append(text[++i]);
                    break;
                // A surrogate without its partner has no UTF-8 form.
                case var half when char.IsSurrogate(half): Escape(literal, half); break;
                case var other: literal.Append(other); break;
            }
        }

        return literal.Append('"').ToString();
    }

    public static string LiteralOrNull(string? text) => text is null ? "null" : Literal(text);

    /// <summary>Joins literals without decoding them. Two halves of a surrogate pair so become one character again.</summary>
    public static string Join(IEnumerable<string> literals) => $"\"{string.Concat(literals.Select(literal => literal[1..^1]))}\"";

    /// <summary>Escapes all characters outside of ASCII. In JSON, they occur only in string literals.</summary>
    public static string EscapeNonAscii(string json)
    {
        var escaped = new StringBuilder(json.Length);
        foreach (var c in json)
        {
            if (char.IsAscii(c)) escaped.Append(c);
            else Escape(escaped, c);
        }

        return escaped.ToString();
    }

    private static void Escape(StringBuilder target, char c) => target.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
}

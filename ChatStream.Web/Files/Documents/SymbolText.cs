using System.Globalization;

namespace ChatStream.Web.Files.Documents;

/// <summary>The characters of Word that are named by a font and a number in it.</summary>
internal static class SymbolText
{
    private const string Capitals = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ";
    private const string Smalls = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ";

    // Those that say something: what is ticked and what is not, and where to go.
    private static readonly Dictionary<int, string> Wingdings = new[]
    {
        (0x4a, "☺"), (0x6c, "●"), (0x6e, "■"), (0x6f, "☐"), (0x71, "☐"), (0x76, "❖"), (0x78, "☒"), (0x9f, "•"),
        (0xa7, "▪"), (0xa8, "☐"), (0xd8, "➢"), (0xdf, "←"), (0xe0, "→"), (0xe1, "↑"), (0xe2, "↓"), (0xe8, "➔"),
        (0xfb, "✗"), (0xfc, "✓"), (0xfd, "☒"), (0xfe, "☑"),
    }.ToDictionary();

    private static readonly Dictionary<int, string> Signs = new[]
    {
        (0xa3, "≤"), (0xa5, "∞"), (0xac, "←"), (0xad, "↑"), (0xae, "→"), (0xaf, "↓"), (0xb0, "°"), (0xb1, "±"),
        (0xb3, "≥"), (0xb4, "×"), (0xb7, "•"), (0xb8, "÷"), (0xb9, "≠"), (0xba, "≡"), (0xbb, "≈"), (0xd6, "√"),
        (0xe5, "∑"), (0xf2, "∫"),
    }.ToDictionary();

    /// <summary>The character of Unicode. One that is not known is U+FFFD: its neighbours must not become a word.</summary>
    public static string Of(string? font, string? number)
    {
        if (!int.TryParse(number, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || code is < 0x20 or > 0xffff || char.IsSurrogate((char)code))
            return "\ufffd";
        // Fonts of symbols have theirs in the private area, or in ASCII.
        var symbol = code is >= 0xf000 and <= 0xf0ff ? code - 0xf000 : code;
        var known = font switch
        {
            "Wingdings" => Wingdings.GetValueOrDefault(symbol),
            "Symbol" => symbol switch
            {
                >= 'A' and <= 'Z' => Capitals.Substring(symbol - 'A', 1),
                >= 'a' and <= 'z' => Smalls.Substring(symbol - 'a', 1),
                < 0x7f => ((char)symbol).ToString(),
                _ => Signs.GetValueOrDefault(symbol),
            },
            _ => code is >= 0xe000 and <= 0xf8ff || char.IsControl((char)code) ? null : ((char)code).ToString(),
        };
        return known ?? "\ufffd";
    }
}

using System.Text;

namespace ChatStream.Web.Conversations;

/// <summary>Tells a text that shows something from one that only looks empty.</summary>
internal static class VisibleText
{
    /// <summary>
    /// Ranges of characters that leave no mark: those that Unicode lets a font ignore (<c>Default_Ignorable_Code_Point</c>), and
    /// a few that are drawn as nothing.
    /// </summary>
    private static readonly (int First, int Last)[] Invisible =
    [
        (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F),
        (0x202A, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0x13430, 0x1343F), (0x16FE4, 0x16FE4), (0x1BCA0, 0x1BCA3), (0x1D159, 0x1D159),
        (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
    ];

    /// <summary>True if the text has a character that can be seen.</summary>
    public static bool IsIn(string text) => Start(text) < text.Length;

    /// <summary>The text without what cannot be seen before its first visible character; empty if there is none.</summary>
    public static string From(string text) => text[Start(text)..];

    private static int Start(string text)
    {
        var start = 0;
        foreach (var character in text.EnumerateRunes())
        {
            if (IsVisible(character))
                return start;
            start += character.Utf16SequenceLength;
        }
        return text.Length;
    }

    private static bool IsVisible(Rune character) =>
        !Rune.IsWhiteSpace(character) && !Rune.IsControl(character)
        && !Array.Exists(Invisible, range => range.First <= character.Value && character.Value <= range.Last);
}

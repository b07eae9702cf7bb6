using System.Globalization;
using System.Text;

namespace ChatStream.Web.Files;

/// <summary>Names of files as users send them, and as they are stored.</summary>
internal static class FileNames
{
    /// <summary>UTF-16 units of a name.</summary>
    public const int Longest = 120;

    private const string Unnamed = "file";

    /// <summary>
    /// The last part of a path, in one line, without characters that Windows does not allow in a name, without those that turn
    /// the direction of writing or are not seen, and without half of a surrogate pair. A long name loses its middle.
    /// </summary>
    public static string Clean(string? sent)
    {
        var last = (sent ?? "").Split('/', '\\')[^1];
        var name = new StringBuilder(last.Length);
        foreach (var rune in last.EnumerateRunes())
        {
            if (IsUnseen(rune) || rune == Rune.ReplacementChar)
                continue;
            if (Rune.IsWhiteSpace(rune))
                name.Append(' ');
            else if (rune.IsAscii && "\":*?<>|".Contains((char)rune.Value, StringComparison.Ordinal))
                name.Append('_');
            else
                name.Append(rune);
        }
        var clean = name.ToString().Trim(' ', '.');
        return clean.Length == 0 ? Unnamed : clean.Length <= Longest ? clean : Shorten(clean);
    }

    // The end of a name tells what the file is.
    private static string Shorten(string name)
    {
        var (head, tail) = (Longest - 21, name.Length - 20);
        head -= char.IsHighSurrogate(name[head - 1]) ? 1 : 0;
        tail += char.IsLowSurrogate(name[tail]) ? 1 : 0;
        return $"{name[..head]}…{name[tail..]}";
    }

    // Joiners are part of some scripts and of emoji.
    private static bool IsUnseen(Rune rune) => rune.Value is not (0x200c or 0x200d)
        && Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;
}

using System.Globalization;
using System.Text;

namespace ChatStream.Web.Files;

/// <summary>Names of files as users send them, and as they are stored.</summary>
internal static class FileNames
{
    /// <summary>UTF-16 units of a name.</summary>
    public const int Longest = 120;

    /// <summary>Of UTF-8. A disk takes 255, and an archive is unpacked on one.</summary>
    private const int MostBytes = 240;

    private const string Unnamed = "file";

    /// <summary>Windows takes these for devices, whatever ends the name.</summary>
    private static readonly HashSet<string> Devices = new(
        [
            "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
            .. "0123456789\u00b9\u00b2\u00b3".SelectMany(number => new[] { $"COM{number}", $"LPT{number}" }),
        ], StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The last part of a path, in one line, without characters that Windows does not allow in a name, without those that turn
    /// the direction of writing or are not seen, and without half of a surrogate pair. It is none of a device. A long name loses
    /// its middle.
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
        if (!clean.EnumerateRunes().Any(IsSeen))
            return Unnamed;
        if (Devices.Contains(clean.Split('.')[0].TrimEnd()))
            clean = $"_{clean}";
        return clean.Length <= Longest && Encoding.UTF8.GetByteCount(clean) <= MostBytes ? clean : Shorten(clean);
    }

    // The end of a name tells what the file is.
    private static string Shorten(string name)
    {
        var tail = name.Length - 20;
        // A mark would stand on what is put before it.
        while (tail < name.Length && (char.IsLowSurrogate(name[tail])
            || CharUnicodeInfo.GetUnicodeCategory(name[tail]) is UnicodeCategory.NonSpacingMark))
            tail++;
        var end = $"…{name[tail..]}";
        var head = Math.Min(Longest - end.Length, tail);
        while (char.IsHighSurrogate(name[head - 1])
            || Encoding.UTF8.GetByteCount(name.AsSpan(0, head)) + Encoding.UTF8.GetByteCount(end) > MostBytes)
            head--;
        return name[..head] + end;
    }

    // Joiners, marks and fillers alone make a name that nobody sees.
    private static bool IsSeen(Rune rune) =>
        rune.Value is not (0x200c or 0x200d or 0x115f or 0x1160 or 0x2800 or 0x3164 or 0xffa0)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.SpaceSeparator);

    // Joiners are part of some scripts and of emoji.
    private static bool IsUnseen(Rune rune) => rune.Value is not (0x200c or 0x200d)
        && Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;
}

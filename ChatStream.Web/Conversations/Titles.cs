using System.Globalization;
using System.Text;

namespace ChatStream.Web.Conversations;

internal static class Titles
{
    /// <summary>UTF-16 units of a title, wherever it comes from. So an export can always be imported again.</summary>
    public const int Longest = 200;

    /// <summary>What a refusal says.</summary>
    public static readonly string Rule = $"A title must have 1 to {Longest} characters, without NUL.";

    /// <summary>Characters of first words, as the user sees them. One may be several UTF-16 units long.</summary>
    private const int MostCharacters = 60;

    /// <summary>
    /// A message's first words on one line: at most 60 characters and 200 UTF-16 units, cut between words where it has several.
    /// Empty if nothing of the message can be seen.
    /// </summary>
    public static string FirstWords(string message)
    {
        var line = OneLine(VisibleText.From(message));
        var starts = StringInfo.ParseCombiningCharacters(line);
        if (starts.Length <= MostCharacters && line.Length <= Longest)
            return line;

        // Cut between characters as the user sees them. Only a single one that is longer than a title is cut inside.
        var end = starts.Take(MostCharacters).Last(start => start < Longest);
        if (end == 0)
            end = char.IsHighSurrogate(line[Longest - 2]) ? Longest - 2 : Longest - 1;
        var cut = line[..end];
        var space = cut.LastIndexOf(' ');
        return $"{(space > cut.Length / 2 ? cut[..space] : cut).TrimEnd()}…";
    }

    /// <summary>
    /// The beginning of a text, with one space for each run of white space. It is longer than a title if the text is.
    /// </summary>
    private static string OneLine(string text)
    {
        var line = new StringBuilder();
        var isSpace = false;
        foreach (var character in text)
        {
            if (line.Length > Longest)
                break;
            if (char.IsWhiteSpace(character))
            {
                isSpace = line.Length > 0;
                continue;
            }
            if (isSpace)
                line.Append(' ');
            isSpace = false;
            line.Append(character);
        }
        return line.ToString();
    }
}

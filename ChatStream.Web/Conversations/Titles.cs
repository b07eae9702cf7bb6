using System.Globalization;

namespace ChatStream.Web.Conversations;

internal static class Titles
{
    private const int MaxLength = 60;

    /// <summary>A message's first words on one line: at most 60 characters, cut between words where it has several.</summary>
    public static string FirstWords(string message)
    {
        var line = string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var elements = StringInfo.ParseCombiningCharacters(line);
        if (elements.Length <= MaxLength)
            return line;

        // Cut between characters as the user sees them, never inside one.
        var cut = line[..elements[MaxLength - 1]];
        var space = cut.LastIndexOf(' ');
        return $"{(space > cut.Length / 2 ? cut[..space] : cut).TrimEnd()}…";
    }
}

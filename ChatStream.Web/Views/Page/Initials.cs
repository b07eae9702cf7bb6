using System.Globalization;

namespace ChatStream.Web.Views.Page;

/// <summary>The letters that stand for a user's picture.</summary>
public static class Initials
{
    /// <summary>
    /// The first letters, or digits, of the first and the last word of a name. Words without either are passed over, signs
    /// and control characters too. Empty if there are none.
    /// </summary>
    public static string Of(string name)
    {
        string[] firsts = [.. name.Split((char[]?)null).Select(First).Where(first => first.Length > 0)];
        return firsts switch
        {
            [] => "",
            [var only] => only,
            [var first, .., var last] => first + last,
        };
    }

    private static string First(string word)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if (char.IsLetterOrDigit(word, i))
            {
                return StringInfo.GetNextTextElement(word, i).ToUpperInvariant();
            }
        }

        return "";
    }
}

namespace ChatStream.Web.Conversations.Foreign;

/// <summary>Writes Markdown.</summary>
internal static class Markdown
{
    /// <summary>A block of code. Its fence is longer than any that the code has.</summary>
    public static string Block(string code, string language)
    {
        var (longest, run) = (2, 0);
        foreach (var character in code)
        {
            run = character == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }
        var fence = new string('`', longest + 1);
        return $"{fence}{(language.All(char.IsAsciiLetterOrDigit) ? language : "")}\n{code}\n{fence}";
    }
}

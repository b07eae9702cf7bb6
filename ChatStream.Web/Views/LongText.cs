namespace ChatStream.Web.Views;

/// <summary>
/// Tells which messages of the user are folded: those of more than about 18 lines, of which 15 stay visible. The script has the
/// same rule.
/// </summary>
public static class LongText
{
    private const int Most = 18;

    /// <summary>About the width of a line. A letter of Chinese and its like is as wide as two others.</summary>
    private const int Width = 72;

    public static bool Is(string text)
    {
        var (lines, used) = (1, 0);
        foreach (var unit in text)
        {
            var isEnd = unit == '\n';
            used = isEnd ? 0 : used + (unit < '\u2e80' ? 1 : 2);
            if (used > Width)
                used -= Width;
            else if (!isEnd)
                continue;
            if (++lines > Most)
                return true;
        }
        return false;
    }
}

using System.Text;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Conversations;

/// <summary>Cuts out of a text the piece in which the words of a query are.</summary>
internal static class Excerpt
{
    /// <summary>UTF-16 units of an excerpt, about: two or three lines of the list.</summary>
    private const int Longest = 160;

    /// <summary>UTF-16 units before the first word. A sentence that begins within them is shown from its beginning.</summary>
    private const int Before = 50;

    /// <summary>UTF-16 units in which different words count as near to each other.</summary>
    private const int Near = Longest - Before;

    private const string SentenceEnds = ".!?…。！？\n";

    /// <summary>The piece that has the most different words of the query, in parts. The beginning, if it has none.</summary>
    public static IReadOnlyList<ExcerptPart> Of(string text, IReadOnlyList<IReadOnlyList<SearchTerm>> words)
    {
        var found = Best(FoundWords.In(text, words), words.Count);
        var first = found.Count > 0 ? found[0].Start : 0;
        var from = Begin(text, first);
        var to = End(text, from, found.Count > 0 ? found[0].End : 0);
        var parts = new List<ExcerptPart>();
        var at = from;
        foreach (var (start, end) in Joined(found.Where(word => word.End <= to)))
        {
            Add(text[at..start], match: null);
            Add(text[start..end], match: true);
            at = end;
        }
        Add(text[at..to], match: null);
        var rest = text.AsSpan(to, Math.Min(text.Length - to, Longest));
        return Trimmed(parts, isCutBefore: !IsBeginning(text, from), isCutAfter: !rest.IsWhiteSpace());

        void Add(string part, bool? match)
        {
            if (part.Length > 0)
                parts.Add(new ExcerptPart(OneLine(part), match));
        }
    }

    // The first words that stand near to each other and are the most different ones.
    private static List<FoundWord> Best(IEnumerable<FoundWord> found, int words)
    {
        var (best, bestScore) = (new List<FoundWord>(), 0);
        var near = new List<FoundWord>();
        foreach (var word in found)
        {
            near.Add(word);
            near.RemoveAll(earlier => earlier.Start < word.End - Near);
            var score = Score(near);
            if (score > bestScore || (near.Count > 0 && best.Count > 0 && near[0] == best[0]))
                (best, bestScore) = ([.. near], Math.Max(score, bestScore));
            // All words are there, and what can be seen beside them.
            else if (bestScore == 2 * words)
                break;
        }
        return [.. best.Where(word => word.IsWhole || !best.Any(other => other.IsWhole && other.Word == word.Word))];
    }

    private static int Score(List<FoundWord> found) =>
        found.GroupBy(word => word.Word).Sum(same => same.Any(word => word.IsWhole) ? 2 : 1);

    private static int Begin(string text, int first)
    {
        var earliest = Math.Max(0, first - Before);
        for (var i = first - 1; i >= earliest; i--)
            if (IsSentenceEnd(text, i))
                return i + 1;
        if (earliest == 0)
            return 0;
        for (var i = earliest; i < first; i++)
            if (char.IsWhiteSpace(text[i]))
                return i + 1;
        return char.IsLowSurrogate(text[earliest]) ? earliest + 1 : earliest;
    }

    private static int End(string text, int from, int needed)
    {
        var end = Math.Max(needed, from + Longest);
        if (end >= text.Length)
            return text.Length;
        for (var i = end; i > Math.Max(needed, end - Before); i--)
            if (char.IsWhiteSpace(text[i]))
                return i;
        return char.IsLowSurrogate(text[end]) ? end - 1 : end;
    }

    private static List<(int Start, int End)> Joined(IEnumerable<FoundWord> words)
    {
        var joined = new List<(int Start, int End)>();
        foreach (var word in words.OrderBy(word => word.Start))
        {
            if (joined.Count > 0 && word.Start <= joined[^1].End)
                joined[^1] = (joined[^1].Start, Math.Max(joined[^1].End, word.End));
            else
                joined.Add((word.Start, word.End));
        }
        return joined;
    }

    // A sentence that begins here is not cut.
    private static bool IsBeginning(string text, int from) => from == 0 || IsSentenceEnd(text, from - 1);

    // A full stop is one if a blank follows; that of a script without spaces always is.
    private static bool IsSentenceEnd(string text, int i) => SentenceEnds.Contains(text[i], StringComparison.Ordinal)
        && (text[i] is '\n' or > '\u2FFF' || i + 1 == text.Length || char.IsWhiteSpace(text[i + 1]));

    private static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c))
                line.Append(c);
            else if (line.Length == 0 || line[^1] != ' ')
                line.Append(' ');
        }
        return line.ToString();
    }

    private static List<ExcerptPart> Trimmed(List<ExcerptPart> parts, bool isCutBefore, bool isCutAfter)
    {
        if (parts.Count == 0)
            return parts;
        parts[0] = parts[0] with { Text = parts[0].Text.TrimStart() };
        parts[^1] = parts[^1] with { Text = parts[^1].Text.TrimEnd() };
        if (isCutBefore)
            parts.Insert(0, new ExcerptPart("…"));
        if (isCutAfter)
            parts.Add(new ExcerptPart("…"));
        var whole = new List<ExcerptPart>();
        foreach (var part in parts.Where(part => part.Text.Length > 0))
        {
            if (whole.Count > 0 && whole[^1].Match == part.Match)
                whole[^1] = part with { Text = whole[^1].Text + part.Text };
            else
                whole.Add(part);
        }
        return whole;
    }
}

using System.Globalization;
using System.Text;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Conversations;

/// <summary>
/// Cuts text into search terms, the same way for every database. Terms are words in lower case, without accents and with ß as ss.
/// In scripts without spaces between words, they are pairs of neighbouring characters: neither FTS5's tokenizers nor PostgreSQL's
/// parser know where a Chinese word ends.
/// </summary>
internal static class SearchTerms
{
    /// <summary>Characters. A longer term is cut: users do not type such words, and PostgreSQL limits a lexeme to 2 KB.</summary>
    private const int LongestTerm = 64;

    /// <summary>
    /// Bytes of all terms of one text, as the index has them. More would hold up other writes for more than a tenth of a second,
    /// and PostgreSQL keeps up to 1 MB. Text after that is stored but not found.
    /// </summary>
    private const int MostBytes = 200_000;

    /// <summary>Characters of a text that are looked at, decomposed. A character can be eighteen.</summary>
    private const int MostDecomposed = 2_000_000;

    /// <summary>Characters that are decomposed at once.</summary>
    private const int Piece = 4096;

    /// <summary>The most words of a query. Each is a look at the index, and more words are hardly more exact.</summary>
    private const int MostWords = 8;

    /// <summary>The most terms of a word of a query.</summary>
    private const int MostTermsOfWord = 32;

    /// <summary>Letters that users take for variants of others but Unicode takes for letters of their own.</summary>
    private static readonly Dictionary<int, string> Folded = new()
    {
        ['ß'] = "ss",
        ['æ'] = "ae",
        ['œ'] = "oe",
        ['ø'] = "o",
        ['đ'] = "d",
        ['ħ'] = "h",
        ['ı'] = "i",
        ['ł'] = "l",
        ['ς'] = "σ",
    };

    /// <summary>The terms of a text, each once.</summary>
    public static IReadOnlyCollection<string> Of(string text)
    {
        var terms = new HashSet<string>(StringComparer.Ordinal);
        var room = MostBytes;
        foreach (var (run, isUnspaced) in Runs(text))
        {
            if (!isUnspaced)
            {
                if (!TryAdd(Cut(run)))
                    return terms;
                continue;
            }
            foreach (var term in Pairs(run))
            {
                if (!TryAdd(term))
                    return terms;
            }
        }
        return terms;

        bool TryAdd(string term)
        {
            if (!terms.Add(term))
                return true;
            room -= SearchTerm.KeyLength + Encoding.UTF8.GetByteCount(term);
            if (room >= 0)
                return true;
            terms.Remove(term);
            return false;
        }
    }

    /// <summary>The terms of a text that goes on where another ends. The first word may begin in the other one.</summary>
    public static IReadOnlyCollection<string> Of(string text, string before) => Of(LastWord(before) + text);

    /// <summary>What follows the last white space of a text, as far as a term can reach.</summary>
    public static string LastWord(string text)
    {
        var start = Math.Max(0, text.Length - LongestTerm);
        while (start < text.Length && char.IsLowSurrogate(text[start]))
            start++;
        return text[Math.Max(start, text.AsSpan().LastIndexOfAny(" \n\t") + 1)..];
    }

    /// <summary>
    /// The terms of a query, for each of its words those that one text must have. The last term of a word, and a single character
    /// of a script without spaces, may be the beginning of a longer term.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<SearchTerm>> OfQuery(string query) =>
        [.. Runs(query).Distinct().Take(MostWords).Select(Word)];

    private static IEnumerable<string> Pairs(string run)
    {
        var characters = Characters(run);
        // The last by itself, so that it is found as the beginning of a term.
        return characters.Zip(characters.Skip(1), (first, second) => first + second).Append(characters[^1]);
    }

    private static IReadOnlyList<SearchTerm> Word((string Run, bool IsUnspaced) word)
    {
        if (!word.IsUnspaced)
            return [new SearchTerm(Cut(word.Run), IsPrefix: true)];
        var characters = Characters(word.Run);
        return characters.Count == 1
            ? [new SearchTerm(characters[0], IsPrefix: true)]
            : [.. characters.Zip(characters.Skip(1), (first, second) => new SearchTerm(first + second, IsPrefix: false))
                .Take(MostTermsOfWord)];
    }

    private static IEnumerable<(string Run, bool IsUnspaced)> Runs(string text)
    {
        var run = new StringBuilder();
        bool? kind = null;
        var left = MostDecomposed;
        foreach (var piece in Decomposed(text))
        {
            for (var at = 0; at < piece.Length && left > 0; left--)
            {
                Rune.DecodeFromUtf16(piece.AsSpan(at), out var rune, out var length);
                at += length;
                if (!rune.IsAscii && IsAccent(rune))
                    continue;
                var next = KindOf(rune);
                if (next != kind && run.Length > 0)
                {
                    yield return (run.ToString(), kind!.Value);
                    run.Clear();
                }
                kind = next;
                if (next is null)
                    continue;
                if (rune.IsAscii)
                    run.Append(char.ToLowerInvariant((char)rune.Value)); // Fold would make a string of each letter
                else
                    run.Append(Fold(rune));
            }
        }
        if (run.Length > 0)
            yield return (run.ToString(), kind!.Value);
    }

    private static IEnumerable<string> Decomposed(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var end = EndOfPiece(text, at);
            var piece = text[at..end];
            yield return Ascii.IsValid(piece) ? piece : WellFormed(piece).Normalize(NormalizationForm.FormKD);
            at = end;
        }
    }

    // A character and the marks on it stay together, unless there are so many that it is no text.
    private static int EndOfPiece(string text, int from)
    {
        var end = Math.Min(text.Length, from + Piece);
        var last = Math.Min(text.Length, end + Piece);
        while (end < last && GoesOn(text[end]))
            end++;
        return end;
    }

    /// <summary>True for what belongs to the character before it.</summary>
    internal static bool GoesOn(char next) => char.IsLowSurrogate(next) || CharUnicodeInfo.GetUnicodeCategory(next)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>A character as terms have it.</summary>
    internal static string Fold(Rune rune)
    {
        var lower = Rune.ToLowerInvariant(rune);
        return Folded.TryGetValue(lower.Value, out var folded) ? folded : lower.ToString();
    }

    /// <summary>True for a mark that terms are without.</summary>
    internal static bool IsAccent(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark && !IsUnspaced(rune);

    /// <summary>Null: between words. True: of a script without spaces between words.</summary>
    internal static bool? KindOf(Rune rune) => IsTermCharacter(rune) ? IsUnspaced(rune) : null;

    // Half a surrogate pair and U+FFFE cannot be normalised.
    internal static string WellFormed(string text) =>
        Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\uFFFE', '\uFFFD');

    private static List<string> Characters(string run) => [.. run.EnumerateRunes().Select(rune => rune.ToString())];

    private static string Cut(string word) =>
        word.Length <= LongestTerm ? word : word[..(char.IsHighSurrogate(word[LongestTerm - 1]) ? LongestTerm - 1 : LongestTerm)];

    private static bool IsTermCharacter(Rune rune) => Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(
            rune) is UnicodeCategory.LetterNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    // Thai, Lao, Khmer, Myanmar; kana and their kin; Han. Hangul is written with spaces.
    private static bool IsUnspaced(Rune rune) => rune.Value
        is (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF)
        or (>= 0x2E80 and <= 0x312F) or (>= 0x31A0 and <= 0x31FF) or (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF)
        or (>= 0x20000 and <= 0x3FFFF);
}

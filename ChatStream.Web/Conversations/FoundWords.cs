using System.Text;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Conversations;

/// <summary>A word of a query in a text: which word, and where, in UTF-16 units.</summary>
/// <param name="Word">The word's place in the query.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="IsWhole">False: only two neighbouring characters of it, in a script without spaces.</param>
internal readonly record struct FoundWord(int Word, int Start, int End, bool IsWhole);

/// <summary>
/// Finds the words of a query in a text, as the index does. The index itself does not know where in a text a term is.
/// </summary>
internal static class FoundWords
{
    /// <summary>UTF-16 units of a character with its marks that are looked at together.</summary>
    private const int LongestCharacter = 64;

    /// <summary>The words in the order of the text.</summary>
    public static IEnumerable<FoundWord> In(string text, IReadOnlyList<IReadOnlyList<SearchTerm>> words)
    {
        var terms = words.Select(word => word.Select(term => term.Term).ToList()).ToList();
        var run = new Run();
        foreach (var (rune, start, end) in Decomposed(text))
        {
            if (SearchTerms.IsAccent(rune))
            {
                run.End(end);
                continue;
            }
            var kind = SearchTerms.KindOf(rune);
            if (kind != run.IsUnspaced)
            {
                foreach (var found in run.Find(terms))
                    yield return found;
                run.Begin(kind);
            }
            if (kind is not null)
                run.Add(SearchTerms.Fold(rune), start, end);
        }
        foreach (var found in run.Find(terms))
            yield return found;
    }

    private static IEnumerable<(Rune Rune, int Start, int End)> Decomposed(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var end = at + 1;
            while (end < text.Length && end - at < LongestCharacter && SearchTerms.GoesOn(text[end]))
                end++;
            if (end == at + 1 && char.IsAscii(text[at]))
            {
                yield return (new Rune(text[at]), at, end);
            }
            else
            {
                foreach (
                    var rune in SearchTerms.WellFormed(text[at..end]).Normalize(NormalizationForm.FormKD).EnumerateRunes())
                    yield return (rune, at, end);
            }
            at = end;
        }
    }

    /// <summary>A word, or a row of characters of a script without spaces, and where its characters are in the text.</summary>
    private sealed class Run
    {
        private readonly StringBuilder _folded = new();
        private readonly List<(int Start, int End)> _places = [];

        /// <summary>Null: between words.</summary>
        public bool? IsUnspaced { get; private set; }

        public void Begin(bool? isUnspaced)
        {
            _folded.Clear();
            _places.Clear();
            IsUnspaced = isUnspaced;
        }

        public void Add(string folded, int start, int end)
        {
            _folded.Append(folded);
            for (var i = 0; i < folded.Length; i++)
                _places.Add((start, end));
        }

        /// <summary>A mark belongs to the character before it.</summary>
        public void End(int end)
        {
            if (_places.Count > 0)
                _places[^1] = (_places[^1].Start, end);
        }

        public IEnumerable<FoundWord> Find(List<List<string>> words)
        {
            if (_places.Count == 0)
                return [];
            var folded = _folded.ToString();
            return [.. words.SelectMany((terms, word) => Find(folded, word, terms)).OrderBy(found => found.Start)];
        }

        private List<FoundWord> Find(string folded, int word, List<string> terms)
        {
            // A word of a script without spaces may be anywhere; another one is the beginning of a run.
            if (IsUnspaced != true)
                return folded.StartsWith(terms[0], StringComparison.Ordinal) ? [Found(word, 0, terms[0], isWhole: true)] : [];
            var whole = Whole(terms);
            var found = All(folded, whole).Select(start => Found(word, start, whole, isWhole: true)).ToList();
            return found.Count > 0
                ? found
                : [.. terms.SelectMany(pair => All(folded, pair).Select(start => Found(word, start, pair, isWhole: false)))];
        }

        private FoundWord Found(int word, int start, string term, bool isWhole) =>
            new(word, _places[start].Start, _places[start + term.Length - 1].End, isWhole);

        // Each pair but the first adds its second character.
        private static string Whole(List<string> pairs) => string.Concat(pairs.Select((pair, i) =>
            i == 0 ? pair : pair[(char.IsHighSurrogate(pair[0]) ? 2 : 1)..]));

        private static IEnumerable<int> All(string folded, string term)
        {
            for (var at = folded.IndexOf(term, StringComparison.Ordinal); at >= 0;
                at = folded.IndexOf(term, at + 1, StringComparison.Ordinal))
                yield return at;
        }
    }
}

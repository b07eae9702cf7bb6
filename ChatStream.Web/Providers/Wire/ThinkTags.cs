using System.Text;

namespace ChatStream.Web.Providers.Wire;

/// <summary>
/// Takes the reasoning out of a text in which a server wraps it as <c>&lt;think&gt;…&lt;/think&gt;</c>. The tags may be cut
/// anywhere. One per answer.
/// </summary>
/// <remarks>
/// A tag counts only at the very beginning of an answer, because an answer may speak of such tags. Some chat templates write the
/// opening tag into the prompt, so that it does not come back. Only a setting can tell that.
/// </remarks>
/// <param name="beginsInside">Whether answers begin with reasoning although no opening tag comes.</param>
internal sealed class ThinkTags(bool beginsInside)
{
    /// <summary>
    /// Characters of white space that are held back. A model that writes nothing else must not fill the memory.
    /// </summary>
    private const int MostHeld = 256;

    private static readonly string[] Opening = ["<think>", "<thinking>"];
    private static readonly string[] Closing = ["</think>", "</thinking>"];

    private StringBuilder? _unclosed; // all that came since the reasoning began; null: some of it came over another connection
    private string _held = ""; // may be the beginning of a tag, or is white space before one
    private bool _beginsInside = beginsInside;
    private TagState _state;
    private bool _hasReasoning;
    private bool _isApart; // another piece of reasoning has begun

    /// <summary>Goes on where the text of an answer went on over an earlier connection.</summary>
    /// <param name="place">Where it was.</param>
    /// <param name="beginsInside">Whether answers begin with reasoning although no opening tag comes.</param>
    public ThinkTags(TagPlace place, bool beginsInside) : this(beginsInside)
    {
        (_state, _hasReasoning, _isApart, _held) = place;
    }

    /// <summary>True once nothing more is taken out, so that the text need not pass through here.</summary>
    public bool IsOver => _state == TagState.Text;

    /// <summary>Where the text is between the tags; null: nothing more is taken out.</summary>
    public TagPlace? Place => IsOver ? null : new TagPlace(_state, _hasReasoning, _isApart, _held);

    /// <summary>Takes the reasoning out of the text of a chunk.</summary>
    public void Take(AnswerChunk chunk)
    {
        // A server that sends the reasoning apart does not leave it in the text, whatever the setting says.
        if (_state == TagState.Start && chunk.Reasoning is { Length: > 0 })
            _beginsInside = false;
        if (IsOver || chunk.Text is not { Length: > 0 } piece)
            return;
        (var reasoning, chunk.Text) = Split(piece);
        if (reasoning is not null)
            chunk.Reasoning += reasoning;
    }

    /// <summary>For the end of the answer: adds to its last chunk what was held back.</summary>
    /// <param name="chunk">Has what else was held back, or nothing.</param>
    /// <param name="isComplete">False if the answer was cut off, and with it perhaps the reasoning.</param>
    /// <param name="whole">All of the text, where some of it came over another connection and it is known.</param>
    /// <returns>Whether the chunk has anything now.</returns>
    public bool TakeRest(AnswerChunk chunk, bool isComplete, string? whole = null)
    {
        Take(chunk);
        var (reasoning, text) = Rest(isComplete, whole);
        (chunk.Reasoning, chunk.Text) = (chunk.Reasoning + reasoning, chunk.Text + text);
        return chunk is not { Reasoning: "", Text: "" };
    }

    /// <summary>Takes the next piece of the text.</summary>
    /// <returns>What of the reasoning and of the text is certain now; null: nothing.</returns>
    public (string? Reasoning, string? Text) Split(string piece)
    {
        var (rest, reasoning) = (_held + piece, "");
        _held = "";
        if (_state == TagState.Start)
            rest = Begin(rest);
        else if (_state == TagState.Reasoning)
            _unclosed?.Append(piece);
        while (_state is TagState.Reasoning or TagState.Gap)
        {
            if (_state == TagState.Reasoning)
            {
                (var thought, rest) = Think(rest);
                reasoning += thought;
            }
            if (_state != TagState.Gap || !BeginsAgain(ref rest))
                break;
        }
        if (_state != TagState.Text)
            (_held, rest) = (rest, "");
        return (reasoning is "" ? null : reasoning, rest is "" ? null : rest);
    }

    /// <summary>
    /// For the end of the answer: what was held back. Reasoning that never ended, in an answer that did, was none: its text is
    /// the answer.
    /// </summary>
    /// <param name="isComplete">False if the answer was cut off, and with it perhaps the reasoning.</param>
    /// <param name="whole">All of the text, where some of it came over another connection and it is known.</param>
    public (string? Reasoning, string? Text) Rest(bool isComplete, string? whole = null)
    {
        var (held, state) = (_held, _state);
        (_held, _state) = ("", TagState.Text);
        return state switch
        {
            TagState.Start or TagState.Gap when held.Length > 0 => (null, held),
            TagState.Reasoning when isComplete && _unclosed is not null => (null, _unclosed.ToString()),
            TagState.Reasoning when isComplete && whole is not null => (null, UnclosedIn(whole)),
            TagState.Reasoning when held.Trim() is { Length: > 0 } thought => (thought, null),
            _ => (null, null),
        };
    }

    private string? UnclosedIn(string whole)
    {
        var again = new ThinkTags(_beginsInside);
        again.Split(whole);
        return again.Rest(isComplete: true).Text;
    }

    private string Begin(string text)
    {
        var start = text.TrimStart();
        var isOpened = First(start, Opening) is (0, _);
        if (!isOpened && MayBecome(start, Opening) && text.Length <= MostHeld)
            return text;
        _state = isOpened || _beginsInside ? TagState.Reasoning : TagState.Text;
        if (_state == TagState.Reasoning)
            _unclosed = new StringBuilder(text);
        return isOpened ? start[First(start, Opening)!.Value.Length..] : text;
    }

    // Some models think several times before they answer.
    private bool BeginsAgain(ref string rest)
    {
        rest = rest.TrimStart();
        if (First(rest, Opening) is (0, var length))
        {
            (_state, _unclosed, _isApart) = (TagState.Reasoning, new StringBuilder(rest), _hasReasoning);
            rest = rest[length..];
            return true;
        }
        if (rest.Length > 0 && !MayBecome(rest, Opening))
            _state = TagState.Text;
        return false;
    }

    private (string Reasoning, string Remaining) Think(string text)
    {
        var end = text.Length;
        if (First(text, Closing) is var (at, length))
        {
            (_state, end) = (TagState.Gap, at);
            return (Trim(text[..end]), text[(at + length)..]);
        }
        if (text.LastIndexOf('<') is >= 0 and var open && MayBecome(text[open..], Closing))
            end = open;
        if (end - text.AsSpan(0, end).TrimEnd().Length > MostHeld)
            return (text[..end], text[end..]);
        var thought = Trim(text[..end]);
        // White space goes out with what follows it: before the closing tag it is none of the reasoning.
        return (thought, text[text[..end].TrimEnd().Length..]);
    }

    private string Trim(string thought)
    {
        thought = _hasReasoning && !_isApart ? thought.TrimEnd() : thought.Trim();
        if (thought.Length == 0)
            return thought;
        var apart = _isApart ? "\n\n" : "";
        (_hasReasoning, _isApart) = (true, false);
        return apart + thought;
    }

    private static bool MayBecome(string text, string[] tags) =>
        tags.Any(tag => text.Length < tag.Length && tag.StartsWith(text, StringComparison.OrdinalIgnoreCase));

    private static (int At, int Length)? First(string text, string[] tags)
    {
        (int At, int Length)? first = null;
        foreach (var tag in tags)
        {
            var at = text.IndexOf(tag, StringComparison.OrdinalIgnoreCase);
            if (at >= 0 && (first is null || at < first.Value.At))
                first = (at, tag.Length);
        }
        return first;
    }
}

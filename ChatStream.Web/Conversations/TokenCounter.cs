using ChatStream.Web.Contract;
using Microsoft.ML.Tokenizers;

namespace ChatStream.Web.Conversations;

/// <summary>
/// Counts tokens as the gpt-4o and later models do (o200k). For other models it is an estimate, which is what trimming needs.
/// </summary>
internal sealed class TokenCounter
{
    /// <summary>What role and separators of a message cost beside its text.</summary>
    private const int PerMessage = 4;

    /// <summary>
    /// A run of letters or spaces is one piece to the tokenizer, whose time grows with the square of it: 80,000 ideographs took
    /// nine seconds. So text is counted in slices; a cut costs at most a token.
    /// </summary>
    private const int LargestSlice = 1024;

    // Its table takes a third of a second to load: the first message waits for it, the start of the app does not.
    private readonly Lazy<TiktokenTokenizer> _tokenizer = new(() => TiktokenTokenizer.CreateForModel("gpt-4o"));

    public int Count(string text)
    {
        var count = PerMessage;
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var length = SliceOf(rest);
            count += _tokenizer.Value.CountTokens(rest[..length]);
            rest = rest[length..];
        }
        return count;
    }

    /// <summary>
    /// The tokens of an answer: what the service says that it wrote, so that a long answer is not cut into tokens again; counted
    /// where it says nothing, or nothing that can be (a token is seldom more than a few words, and never less than a byte).
    /// </summary>
    public int Count(string text, UsagePayload? usage)
    {
        var written = (usage?.OutputTokens ?? 0) - (usage?.ReasoningTokens ?? 0);
        return written >= text.Length / 16 && written > 0 && written <= 3L * text.Length ? (int)written + PerMessage : Count(text);
    }

    /// <summary>Loads the table ahead of the first message.</summary>
    public void WarmUp() => _ = _tokenizer.Value;

    // Before a space where there is one: a word's token begins with the space before it.
    private static int SliceOf(ReadOnlySpan<char> text)
    {
        if (text.Length <= LargestSlice)
            return text.Length;
        var space = text[..LargestSlice].LastIndexOf(' ');
        return space > 0 ? space : char.IsHighSurrogate(text[LargestSlice - 1]) ? LargestSlice - 1 : LargestSlice;
    }
}

using ChatStream.Web.Contract;
using Microsoft.ML.Tokenizers;

namespace ChatStream.Web.Conversations;

/// <summary>
/// Counts tokens as gpt-4o and later models do (o200k). For other models the count is an estimate, which is enough for trimming.
/// </summary>
internal sealed class TokenCounter
{
    /// <summary>Bytes of the longest token in the table: a run of 128 spaces.</summary>
    public const int LongestToken = 128;

    /// <summary>What the role and the separators of a message cost in addition to its text.</summary>
    private const int PerMessage = 4;

    /// <summary>
    /// The tokenizer's time grows with the square of a run of letters or spaces: 80,000 ideographs took nine seconds. So text is
    /// counted in slices. A cut costs at most one token.
    /// </summary>
    private const int LargestSlice = 1024;

    /// <summary>
    /// Characters that are counted at once, which takes a few milliseconds. Longer texts wait for each other, and give the
    /// thread to others after each slice.
    /// </summary>
    private const int ShortText = 4 * LargestSlice;

    // Half of the processors stay free for the streams, as far as there are two.
    private static readonly SemaphoreSlim LongTexts = new(Math.Max(1, Environment.ProcessorCount / 2));

    // Loading the table takes a third of a second. The start of the app does not wait for it; the first message does.
    private readonly Lazy<TiktokenTokenizer> _tokenizer = new(() => TiktokenTokenizer.CreateForModel("gpt-4o"));

    /// <summary>The tokens of a message with this text.</summary>
    public int Count(string text) => PerMessage + CountText(text);

    /// <summary>The tokens of a text alone.</summary>
    public int CountText(string text)
    {
        var count = 0;
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var length = SliceOf(rest);
            count += _tokenizer.Value.CountTokens(rest[..length]);
            rest = rest[length..];
        }
        return count;
    }

    /// <summary>As <see cref="Count(string)"/>, and no more of a long text than is needed to know that it is too long.</summary>
    /// <param name="text">A text that a client sent.</param>
    /// <param name="most">Where counting stops.</param>
    /// <param name="cancellationToken">Cancelled when the client disconnects.</param>
    /// <returns>Null: more than <paramref name="most"/>.</returns>
    public async Task<int?> CountAsync(string text, long most, CancellationToken cancellationToken)
    {
        if (text.Length <= ShortText)
            return Count(text) is var all && all <= most ? all : null;
        await LongTexts.WaitAsync(cancellationToken);
        try
        {
            var count = PerMessage;
            for (var at = 0; at < text.Length && count <= most;)
            {
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
                var length = SliceOf(text.AsSpan(at));
                count += _tokenizer.Value.CountTokens(text.AsSpan(at, length));
                at += length;
            }
            return count <= most ? count : null;
        }
        finally
        {
            LongTexts.Release();
        }
    }

    /// <summary>
    /// The tokens of an answer. The service's own count is taken, so that a long answer need not be counted again. Where the
    /// service says nothing, or something impossible, the text is counted: a token is seldom more than a few words and never less
    /// than a byte.
    /// </summary>
    public int Count(string text, UsagePayload? usage)
    {
        var written = (usage?.OutputTokens ?? 0) - (usage?.ReasoningTokens ?? 0);
        return written >= text.Length / 16 && written > 0 && written <= 3L * text.Length
            ? (int)written + PerMessage : Count(text);
    }

    // Cuts before a space where there is one, because a word's token begins with the space before it.
    private static int SliceOf(ReadOnlySpan<char> text)
    {
        if (text.Length <= LargestSlice)
            return text.Length;
        var space = text[..LargestSlice].LastIndexOf(' ');
        return space > 0 ? space : char.IsHighSurrogate(text[LargestSlice - 1]) ? LargestSlice - 1 : LargestSlice;
    }

    /// <summary>Loads the table in the background while the app starts, so that the first message need not wait for it.</summary>
    internal sealed class WarmUp(TokenCounter tokens) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
            Task.Run(() => tokens._tokenizer.Value, stoppingToken);
    }
}

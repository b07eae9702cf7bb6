using Microsoft.ML.Tokenizers;

namespace ChatStream.Web.Conversations;

/// <summary>
/// Counts tokens as the gpt-4o and later models do (o200k). For other models it is an estimate, which is what trimming needs.
/// </summary>
internal sealed class TokenCounter
{
    /// <summary>What role and separators of a message cost beside its text.</summary>
    private const int PerMessage = 4;

    // Its table takes a third of a second to load: the first message waits for it, the start of the app does not.
    private readonly Lazy<TiktokenTokenizer> _tokenizer = new(() => TiktokenTokenizer.CreateForModel("gpt-4o"));

    public int Count(string text) => _tokenizer.Value.CountTokens(text) + PerMessage;

    /// <summary>Loads the table ahead of the first message.</summary>
    public void WarmUp() => _ = _tokenizer.Value;
}

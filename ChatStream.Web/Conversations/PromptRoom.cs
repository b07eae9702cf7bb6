using Microsoft.Extensions.Options;

namespace ChatStream.Web.Conversations;

/// <summary>The system prompt, and the room that it leaves for a conversation.</summary>
internal sealed class PromptRoom(TokenCounter tokens, IOptions<PromptOptions> options)
{
    // Counted with the first start: the tokenizer's table takes a third of a second to load.
    private readonly Lazy<int> _ofPrompt = new(() =>
        options.Value.SystemPrompt is { Length: > 0 } prompt ? tokens.Count(prompt) : 0);

    /// <summary>Sent first, always. Empty: none.</summary>
    public string SystemPrompt => options.Value.SystemPrompt;

    /// <summary>Tokens of the system prompt.</summary>
    public int PromptTokens => _ofPrompt.Value;

    /// <summary>Tokens that messages may have together, with the instructions of the conversation.</summary>
    /// <param name="modelContext">How many tokens the model can read and write in all; null: not known.</param>
    public int TokensFor(int? modelContext) => options.Value.TokensFor(modelContext) - PromptTokens;
}

using Microsoft.Extensions.Options;

namespace ChatStream.Web.Conversations;

/// <summary>The system prompt, and the room that it leaves for a conversation.</summary>
internal sealed class PromptRoom(TokenCounter tokens, IOptions<PromptOptions> options)
{
    // Counted with the first start: the tokenizer's table takes a third of a second to load.
    private readonly Lazy<int> _room = new(() =>
        options.Value.ContextTokens - (options.Value.SystemPrompt is { Length: > 0 } prompt ? tokens.Count(prompt) : 0));

    /// <summary>Sent first, always. Empty: none.</summary>
    public string SystemPrompt => options.Value.SystemPrompt;

    /// <summary>Tokens that messages may have together.</summary>
    public int Tokens => _room.Value;
}

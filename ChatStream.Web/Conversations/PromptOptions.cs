using System.ComponentModel.DataAnnotations;

namespace ChatStream.Web.Conversations;

/// <summary>What is sent to the model besides the conversation, and how much of that.</summary>
internal sealed class PromptOptions
{
    public const string Section = "Chat";

    /// <summary>Sent first, always. Empty: none.</summary>
    public string SystemPrompt { get; init; } = "";

    /// <summary>How many tokens of a conversation are sent at the most, system prompt included: the newest messages win.</summary>
    [Range(256, 10_000_000)]
    public int ContextTokens { get; init; } = 32_000;
}

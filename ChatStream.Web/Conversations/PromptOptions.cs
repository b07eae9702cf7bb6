using System.ComponentModel.DataAnnotations;

namespace ChatStream.Web.Conversations;

/// <summary>What is sent to the model in addition to the conversation, and how much of the conversation is sent.</summary>
internal sealed class PromptOptions
{
    public const string Section = "Chat";

    /// <summary>Sent first, always. Empty: none.</summary>
    public string SystemPrompt { get; init; } = "";

    /// <summary>The most tokens that are sent, system prompt included. The newest messages are sent first.</summary>
    [Range(256, 10_000_000)]
    public int ContextTokens { get; init; } = 32_000;
}

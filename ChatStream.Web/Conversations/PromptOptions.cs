using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

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

    /// <summary>The system prompt leaves room for a message.</summary>
    internal sealed class RoomCheck(TokenCounter tokens) : IValidateOptions<PromptOptions>
    {
        /// <summary>Tokens: a paragraph.</summary>
        private const int LeastRoom = 128;

        public ValidateOptionsResult Validate(string? name, PromptOptions options)
        {
            if (options.SystemPrompt.Length == 0)
                return ValidateOptionsResult.Success;
            var length = tokens.Count(options.SystemPrompt);
            return length + LeastRoom <= options.ContextTokens ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(
                $"{Section}:{nameof(SystemPrompt)} is {length} tokens long. {Section}:{nameof(ContextTokens)} is "
                + $"{options.ContextTokens}, and at least {LeastRoom} must be left for messages.");
        }
    }
}

using System.Globalization;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Conversations;

/// <summary>What is sent to the model in addition to the conversation, and how much of the conversation is sent.</summary>
internal sealed class PromptOptions
{
    public const string Section = "Chat";

    /// <summary>The value of <see cref="ContextTokens"/> that follows the model.</summary>
    public const string Auto = "auto";

    /// <summary>Tokens that are sent to a model whose size nobody said.</summary>
    private const int Usual = 32_000;

    private const int Least = 256;
    private const int Most = 10_000_000;

    /// <summary>The most that is kept free for an answer, where the size of the model decides.</summary>
    private const int LargestReserve = 32_000;

    /// <summary>Sent first, always. Empty: none.</summary>
    public string SystemPrompt { get; init; } = "";

    /// <summary>
    /// The most tokens that are sent, instructions included: a number, or <see cref="Auto"/>. The newest messages are sent first.
    /// </summary>
    public string ContextTokens { get; init; } = $"{Usual}";

    /// <summary>Whether the presets of the app are offered where no others are configured.</summary>
    public bool BuiltInPresets { get; init; } = true;

    private bool IsAuto => ContextTokens.Trim().Equals(Auto, StringComparison.OrdinalIgnoreCase);

    private int? Fixed => int.TryParse(ContextTokens, NumberStyles.None | NumberStyles.AllowLeadingWhite
        | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>
    /// The most tokens that are sent to a model. Where its size decides, a quarter of it is left for the answer, or 32,000 tokens
    /// if that is less.
    /// </summary>
    /// <param name="modelContext">How many tokens the model can read and write in all; null: not known.</param>
    public int TokensFor(int? modelContext) =>
        Fixed ?? (modelContext is { } all ? all - Math.Min(all / 4, LargestReserve) : Usual);

    /// <summary>The number of tokens can be used, and instructions leave room for a message.</summary>
    internal sealed class RoomCheck(TokenCounter tokens, IConfiguration settings) : IValidateOptions<PromptOptions>
    {
        /// <summary>Tokens: a paragraph.</summary>
        private const int LeastRoom = 128;

        public ValidateOptionsResult Validate(string? name, PromptOptions options)
        {
            if (!options.IsAuto && options.Fixed is not (>= Least and <= Most))
            {
                return ValidateOptionsResult.Fail(
                    $"{Section}:{nameof(ContextTokens)} must be {Auto}, or a number of tokens from {Least} to {Most}.");
            }
            if (options.SystemPrompt.Length == 0)
                return ValidateOptionsResult.Success;
            var (least, model) = SmallestOf(options);
            var length = tokens.Count(options.SystemPrompt);
            var room = options.IsAuto ? $"{Auto}, which is {least} for {model}" : $"{least}";
            return length + LeastRoom <= least ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(
                $"{Section}:{nameof(SystemPrompt)} is {length} tokens long. {Section}:{nameof(ContextTokens)} is "
                + $"{room}, and at least {LeastRoom} must be left for messages.");
        }

        // Read from the settings: the models' own options may have faults, which are told by themselves.
        private (int Tokens, string Model) SmallestOf(PromptOptions options) => settings.GetSection("Models").GetChildren()
            .Select(model => (Tokens: options.TokensFor(
                int.TryParse(model["ContextTokens"], CultureInfo.InvariantCulture, out var size) ? size : null),
                Model: $"the model '{model["Name"]}'"))
            .Append((Tokens: options.TokensFor(null), Model: "a model without ContextTokens"))
            .MinBy(model => model.Tokens);
    }
}

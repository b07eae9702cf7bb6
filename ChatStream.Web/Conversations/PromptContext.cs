using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Conversations;

/// <summary>One message as it is sent to the model.</summary>
/// <param name="Role">Who said it.</param>
/// <param name="Text">What was said.</param>
/// <param name="EncryptedReasoning">What goes before it, for the deployment that made it; null: nothing.</param>
internal readonly record struct ContextTurn(MessageRole Role, string Text, string? EncryptedReasoning = null)
{
    /// <summary>The calls of tools that an answer has made, with their places in the text; null: none.</summary>
    public IReadOnlyList<ToolCall>? Tools { get; init; }

    /// <summary>The ids of the messages of the user that it is made of; null: nobody asked for them.</summary>
    public IReadOnlyList<string>? MessageIds { get; init; }

    /// <summary>An answer with what continues it. The reasoning of a part is not that of the whole.</summary>
    public ContextTurn With(ContextTurn next)
    {
        var (begun, between) = (this, Role == MessageRole.User ? "\n\n" : "");
        var rounds = begun.Tools is [.., var last] ? last.Round : 0;
        var tools = next.Tools?.Select(call => call with { At = call.At + begun.Text.Length, Round = call.Round + rounds });
        return new ContextTurn(Role, Text + between + next.Text)
        {
            Tools = tools is null ? begun.Tools : [.. begun.Tools ?? [], .. tools],
            MessageIds = begun.MessageIds is null ? null : [.. begun.MessageIds, .. next.MessageIds ?? []],
        };
    }
}

/// <summary>What is read of answers beside their texts.</summary>
/// <param name="Reasoning">Their encrypted reasoning.</param>
/// <param name="Tools">Their calls of tools.</param>
/// <param name="Ids">The ids of messages, by which their files are found.</param>
internal readonly record struct ContextParts(bool Reasoning = false, bool Tools = false, bool Ids = false);

/// <summary>
/// What is sent to the model: the end of the path from the root to the answered message, as long as the budget allows.
/// </summary>
/// <param name="Turns">
/// Oldest first, of alternating roles, as some models demand. An answer and its continuations are one turn. So are messages of
/// the user without an answer between them that could be sent. A message that the service refused is left out.
/// </param>
/// <param name="IsContinuation">Whether the last turn is an answer to continue, not a message to answer.</param>
/// <param name="Tokens">Of all that is sent, as it was counted when it was stored.</param>
internal sealed record PromptContext(IReadOnlyList<ContextTurn> Turns, bool IsContinuation, long Tokens)
{
    /// <summary>Sent before the turns, in the place of what they begin after; null: nothing.</summary>
    public string? Summary { get; init; }
}

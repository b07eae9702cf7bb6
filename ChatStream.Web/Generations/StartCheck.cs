using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Providers;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Generations;

/// <summary>What of a start can be refused without a look at the database.</summary>
internal sealed class StartCheck(ModelCatalog catalog, TokenCounter tokens, IOptions<PromptOptions> options)
{
    private readonly Lazy<int> _promptTokens = new(() => options.Value.SystemPrompt is { Length: > 0 } prompt ? tokens.Count(prompt) : 0);

    /// <summary>The name of the model that is to answer.</summary>
    public string Model(StartRequest request) => request.Model is not { } name
        ? catalog.Default.Name
        : catalog.Find(name)?.Name ?? throw new RefusedException(400, "model", "There is no such model. GET /models lists those there are.", "unknown_model");

    public void Message(StartRequest request)
    {
        // Not every database can be asked for what has a NUL in it.
        if (request.ConversationId is { } conversationId && conversationId.Contains('\0', StringComparison.Ordinal))
            throw new RefusedException(404, "conversationId", "There is no such conversation.", "unknown_conversation");
        if (request.ParentId is { } parentId && parentId.Contains('\0', StringComparison.Ordinal))
            throw new RefusedException(404, "parentId", "There is no such message or conversation.", "unknown_message");
        if (request.Message is not { } message)
            return;
        if (string.IsNullOrWhiteSpace(message))
            throw new RefusedException(400, "message", "The message is empty.", "message_empty");
        if (message.Contains('\0', StringComparison.Ordinal))
            throw new RefusedException(400, "message", "The message has a NUL character in it.", "message_has_nul");

        var (length, room) = (tokens.Count(message), options.Value.ContextTokens - _promptTokens.Value);
        if (length > room)
            throw new RefusedException(400, "message", $"The message is {length} tokens long; at most {room} fit.", "message_too_long", length, room);
    }
}

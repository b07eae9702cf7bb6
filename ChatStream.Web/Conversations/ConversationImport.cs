using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Conversations;

/// <summary>Makes rows of an exported conversation. All ids are new, because the old ones may still be in use.</summary>
internal static class ConversationImport
{
    public const int MostMessages = 10_000;
    private const int LongestTitle = 200;

    /// <exception cref="RefusedException">400, naming the member at fault.</exception>
    public static (Conversation Conversation, List<Message> Messages) Read(
        Owner owner, ConversationTree tree, TokenCounter tokens)
    {
        if (tree.Messages.Count is 0 or > MostMessages)
            throw new RefusedException(400, "messages", $"A conversation must have 1 to {MostMessages} messages.");
        if (string.IsNullOrWhiteSpace(tree.Title) || tree.Title.Length > LongestTitle || HasNul(tree.Title))
            throw new RefusedException(400, "title", $"A title must have 1 to {LongestTitle} characters, without NUL.");

        var conversationId = Ids.New();
        var newIds = new Dictionary<string, string>(StringComparer.Ordinal);
        var messages = new List<Message>();
        for (var i = 0; i < tree.Messages.Count; i++)
        {
            var node = tree.Messages[i];
            Check(node, $"messages[{i}]", newIds);
            newIds.Add(node.Id, Ids.New());
            messages.Add(ToMessage(node, newIds, conversationId, owner, tokens));
        }
        if (!newIds.TryGetValue(tree.LeafId, out var leafId))
            throw new RefusedException(400, "leafId", "No message has this id.");
        return (new Conversation
        {
            Id = conversationId,
            OwnerId = owner.Id,
            Title = tree.Title,
            LeafId = leafId,
            CreatedAt = tree.CreatedAt,
            UpdatedAt = tree.UpdatedAt,
        }, messages);
    }

    private static void Check(MessageNode? node, string at, Dictionary<string, string> earlier)
    {
        if (node is null)
            throw new RefusedException(400, at, "A message must be an object.");
        if (earlier.ContainsKey(node.Id))
            throw new RefusedException(400, $"{at}.id", "Another message has this id already.");
        // Parents must come before their children. So there can be no circle.
        if (node.ParentId is not null && !earlier.ContainsKey(node.ParentId))
            throw new RefusedException(400, $"{at}.parentId", "No message before this one has this id.");
        if (node.ParentId is null && node.Role == MessageRole.Assistant)
            throw new RefusedException(400, $"{at}.parentId", "An answer must have a parent.");
        if (!Enum.IsDefined(node.Role))
            throw new RefusedException(400, $"{at}.role", "There is no such role.");
        if (node.Role == MessageRole.User && MemberOfAnswer(node) is { } stray)
            throw new RefusedException(400, $"{at}.{stray}", "Only an answer has this.");
        if (node.FinishReason is { } reason && !Enum.IsDefined(reason))
            throw new RefusedException(400, $"{at}.finishReason", "There is no such reason.");
        if (node.Failure is { Code: var code } && !Enum.IsDefined(code))
            throw new RefusedException(400, $"{at}.failure.code", "There is no such code.");
        if (node.Failure?.Categories?.Any(category => category is null or ""
            || category.Contains(',', StringComparison.Ordinal)) == true)
            throw new RefusedException(400, $"{at}.failure.categories", "A category must be a name without a comma.");
        // PostgreSQL cannot store NUL.
        (string Member, string? Text)[] texts =
        [
            ("text", node.Text), ("reasoning", node.Reasoning), ("model", node.Model), ("failure.message", node.Failure?.Message),
            .. node.Failure?.Categories?.Select(category => ("failure.categories", (string?)category)) ?? [],
        ];
        foreach (var (member, text) in texts)
        {
            if (HasNul(text))
                throw new RefusedException(400, $"{at}.{member}", "The text must not have a NUL character.");
        }
    }

    private static string? MemberOfAnswer(MessageNode node) =>
        node.FinishReason is not null ? "finishReason" : node.Failure is not null ? "failure"
        : node.Usage is not null ? "usage" : node.Model is not null ? "model"
        : node.Reasoning is not null ? "reasoning" : null;

    private static bool HasNul(string? text) => text?.Contains('\0', StringComparison.Ordinal) == true;

    private static Message ToMessage(
        MessageNode node, Dictionary<string, string> newIds, string conversationId, Owner owner, TokenCounter tokens)
    {
        var isAnswer = node.Role == MessageRole.Assistant;
        return new Message
        {
            Id = newIds[node.Id],
            ConversationId = conversationId,
            OwnerId = owner.Id,
            ParentId = node.ParentId is { } parent ? newIds[parent] : null,
            Role = node.Role,
            Text = node.Text,
            Reasoning = isAnswer ? node.Reasoning : null,
            Tokens = tokens.Count(node.Text),
            CreatedAt = node.CreatedAt,
            Model = isAnswer ? node.Model ?? "" : null,
            // It was exported while it ran, and here no generation goes on with it.
            FinishReason = isAnswer ? node.FinishReason ?? FinishReason.Interrupted : null,
            FailureCode = isAnswer ? node.Failure?.Code : null,
            FailureMessage = isAnswer ? node.Failure?.Message : null,
            FailureCategories = isAnswer ? Message.Joined(node.Failure?.Categories) : null,
            RetryAfter = isAnswer ? node.Failure?.RetryAfter : null,
            InputTokens = isAnswer ? node.Usage?.InputTokens : null,
            OutputTokens = isAnswer ? node.Usage?.OutputTokens : null,
            ReasoningTokens = isAnswer ? node.Usage?.ReasoningTokens : null,
            EndedAt = isAnswer ? node.CreatedAt : null,
        };
    }
}

using ChatStream.Web.Contract;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Conversations;

/// <summary>Finds paths, leaves and siblings in the tree of a conversation's messages.</summary>
internal static class MessageTree
{
    /// <summary>The path that ends with a message, root first.</summary>
    public static List<Message> PathTo(IReadOnlyDictionary<string, Message> messages, string leafId)
    {
        var path = new List<Message>();
        for (string? at = leafId; at is not null && messages.TryGetValue(at, out var message); at = message.ParentId)
            path.Add(message);
        path.Reverse();
        return path;
    }

    /// <summary>
    /// The leaf that is reached from a message by always taking the newest child; null where there is no such message.
    /// </summary>
    public static string? NewestLeafUnder(IReadOnlyCollection<Message> messages, string id)
    {
        if (messages.All(message => message.Id != id))
            return null;
        var children = messages.ToLookup(message => message.ParentId);
        while (children[id].MaxBy(Age) is { } newest)
            id = newest.Id;
        return id;
    }

    public static IEnumerable<Message> ParentsFirst(IReadOnlyCollection<Message> messages)
    {
        var children = messages.ToLookup(message => message.ParentId);
        var next = new Queue<Message>(children[null].OrderBy(Age));
        while (next.TryDequeue(out var message))
        {
            yield return message;
            foreach (var child in children[message.Id].OrderBy(Age))
                next.Enqueue(child);
        }
    }

    /// <summary>
    /// The ids of a message and its siblings, oldest first. They may differ in role: the continuation of an answer is a sibling
    /// of the message that was sent after that answer.
    /// </summary>
    public static List<string> Siblings(ILookup<string?, Message> byParent, Message message) =>
        [.. byParent[message.ParentId].OrderBy(Age).Select(other => other.Id)];

    public static MessageNode ToNode(Message message) => new()
    {
        Id = message.Id,
        ParentId = message.ParentId,
        Role = message.Role,
        Text = message.Text,
        Reasoning = message.Reasoning,
        CreatedAt = message.CreatedAt,
        Model = message.Model,
        State = message.Role == MessageRole.User ? null : message.IsRunning ? AnswerState.Running : AnswerState.Ended,
        FinishReason = message.FinishReason,
        Failure = message.Failure,
        Usage = message.Usage,
    };

    private static (DateTimeOffset, string) Age(Message message) => (message.CreatedAt, message.Id);
}

using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Conversations;

/// <summary>Finds paths and leaves in the tree of a conversation's messages.</summary>
internal static class MessageTree
{
    /// <summary>The path that ends with a message, root first, of messages that the context shows.</summary>
    public static async Task<List<Message>> PathToAsync(ChatDbContext db, string leafId, CancellationToken cancellationToken)
    {
        var messages = await db.Messages.FromSql($"""
            SELECT m.* FROM "Messages" AS m WHERE m."Id" IN (
                WITH RECURSIVE path("Id", "ParentId") AS (
                    SELECT l."Id", l."ParentId" FROM "Messages" AS l WHERE l."Id" = {leafId}
                    UNION ALL
                    SELECT p."Id", p."ParentId" FROM "Messages" AS p JOIN path ON p."Id" = path."ParentId")
                SELECT path."Id" FROM path)
            """).ToDictionaryAsync(message => message.Id, StringComparer.Ordinal, cancellationToken);
        var path = new List<Message>();
        for (string? at = leafId; at is not null && messages.TryGetValue(at, out var message); at = message.ParentId)
            path.Add(message);
        path.Reverse();
        return path;
    }

    /// <summary>
    /// The leaf that is reached from a message by always taking the newest child; null where the owner has no such message in the
    /// conversation. It reads an index only, no message.
    /// </summary>
    public static async Task<string?> NewestLeafUnderAsync(ChatDbContext db, string conversationId, string id) =>
        await db.Command($"""
            WITH RECURSIVE path("Id", "Depth") AS (
                SELECT m."Id", 0 FROM "Messages" AS m
                WHERE m."Id" = @id AND m."ConversationId" = @conversation AND m."OwnerId" = @owner
                UNION ALL
                SELECT (
                    SELECT c."Id" FROM "Messages" AS c WHERE c."ConversationId" = @conversation AND c."ParentId" = path."Id"
                    ORDER BY c."CreatedAt" DESC, c."Id"{db.Ordinal} DESC LIMIT 1), path."Depth" + 1
                FROM path WHERE path."Id" IS NOT NULL)
            SELECT "Id" FROM path WHERE "Id" IS NOT NULL ORDER BY "Depth" DESC LIMIT 1
            """).With("@id", id).With("@conversation", conversationId).ExecuteScalarAsync() as string;

    public static IEnumerable<Message> ParentsFirst(IReadOnlyCollection<Message> messages)
    {
        var children = messages.ToLookup(message => message.ParentId);
        var next = new Queue<Message>(ByAge(children[null]));
        while (next.TryDequeue(out var message))
        {
            yield return message;
            foreach (var child in ByAge(children[message.Id]))
                next.Enqueue(child);
        }
    }

    public static MessageNode ToNode(Message message, IEnumerable<FileEntry> files) => new()
    {
        Id = message.Id,
        ParentId = message.ParentId,
        Role = message.Role,
        Text = message.Text,
        Files = files.ToList() is { Count: > 0 } some ? some : null,
        Reasoning = message.Reasoning,
        CreatedAt = message.CreatedAt,
        Model = message.Model,
        Effort = message.Effort,
        Deployment = message.Deployment,
        AnsweredModel = message.AnsweredModel,
        Tools = message.Tools.Count > 0 ? [.. message.Tools.Select(call => call.ToListed())] : null,
        State = message.Role == MessageRole.User ? null : message.IsRunning ? AnswerState.Running : AnswerState.Ended,
        FinishReason = message.FinishReason,
        Failure = message.Failure,
        Usage = message.Usage,
        EndedAt = message.IsRunning ? null : message.EndedAt,
        Feedback = message.Feedback,
    };

    private static IEnumerable<Message> ByAge(IEnumerable<Message> messages) =>
        messages.OrderBy(message => message.CreatedAt).ThenBy(message => message.Id, StringComparer.Ordinal);
}

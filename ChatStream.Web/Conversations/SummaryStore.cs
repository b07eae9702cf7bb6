using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Conversations;

/// <summary>Keeps the summaries of conversations.</summary>
internal sealed class SummaryStore(IChatDatabase database, TokenCounter tokens, TimeProvider time)
{
    /// <summary>What the model is asked, as it reads it later.</summary>
    public const string Asked =
        "Summarise our conversation so far. Your summary stands in the place of that part, which is no longer sent to you.";

    /// <summary>What stands before the text of a summary.</summary>
    public const string Heading = "Summary of our conversation so far:\n\n";

    private static readonly string Rule = $"A summary must have 1 to {SummaryNode.Longest} characters, without NUL.";

    /// <summary>The tokens of a summary, with the words around it.</summary>
    public int Count(string text) => tokens.Count(Asked) + tokens.Count(Heading + text);

    /// <summary>Stores a summary, or replaces the text of one.</summary>
    /// <param name="owner">The user.</param>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="messageId">The last message that it covers.</param>
    /// <param name="text">The text.</param>
    /// <param name="room">Tokens that fit into the smallest model: a summary may take half of them.</param>
    /// <returns>Null: the owner has no such conversation.</returns>
    /// <exception cref="RefusedException">400: the text; 404: the message; 409: there are too many.</exception>
    public async Task<SummaryNode?> KeepAsync(Owner owner, string conversationId, string messageId, string text, int room)
    {
        if (Fault(text) is { } fault)
            throw new RefusedException(400, "text", fault, "summary_not_valid");
        var length = Count(text);
        if (2L * length > room)
        {
            throw new RefusedException(
                400, "text", $"The summary is {length} tokens long; at most {room / 2} fit.", "summary_too_long",
                length, room / 2);
        }
        return await database.WriteAsync(owner, async db =>
        {
            // Locks the row, so that the number of its summaries is known.
            if (await db.Conversations.Where(c => c.Id == conversationId)
                .ExecuteUpdateAsync(c => c.SetProperty(x => x.LeafId, x => x.LeafId)) == 0)
                return null;
            if (!await db.Messages.AnyAsync(m => m.Id == messageId && m.ConversationId == conversationId))
                throw new RefusedException(404, "messageId", "There is no such message in this conversation.", "unknown_message");
            var known = await db.Summaries.FirstOrDefaultAsync(s => s.MessageId == messageId);
            if (known is not null)
                (known.Text, known.Tokens) = (text, length);
            else if (await db.Summaries.CountAsync(s => s.ConversationId == conversationId) >= SummaryNode.Most)
                throw TooMany();
            else
                db.Summaries.Add(known = New(owner, conversationId, messageId, text, length));
            await db.SaveChangesAsync();
            return ToNode(known);
        });
    }

    /// <summary>Removes a summary.</summary>
    /// <returns>False: there was none.</returns>
    public async Task<bool> RemoveAsync(Owner owner, string conversationId, string messageId) => await database.WriteAsync(
        owner,
        db => db.Summaries.Where(s => s.ConversationId == conversationId && s.MessageId == messageId)
            .ExecuteDeleteAsync(CancellationToken.None)) > 0;

    /// <summary>Why a text is no summary; null: it is one.</summary>
    public static string? Fault(string text) =>
        VisibleText.IsIn(text) && text.Length <= SummaryNode.Longest && !text.Contains('\0', StringComparison.Ordinal)
            ? null : Rule;

    public static SummaryNode ToNode(PathSummary summary) =>
        new() { MessageId = summary.MessageId, Text = summary.Text, CreatedAt = summary.CreatedAt };

    private static RefusedException TooMany() => new(
        409, null, $"A conversation has at most {SummaryNode.Most} summaries.", "too_many_summaries");

    private PathSummary New(Owner owner, string conversationId, string messageId, string text, int length) => new()
    {
        MessageId = messageId,
        ConversationId = conversationId,
        OwnerId = owner.Id,
        Text = text,
        Tokens = length,
        CreatedAt = time.GetUtcNow(),
    };
}

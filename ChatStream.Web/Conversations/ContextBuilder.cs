using ChatStream.Web.Contract;
using ChatStream.Web.Conversations.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Conversations;

/// <summary>One turn of what is sent to the model.</summary>
internal readonly record struct ContextTurn(MessageRole Role, string Text);

/// <summary>What the model is asked: the path from the root to the message that is answered, as far as the budget goes.</summary>
/// <param name="Turns">Oldest first. Answers that were continued are joined into one turn.</param>
/// <param name="IsContinuation">The last turn is an answer to go on with, not a message to answer.</param>
internal sealed record PromptContext(IReadOnlyList<ContextTurn> Turns, bool IsContinuation);

internal sealed class ContextBuilder(IChatDatabase database)
{
    // Two columns, because each one read is several calls into SQLite, and these may be thousands of rows. Answers without text are not
    // sent, nor those that failed or were filtered; the one that is answered always is.
    private static readonly string Path = $"""
        WITH RECURSIVE path("ParentId", "IsAnswer", "Text", "FinishReason", "Spent", "Depth") AS (
            SELECT m."ParentId", m."Role" = 'Assistant', m."Text", m."FinishReason", m."Tokens", 0
            FROM "Messages" AS m WHERE m."Id" = @id AND m."OwnerId" = @owner
            UNION ALL
            SELECT m."ParentId", m."Role" = 'Assistant', m."Text", m."FinishReason", path."Spent" + m."Tokens", path."Depth" + 1
            FROM "Messages" AS m JOIN path ON m."Id" = path."ParentId"
            WHERE path."Spent" + m."Tokens" <= @budget)
        SELECT "IsAnswer", "Text" FROM path
        WHERE "Depth" = 0 OR NOT "IsAnswer" OR ("Text" <> '' AND "FinishReason" IN ({SentReasons}))
        ORDER BY "Depth" DESC
        """;

    private static string SentReasons => string.Join(", ", Enum.GetValues<FinishReason>().Where(Message.IsSentToModels).Select(reason => $"'{reason}'"));

    /// <summary>
    /// Walks from the answered message towards the root until the budget is spent; the walk itself carries the sum, so a
    /// long conversation costs no more than a short one. The answered message is always sent, and its cost is always the first.
    /// </summary>
    /// <param name="owner">Whose conversation it is.</param>
    /// <param name="messageId">The message that is answered, or the answer that is continued.</param>
    /// <param name="budget">Tokens.</param>
    /// <param name="cancellationToken">The generation's.</param>
    public async Task<PromptContext> BuildAsync(Owner owner, string messageId, int budget, CancellationToken cancellationToken)
    {
        var turns = await ReadAsync(owner, messageId, budget, cancellationToken);
        // What is left of an answer whose question was trimmed away is no good start.
        var first = turns.FindIndex(turn => turn.Role == MessageRole.User);
        if (first > 0)
            turns.RemoveRange(0, first);
        return new PromptContext(turns, turns is [.., { Role: MessageRole.Assistant }]);
    }

    private async Task<List<ContextTurn>> ReadAsync(Owner owner, string messageId, int budget, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var rows = await db.Command(Path).With("@id", messageId).With("@budget", budget).ExecuteReaderAsync(cancellationToken);
        var turns = new List<ContextTurn>();
        while (await rows.ReadAsync(cancellationToken))
        {
            var turn = new ContextTurn(rows.GetBoolean(0) ? MessageRole.Assistant : MessageRole.User, rows.GetString(1));
            if (turn.Role == MessageRole.Assistant && turns is [.., { Role: MessageRole.Assistant } begun])
                turns[^1] = begun with { Text = begun.Text + turn.Text };
            else
                turns.Add(turn);
        }
        return turns;
    }
}

using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Conversations;

/// <summary>One message as it is sent to the model.</summary>
internal readonly record struct ContextTurn(MessageRole Role, string Text);

/// <summary>
/// What is sent to the model: the end of the path from the root to the answered message, as long as the budget allows.
/// </summary>
/// <param name="Turns">
/// Oldest first, of alternating roles, as some models demand. An answer and its continuations are one turn. So are messages of
/// the user without an answer between them that could be sent.
/// </param>
/// <param name="IsContinuation">Whether the last turn is an answer to continue, not a message to answer.</param>
internal sealed record PromptContext(IReadOnlyList<ContextTurn> Turns, bool IsContinuation);

/// <summary>Reads what is sent to the model from the database.</summary>
internal sealed class ContextBuilder(IChatDatabase database)
{
    /// <summary>How many parts the budget has, of which one goes at once.</summary>
    private const int Steps = 3;

    // Two columns only: each column read is several calls into SQLite, and there may be thousands of rows. Answers that have no
    // text, failed or were filtered are not sent and cost nothing. The answered message is sent however it ended. So is a part
    // that another one continues: what is sent of an answer is the text that the page shows, without a gap.
    private static readonly string Path = $"""
        WITH RECURSIVE path("ParentId", "IsAnswer", "IsSent", "Text", "Spent", "Depth", "Cut") AS (
            SELECT m."ParentId", m."Role" = 'Assistant', TRUE, m."Text", m."Tokens", 0, {Cut}
            FROM "Messages" AS m WHERE m."Id" = @id AND m."OwnerId" = @owner AND m."Tokens" <= @budget
            UNION ALL
            SELECT m."ParentId", m."Role" = 'Assistant', {IsSent}, m."Text", path."Spent" + {Cost}, path."Depth" + 1, path."Cut"
            FROM "Messages" AS m JOIN path ON m."Id" = path."ParentId"
            WHERE path."Spent" + {Cost} <= @budget AND (path."Cut" = 0 OR m."PathTokens" - {Cost} >= path."Cut"))
        SELECT "IsAnswer", "Text" FROM path WHERE "IsSent" ORDER BY "Depth" DESC
        """;

    // Where the path is cut off: the tokens before it. Past the budget a third of it goes at once, so that what is sent begins at
    // the same message for many turns. A service charges less for a beginning that it has read before.
    private const string Cut = """
        (CASE WHEN m."PathTokens" > @budget THEN (m."PathTokens" - @budget + @step - 1) / @step * @step ELSE 0 END)
        """;

    private static string IsSent => $"""
        (m."Role" = 'User' OR (m."Text" <> '' AND m."FinishReason" IS NOT NULL
            AND (m."FinishReason" IN ({SentReasons}) OR (path."IsAnswer" AND path."IsSent"))))
        """;

    private static string Cost => $"""(CASE WHEN {IsSent} THEN m."Tokens" ELSE 0 END)""";

    private static string SentReasons =>
        string.Join(", ", Enum.GetValues<FinishReason>().Where(Message.IsSentToModels).Select(reason => $"'{reason}'"));

    /// <summary>
    /// Walks from the answered message towards the root until the budget is spent, or the path is cut off. The query itself
    /// carries the sum, so a long conversation costs no more than a short one. The answered message is counted first. Without
    /// room for it there are no turns.
    /// </summary>
    /// <param name="owner">The conversation's owner.</param>
    /// <param name="messageId">The message to answer, or the answer to continue.</param>
    /// <param name="budget">In tokens.</param>
    /// <param name="cancellationToken">The generation's token.</param>
    public async Task<PromptContext> BuildAsync(Owner owner, string messageId, int budget, CancellationToken cancellationToken)
    {
        var turns = await ReadAsync(owner, messageId, budget, cancellationToken);
        // An answer whose question was trimmed away is dropped: a conversation begins with a user's message.
        var first = turns.FindIndex(turn => turn.Role == MessageRole.User);
        if (first > 0)
            turns.RemoveRange(0, first);
        return new PromptContext(turns, turns is [.., { Role: MessageRole.Assistant }]);
    }

    private async Task<List<ContextTurn>> ReadAsync(
        Owner owner, string messageId, int budget, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var rows = await db.Command(Path).With("@id", messageId).With("@budget", budget)
            .With("@step", Math.Max(1, budget / Steps)).ExecuteReaderAsync(cancellationToken);
        var turns = new List<ContextTurn>();
        while (await rows.ReadAsync(cancellationToken))
        {
            var turn = new ContextTurn(rows.GetBoolean(0) ? MessageRole.Assistant : MessageRole.User, rows.GetString(1));
            if (turns is [.., var begun] && begun.Role == turn.Role)
                turns[^1] = begun with { Text = begun.Text + (turn.Role == MessageRole.User ? "\n\n" : "") + turn.Text };
            else
                turns.Add(turn);
        }
        return turns;
    }
}

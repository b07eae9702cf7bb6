using System.Data.Common;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Conversations;

/// <summary>A summary that holds for a path.</summary>
/// <param name="MessageId">The last message that it covers.</param>
/// <param name="Text">Without the words around it.</param>
/// <param name="Tokens">Its length, with the words around it.</param>
/// <param name="PathTokens">The tokens of the path up to the message, as far as they are sent.</param>
/// <param name="CreatedAt">When it was accepted.</param>
internal sealed record SummaryInPlace(string MessageId, string Text, int Tokens, long PathTokens, DateTimeOffset CreatedAt)
{
    /// <summary>Whether it leaves at least as much room for messages as it takes.</summary>
    public bool FitsInto(int room) => 2L * Tokens <= room;
}

/// <summary>Reads what is sent to the model from the database.</summary>
internal sealed class ContextBuilder(IChatDatabase database)
{
    /// <summary>How many parts the budget has, of which one goes at once.</summary>
    private const int Steps = 3;

    // Few columns: each one that is read is several calls into SQLite, and there may be thousands of rows. Answers that have no
    // text, failed or were filtered are not sent and cost nothing, unless they have called tools. The answered message is sent
    // however it ended. So is a part that another one continues: what is sent of an answer is the text that the page shows,
    // without a gap. A message that the service refused is not sent again with the next one, because the next one would be
    // refused with it.
    // With a summary the path begins after the last message that it covers.
    private static readonly string Turns = TurnsWith("");

    // Encrypted reasoning is large, and few models want it back.
    private static readonly string TurnsWithReasoning = TurnsWith(Reasoning);

    // Ids are read where some message has files, or some answer has called tools.
    private static readonly string TurnsWithIds = TurnsWith(Ends, "\"Id\"");

    private static readonly string TurnsWithAll = TurnsWith(Ends + Reasoning, "\"Id\"");

    private const string Reasoning = ", m.\"EncryptedReasoning\"";

    private const string Ends = ", m.\"FinishReason\", m.\"FailureCode\", m.\"FailureOf\"";

    private static readonly string First = $"""
        {PathWith("")}
        SELECT "Id" FROM path WHERE "IsSent" AND NOT "IsAnswer" ORDER BY "Depth" DESC LIMIT 1
        """;

    private static string TurnsWith(string more, string id = "NULL") => OnOneLine($"""
        {PathWith(more)}
        SELECT "IsAnswer", "Text", "Spent", {id}{Named(more)} FROM path WHERE "IsSent" ORDER BY "Depth" DESC
        """);

    // Each answer has a copy of it made by the provider of SQLite. Half of it is indentation.
    private static string OnOneLine(string sql) =>
        string.Join(' ', sql.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string PathWith(string more) => $"""
        WITH RECURSIVE
            path("Id", "ParentId", "IsAnswer", "IsSent", "Refuses", "Text", "Spent", "Depth", "Cut"{Named(more)}) AS (
            SELECT m."Id", m."ParentId", m."Role" = 'Assistant', TRUE, FALSE, m."Text", m."Tokens", 0, {Cut}{more}
            FROM "Messages" AS m WHERE m."Id" = @id AND m."OwnerId" = @owner AND m."Tokens" <= @budget
            UNION ALL
            SELECT m."Id", m."ParentId", m."Role" = 'Assistant', {IsSent}, {Refuses}, m."Text",
                path."Spent" + {Cost}, path."Depth" + 1, path."Cut"{more}
            FROM "Messages" AS m JOIN path ON m."Id" = path."ParentId"
            WHERE path."Spent" + {Cost} <= @budget AND (path."Cut" = 0 OR m."PathTokens" - {Cost} >= path."Cut")
                AND m."Id" <> @covered)
        """;

    private static string Named(string columns) => columns.Replace("m.", "", StringComparison.Ordinal);

    // The nearest summary of what stands before a message of the user: an answer that goes on with a covered one needs it whole.
    private const string Summary = """
        WITH RECURSIVE up("ParentId", "IsAnswer", "Depth") AS (
            SELECT m."ParentId", m."Role" = 'Assistant', 0 FROM "Messages" AS m WHERE m."Id" = @id AND m."OwnerId" = @owner
            UNION ALL
            SELECT m."ParentId", m."Role" = 'Assistant', up."Depth" + 1
            FROM "Messages" AS m JOIN up ON m."Id" = up."ParentId")
        SELECT s."MessageId", s."Text", s."Tokens", m."PathTokens", s."CreatedAt"
        FROM up JOIN "Summaries" AS s ON s."MessageId" = up."ParentId" AND s."OwnerId" = @owner
            JOIN "Messages" AS m ON m."Id" = s."MessageId"
        WHERE NOT up."IsAnswer" ORDER BY up."Depth" LIMIT 1
        """;

    // Where the path is cut off: the tokens before it. Past the budget a third of it goes at once, so that what is sent begins at
    // the same message for many turns. A service charges less for a beginning that it has read before.
    private const string Cut = """
        (CASE WHEN m."PathTokens" - @before > @budget
            THEN @before + (m."PathTokens" - @before - @budget + @step - 1) / @step * @step ELSE 0 END)
        """;

    private static string IsSent => $"""
        (CASE WHEN m."Role" = 'User' THEN NOT path."Refuses" ELSE (m."Text" <> '' OR m."ToolTokens" > 0)
            AND m."FinishReason" IS NOT NULL
            AND (m."FinishReason" IN ({SentReasons}) OR m."ToolTokens" > 0 OR (path."IsAnswer" AND path."IsSent")) END)
        """;

    /// <summary>As <see cref="Message.RefusesQuestion"/>.</summary>
    private const string Refuses = $"""
        (m."ToolTokens" = 0 AND (COALESCE(m."FailureOf", '') = '{nameof(FilteredPart.Prompt)}'
            OR COALESCE(m."FailureCode", '') = '{nameof(FailureCode.ContextLengthExceeded)}'))
        """;

    private static string Cost => $"""(CASE WHEN {IsSent} THEN m."Tokens" ELSE 0 END)""";

    private static string SentReasons =>
        string.Join(", ", Enum.GetValues<FinishReason>()
            .Where(reason => Message.IsSentToModels(reason, toolTokens: 0)).Select(reason => $"'{reason}'"));

    /// <summary>
    /// Walks from the answered message towards the root until the budget is spent, or the path is cut off. The query itself
    /// carries the sum, so a long conversation costs no more than a short one. The answered message is counted first. Without
    /// room for it there are no turns.
    /// </summary>
    /// <param name="owner">The conversation's owner.</param>
    /// <param name="messageId">The message to answer, or the answer to continue.</param>
    /// <param name="budget">In tokens.</param>
    /// <param name="cancellationToken">The generation's token.</param>
    public Task<PromptContext> BuildAsync(Owner owner, string messageId, int budget, CancellationToken cancellationToken) =>
        BuildAsync(owner, messageId, budget, summary: null, default, cancellationToken);

    /// <summary>
    /// As the other, with a summary in the place of what it covers, and with more of each answer than its text. The budget is for
    /// summary and turns.
    /// </summary>
    public async Task<PromptContext> BuildAsync(
        Owner owner, string messageId, int budget, SummaryInPlace? summary, ContextParts parts,
        CancellationToken cancellationToken)
    {
        summary = summary?.FitsInto(budget) == true ? summary : null;
        var (turns, tokens) = await ReadAsync(owner, messageId, budget, summary, parts, cancellationToken);
        // An answer whose question was trimmed away is dropped: a conversation begins with a user's message.
        var first = turns.FindIndex(turn => turn.Role == MessageRole.User);
        if (first > 0)
            turns.RemoveRange(0, first);
        return new PromptContext(turns, turns is [.., { Role: MessageRole.Assistant }], tokens + (summary?.Tokens ?? 0))
        {
            Summary = summary?.Text,
        };
    }

    /// <summary>The first message that is sent; null: there is none.</summary>
    public async Task<string?> FirstAsync(
        Owner owner, string messageId, int budget, SummaryInPlace? summary, CancellationToken cancellationToken)
    {
        summary = summary?.FitsInto(budget) == true ? summary : null;
        await using var db = database.ReadAs(owner);
        await db.Database.OpenConnectionAsync(cancellationToken);
        return await Query(db, First, messageId, budget, summary).ExecuteScalarAsync(cancellationToken) as string;
    }

    /// <summary>The summary that holds for the path to a message; null: there is none.</summary>
    public async Task<SummaryInPlace?> FindSummaryAsync(Owner owner, string messageId, CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var row = await db.Command(Summary).With("@id", messageId).ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new SummaryInPlace(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetInt64(3),
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)))
            : null;
    }

    /// <summary>How many tokens are sent of a path, about: past the budget it is cut off in steps.</summary>
    /// <param name="pathTokens">From the root to the answered message.</param>
    /// <param name="budget">In tokens.</param>
    public static long SentOf(long pathTokens, int budget)
    {
        var step = StepOf(budget);
        return pathTokens <= budget ? pathTokens : pathTokens - ((pathTokens - budget + step - 1) / step * step);
    }

    private static int StepOf(int budget) => Math.Max(1, budget / Steps);

    private static DbCommand Query(ChatDbContext db, string sql, string messageId, int budget, SummaryInPlace? summary)
    {
        var room = budget - (summary?.Tokens ?? 0);
        return db.Command(sql).With("@id", messageId).With("@budget", room).With("@step", StepOf(room))
            .With("@before", summary?.PathTokens ?? 0L).With("@covered", summary?.MessageId ?? "");
    }

    private async Task<(List<ContextTurn> Turns, long Tokens)> ReadAsync(
        Owner owner, string messageId, int budget, SummaryInPlace? summary, ContextParts parts,
        CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(owner);
        await db.Database.OpenConnectionAsync(cancellationToken);
        var sql = (parts.Reasoning, parts.Tools || parts.Ids) switch
        {
            (false, false) => Turns,
            (true, false) => TurnsWithReasoning,
            (false, true) => TurnsWithIds,
            _ => TurnsWithAll,
        };
        var (turns, tokens, hasQuestion) = (new List<ContextTurn>(), 0L, false);
        var ids = parts.Tools || parts.Ids ? new List<string>() : null;
        var ends = new List<End>();
        await using (var rows = await Query(db, sql, messageId, budget, summary).ExecuteReaderAsync(cancellationToken))
        {
            while (await rows.ReadAsync(cancellationToken))
            {
                var turn = new ContextTurn(
                    rows.GetBoolean(0) ? MessageRole.Assistant : MessageRole.User, rows.GetString(1),
                    parts.Reasoning ? TextOf(rows, rows.FieldCount - 1) : null);
                if (ids is not null)
                {
                    ids.Add(rows.GetString(3));
                    ends.Add(new End(TextOf(rows, 4), TextOf(rows, 5), TextOf(rows, 6)));
                }
                if (parts.Ids)
                    turn = turn with { MessageIds = [ids![^1]] };
                // The sum from this message on. The first question begins what is sent.
                if (turns.Count == 0 || (!hasQuestion && turn.Role == MessageRole.User))
                    tokens = rows.GetInt64(2);
                hasQuestion |= turn.Role == MessageRole.User;
                turns.Add(turn);
            }
        }
        LeaveOutFiltered(turns, ends);
        if (parts.Tools)
            await AddToolsAsync(db, turns, ids!, ends, cancellationToken);
        else // some services refuse an answer without a word
            turns.RemoveAll(turn => turn is { Role: MessageRole.Assistant, Text.Length: 0 });
        return (Joined(turns), tokens);
    }

    private static List<ContextTurn> Joined(List<ContextTurn> turns)
    {
        for (var at = turns.Count - 1; at > 0; at--)
        {
            if (turns[at].Role != turns[at - 1].Role)
                continue;
            turns[at - 1] = turns[at - 1].With(turns[at]);
            turns.RemoveAt(at);
        }
        return turns;
    }

    private static async Task AddToolsAsync(
        ChatDbContext db, List<ContextTurn> turns, List<string> ids, List<End> ends, CancellationToken cancellationToken)
    {
        var calls = (await db.ToolCalls.AsNoTracking().Where(call => ids.Contains(call.MessageId))
            .OrderBy(call => call.Number).ToListAsync(cancellationToken)).ToLookup(call => call.MessageId);
        for (var i = 0; i < turns.Count; i++)
        {
            if (calls[ids[i]].ToList() is not { Count: > 0 } some)
                continue;
            if (ends[i].RefusesResults)
            {
                some = [.. some.Select(call =>
                    call.StartedAt is null ? call : call with { Result = ToolCall.NoResult, Files = null })];
            }
            turns[i] = turns[i] with { Tools = some };
        }
    }

    // What the filter stopped is not sent. A part that another one continues, and the answer to continue, are sent whole.
    private static void LeaveOutFiltered(List<ContextTurn> turns, List<End> ends)
    {
        for (var i = 0; i < ends.Count - 1; i++)
        {
            if (ends[i].IsFiltered && turns[i + 1].Role == MessageRole.User)
                turns[i] = turns[i] with { Text = "" };
        }
    }

    private static string? TextOf(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>How an answer ended, as the database has it.</summary>
    private readonly record struct End(string? Reason, string? Code, string? Of)
    {
        public bool IsFiltered => Reason == nameof(FinishReason.Filtered);

        public bool RefusesResults => Message.RefusesResults(
            Enum.TryParse<FailureCode>(Code, out var code) ? code : null,
            Enum.TryParse<FilteredPart>(Of, out var of) ? of : null);
    }
}

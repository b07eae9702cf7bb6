using System.Text.Json;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Conversations;

/// <summary>The journal of what was streamed of running answers; after a crash it makes whole answers of it.</summary>
internal sealed class CheckpointStore(IChatDatabase database, TokenCounter tokens, TimeProvider time)
{
    private const int RecoveredAtOnce = 100;

    /// <summary>
    /// Characters, about. A string of some more would be a large object, which the collector keeps for long, four times a second.
    /// </summary>
    private const int LargestRow = 16 * 1024;

    private const int AroundText = 70; // an id, a number, their names

    private const int RowsAtOnce = 16; // some milliseconds

    private const string Trim = """
        DELETE FROM "Checkpoints" WHERE "Id" < @keepFrom
        """;

    private const string Append = """
        INSERT INTO "Checkpoints" ("Pieces") VALUES (@pieces) RETURNING "Id"
        """;

    /// <summary>
    /// Appends the pieces of all running answers as one checkpoint, of as few rows as are reasonably short, and removes those that
    /// nobody needs any more. Past the entities: this is done four times a second.
    /// </summary>
    /// <returns>The id of the checkpoint's last row, above all before it; 0 where there are no pieces.</returns>
    public async Task<long> AppendAsync(IReadOnlyList<Piece> pieces, long keepFrom)
    {
        // Not in the transaction, for which everybody waits.
        var rows = await RowsAsync(pieces);
        return await database.WriteAsync(default, async db =>
        {
            await db.Command(Trim).With("@keepFrom", keepFrom).ExecuteNonQueryAsync();
            var last = 0L;
            foreach (var row in rows)
                last = (long)(await db.Command(Append).With("@pieces", row).ExecuteScalarAsync())!;
            return last;
        });
    }

    private static async Task<List<string>> RowsAsync(IReadOnlyList<Piece> pieces)
    {
        var rows = new List<string>();
        var row = new List<Piece>();
        var characters = 0;
        foreach (var piece in pieces)
        {
            row.Add(piece);
            characters += piece.Text.Length + (piece.Reasoning?.Length ?? 0) + AroundText;
            if (characters < LargestRow)
                continue;
            End();
            // Of thousands of answers it is much work, and their streams are read by the same threads.
            if (rows.Count % RowsAtOnce == 0)
                await Task.Yield();
        }
        if (row.Count > 0)
            End();
        return rows;

        void End()
        {
            rows.Add(JsonSerializer.Serialize(row, PieceJson.Pieces.IReadOnlyListPiece));
            row.Clear();
            characters = 0;
        }
    }

    /// <summary>What the journal has of these answers, those of which it has anything.</summary>
    public static async Task<Dictionary<string, KeptText>> ReadAsync(ChatDbContext db, IReadOnlySet<string> messageIds, CancellationToken cancellationToken)
    {
        var kept = new Dictionary<string, KeptText>(StringComparer.Ordinal);
        if (messageIds.Count == 0)
            return kept;
        var journal = db.Checkpoints.AsNoTracking().OrderBy(checkpoint => checkpoint.Id).Select(checkpoint => checkpoint.Pieces);
        await foreach (var json in journal.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            foreach (var piece in JsonSerializer.Deserialize(json, PieceJson.Pieces.IReadOnlyListPiece)!)
            {
                if (!messageIds.Contains(piece.MessageId))
                    continue;
                if (!kept.TryGetValue(piece.MessageId, out var text))
                    kept.Add(piece.MessageId, text = new KeptText());
                text.Add(piece);
            }
        }
        return kept;
    }

    /// <summary>Gives every answer that a process left running when it died its kept text and its end, and empties the journal.</summary>
    public async Task RecoverAsync()
    {
        Dictionary<string, KeptText> kept;
        await using (var db = database.ReadAs(default))
        {
            var running = await Running(db).Select(message => message.Id).ToListAsync();
            kept = await ReadAsync(db, running.ToHashSet(StringComparer.Ordinal), CancellationToken.None);
        }
        while (await database.WriteAsync(default, db => RecoverSomeAsync(db, kept)) > 0)
        {
        }
        // Last: until here a crash leaves all that is needed to begin again.
        await AppendAsync([], keepFrom: long.MaxValue);
    }

    private async Task<int> RecoverSomeAsync(ChatDbContext db, Dictionary<string, KeptText> kept)
    {
        var running = await Running(db).Take(RecoveredAtOnce).ToListAsync();
        foreach (var message in running)
        {
            kept.GetValueOrDefault(message.Id)?.AppendTo(message);
            message.Tokens = tokens.Count(message.Text);
            message.FinishReason = FinishReason.Interrupted;
            message.FailureCode = FailureCode.Interrupted;
            message.FailureMessage = "The server went away while it answered.";
            message.EndedAt = time.GetUtcNow();
            await db.IndexAsync(message.OwnerId, message.ConversationId, message.Id, message.Text);
        }
        await db.SaveChangesAsync();
        return running.Count;
    }

    private static IQueryable<Message> Running(ChatDbContext db) =>
        db.Messages.IgnoreQueryFilters().Where(m => m.Role == MessageRole.Assistant && m.FinishReason == null);
}

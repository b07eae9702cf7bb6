using System.Text.Json;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Answers.Keeping;

/// <summary>The journal of what was streamed of running answers. <see cref="Recovery"/> reads it after a crash.</summary>
internal sealed class CheckpointJournal(IChatDatabase database, Instance instance)
{
    /// <summary>
    /// Characters, roughly. A longer string would be a large object. The collector frees those seldom, and here one would come
    /// four times a second.
    /// </summary>
    private const int LargestRow = 16 * 1024;

    private const int AroundText = 70; // an id, a number, their names

    private const int RowsAtOnce = 16; // takes some milliseconds

    private const string Trim = """
        DELETE FROM "Checkpoints" WHERE "Id" < @keepFrom AND "InstanceId" = @instance
        """;

    private const string Append = """
        INSERT INTO "Checkpoints" ("Pieces", "InstanceId") SELECT @pieces, @instance
        """;

    /// <summary>
    /// Appends the parts of all running answers as one checkpoint, and removes the rows that no running answer needs. The
    /// checkpoint has as few rows as <see cref="LargestRow"/> allows. It uses commands, not entities, because it runs four times
    /// a second.
    /// </summary>
    /// <param name="parts">What was streamed since the checkpoint before; may be empty.</param>
    /// <param name="keepFrom">The id of the oldest row that is still needed.</param>
    /// <param name="instanceId">
    /// This instance's id before the parts were gathered. If it has begun anew since, they are not its own. Null: its id now.
    /// </param>
    /// <returns>The id of the checkpoint's last row, above all before it; 0 where there are no parts.</returns>
    /// <exception cref="StorageException">The database did not take it.</exception>
    public async Task<long> AppendAsync(IReadOnlyList<CheckpointPart> parts, long keepFrom, string? instanceId = null)
    {
        instanceId ??= instance.Id;
        // Serialized before the transaction, for which all writers wait.
        var rows = await RowsAsync(parts);
        return await database.WriteAsync(default, async db =>
        {
            await db.Command(Trim).With("@keepFrom", keepFrom).With("@instance", instanceId).ExecuteNonQueryAsync();
            var last = 0L;
            foreach (var row in rows)
            {
                var append = db.Command($"""{Append}{db.IfAlive} RETURNING "Id" """);
                // Taken for dead: another instance ends the answers, with the text that was kept until then.
                last = await append.With("@pieces", row).With("@instance", instanceId).ExecuteScalarAsync() as long?
                    ?? throw new StorageException(new InvalidOperationException("The other instances take this one for dead."));
            }
            return last;
        });
    }

    /// <summary>Removes what instances left that are gone, but for what answers need that have no end yet.</summary>
    public Task RemoveLeftAsync() => database.WriteAsync(default, db => db
        .Command($"""
            DELETE FROM "Checkpoints" WHERE ("InstanceId" IS NULL OR {db.IsOfGone}) AND NOT EXISTS (SELECT 1 FROM "Messages" AS m
                WHERE m."Role" = 'Assistant' AND m."FinishReason" IS NULL
                    AND m."InstanceId" IS NOT DISTINCT FROM "Checkpoints"."InstanceId")
            """)
        .With("@instance", instance.Id).ExecuteNonQueryAsync());

    /// <summary>What the journal has of these answers. Answers without any part in it are left out.</summary>
    public static async Task<Dictionary<string, RecoveredText>> ReadAsync(
        ChatDbContext db, IReadOnlySet<string> messageIds, CancellationToken cancellationToken)
    {
        var recovered = new Dictionary<string, RecoveredText>(StringComparer.Ordinal);
        if (messageIds.Count == 0)
            return recovered;
        var journal = db.Checkpoints.AsNoTracking().OrderBy(checkpoint => checkpoint.Id).Select(checkpoint => checkpoint.Pieces);
        await foreach (var json in journal.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            foreach (var part in JsonSerializer.Deserialize(json, CheckpointJson.Parts.IReadOnlyListCheckpointPart)!)
            {
                if (!messageIds.Contains(part.MessageId))
                    continue;
                if (!recovered.TryGetValue(part.MessageId, out var text))
                    recovered.Add(part.MessageId, text = new RecoveredText());
                text.Add(part);
            }
        }
        return recovered;
    }

    private static async Task<List<string>> RowsAsync(IReadOnlyList<CheckpointPart> parts)
    {
        var rows = new List<string>();
        var row = new List<CheckpointPart>();
        var characters = 0;
        foreach (var part in parts)
        {
            row.Add(part);
            characters += part.Text.Length + (part.Reasoning?.Length ?? 0) + AroundText;
            if (characters < LargestRow)
                continue;
            End();
            // The text of thousands of answers is much work, and the same threads read their streams.
            if (rows.Count % RowsAtOnce == 0)
                await Task.Yield();
        }
        if (row.Count > 0)
            End();
        return rows;

        void End()
        {
            rows.Add(JsonSerializer.Serialize(row, CheckpointJson.Parts.IReadOnlyListCheckpointPart));
            row.Clear();
            characters = 0;
        }
    }
}

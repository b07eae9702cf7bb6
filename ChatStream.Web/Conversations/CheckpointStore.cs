using System.Data;
using System.Data.Common;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace ChatStream.Web.Conversations;

/// <summary>Keeps what was streamed of running answers, and makes whole answers of it after a crash.</summary>
internal sealed class CheckpointStore(IChatDatabase database, TokenCounter tokens, TimeProvider time)
{
    private const int RecoveredAtOnce = 100;

    /// <summary>Appends the pieces of all running answers in one transaction, past the entities: this is done four times a second.</summary>
    public Task AppendAsync(IReadOnlyList<Piece> pieces) => database.WriteAsync(default, async db =>
    {
        await using var insert = db.Database.GetDbConnection().CreateCommand();
        insert.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        // An answer that was stored whole meanwhile needs no piece any more. A piece that is there already was committed by a
        // try of which only the news was lost: what comes now begins as that does, and may be longer.
        insert.CommandText = """
            INSERT INTO "Pieces" ("MessageId", "Number", "Text", "Reasoning")
            SELECT @message, @number, @text, @reasoning
            WHERE EXISTS (SELECT 1 FROM "Messages" WHERE "Id" = @message AND "FinishReason" IS NULL)
            ON CONFLICT ("MessageId", "Number") DO UPDATE SET "Text" = excluded."Text", "Reasoning" = excluded."Reasoning"
            """;
        var message = Add(insert, "message", DbType.String);
        var number = Add(insert, "number", DbType.Int32);
        var text = Add(insert, "text", DbType.String);
        var reasoning = Add(insert, "reasoning", DbType.String);
        await insert.PrepareAsync();
        foreach (var piece in pieces)
        {
            (message.Value, number.Value, text.Value) = (piece.MessageId, piece.Number, piece.Text);
            reasoning.Value = (object?)piece.Reasoning ?? DBNull.Value;
            await insert.ExecuteNonQueryAsync();
        }
        return pieces.Count;
    });

    /// <summary>Gives every answer that a process left running when it died its kept text and its end.</summary>
    public async Task RecoverAsync()
    {
        while (await database.WriteAsync(default, RecoverSomeAsync) > 0)
        {
        }
    }

    private async Task<int> RecoverSomeAsync(ChatDbContext db)
    {
        var running = await db.Messages.IgnoreQueryFilters()
            .Where(m => m.Role == MessageRole.Assistant && m.FinishReason == null).Take(RecoveredAtOnce).ToListAsync();
        foreach (var message in running)
        {
            var pieces = await db.Pieces.Where(p => p.MessageId == message.Id).OrderBy(p => p.Number).AsNoTracking().ToListAsync();
            message.Text += string.Concat(pieces.Select(p => p.Text));
            message.Reasoning = string.Concat(pieces.Select(p => p.Reasoning)) is { Length: > 0 } reasoning ? reasoning : null;
            message.Tokens = tokens.Count(message.Text);
            message.FinishReason = FinishReason.Interrupted;
            message.FailureCode = FailureCode.Interrupted;
            message.FailureMessage = "The server went away while it answered.";
            message.EndedAt = time.GetUtcNow();
            await db.Pieces.Where(p => p.MessageId == message.Id).ExecuteDeleteAsync();
            await db.IndexAsync(message.OwnerId, message.ConversationId, message.Id, message.Text);
        }
        await db.SaveChangesAsync();
        return running.Count;
    }

    private static DbParameter Add(DbCommand command, string name, DbType type)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.DbType) = (name, type);
        command.Parameters.Add(parameter);
        return parameter;
    }
}

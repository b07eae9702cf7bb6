using System.Threading.Channels;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Conversations;

/// <summary>
/// Removes the rows of conversations that have no owner left, in slices between other writes: those that were deleted or have
/// expired, and imports that failed. What a crash left is removed after the next start, and what a write left that did not say
/// that it was done, within hours.
/// </summary>
internal sealed partial class Removal(
    IChatDatabase database, IInstances instances, TimeProvider time, ILogger<Removal> logger) : BackgroundService
{
    // What a slice has at most, unless it is one message.
    private const int MostRows = 20;
    private const int MostCalls = 100;
    private const int MostBytes = 1024 * 1024;

    // Raw commands, because all writers wait for them, and EF makes its queries while it runs them.
    private const string TakeOver = """
        UPDATE "Conversations" SET "OwnerId" = @owner WHERE "Id" = @conversation AND "OwnerId" IN (@owner, @importing)
        """;

    // In one order, so that those that were measured are those that are removed. The length of a text is known without reading
    // it.
    private const string Lengths = """
        SELECT CAST(octet_length("Text") + coalesce(octet_length("Reasoning"), 0)
            + coalesce(octet_length("FailureMessage"), 0) + coalesce(octet_length("Model"), 0) AS bigint)
        FROM "Messages" WHERE "ConversationId" = @conversation ORDER BY "ParentId", "CreatedAt", "Id" LIMIT @most
        """;

    // They would go with their messages, and one message may have a thousand.
    private const string RemoveCalls = """
        DELETE FROM "ToolCalls" WHERE "Id" IN
            (SELECT "Id" FROM "ToolCalls" WHERE "ConversationId" = @conversation LIMIT @most)
        """;

    private const string RemoveMessages = """
        DELETE FROM "Messages" WHERE "Id" IN (SELECT "Id" FROM "Messages"
            WHERE "ConversationId" = @conversation ORDER BY "ParentId", "CreatedAt", "Id" LIMIT @most)
        """;

    private const string RemoveTexts = """
        DELETE FROM "SearchDocuments" WHERE "Id" IN
            (SELECT "Id" FROM "SearchDocuments" WHERE "ConversationId" = @conversation LIMIT @most)
        """;

    // Files that no other conversation has go with it, unless they were uploaded again for a message that is not sent yet: their
    // owner is taken away, and their content is removed later. First the uploads of what goes are taken off. That locks the
    // files, so that a start that sends one of them elsewhere is either seen, or finds it gone.
    private const string FilesOf = """
        (SELECT s."FileId" FROM "MessageFiles" AS s WHERE s."ConversationId" = @conversation
            ORDER BY s."FileId", s."MessageId", s."Number" LIMIT @most)
        """;

    private const string SentHere = """
        (SELECT COUNT(*) FROM "MessageFiles" AS h WHERE h."FileId" = "Files"."Id" AND h."ConversationId" = @conversation)
        """;

    private const string TakeUploadsOff = $"""
        UPDATE "Files" SET "Uploads" = CASE WHEN "Uploads" > {SentHere} THEN "Uploads" - {SentHere} ELSE 0 END
        WHERE "Id" IN {FilesOf}
        """;

    private const string TakeFilesAway = $"""
        UPDATE "Files" SET "OwnerId" = @removed, "Hash" = "Id" WHERE "Id" IN {FilesOf} AND "Uploads" = 0 AND NOT EXISTS (
            SELECT 1 FROM "MessageFiles" AS o WHERE o."FileId" = "Files"."Id" AND o."ConversationId" <> @conversation)
        """;

    private const string RemoveFiles = $"""
        DELETE FROM "MessageFiles" WHERE "ConversationId" = @conversation AND "FileId" IN {FilesOf}
        """;

    private const string RemoveConversation = """
        DELETE FROM "Conversations" WHERE "Id" = @conversation
        """;

    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(10);

    /// <summary>How often it looks for what was left, by other instances too.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    /// <summary>An import of another instance that is older than this has failed: none takes so long.</summary>
    private static readonly TimeSpan LongestImport = TimeSpan.FromHours(1);

    private volatile bool _isStarted;
    private long _removed; // texts, about, since the index was merged
    private readonly Channel<string> _waiting = Channel.CreateUnbounded<string>(new() { SingleReader = true });

    /// <summary>Makes that a conversation that belongs to no user is removed soon. It returns at once.</summary>
    public void Add(string conversationId) => _waiting.Writer.TryWrite(conversationId);

    /// <summary>Takes a conversation away from its owner: from then on no request finds it. Its rows stay.</summary>
    /// <returns>How many of the conversations were taken away.</returns>
    public static Task<int> TakeAwayAsync(IQueryable<Conversation> conversations) =>
        conversations.ExecuteUpdateAsync(c => c.SetProperty(x => x.OwnerId, Owner.Removed.Id));

    /// <summary>Removes one slice of a conversation that was taken away; with the last one the conversation itself.</summary>
    /// <returns>Whether there is more to remove.</returns>
    public static async Task<bool> RemoveSliceAsync(ChatDbContext db, string conversationId)
    {
        if (await DeleteAsync(RemoveCalls, MostCalls) == MostCalls)
            return true;
        var (messages, isLast) = await SliceAsync(db, conversationId);
        await DeleteAsync(RemoveMessages, messages);
        var texts = await DeleteAsync(RemoveTexts, MostRows);
        if (!isLast || texts == MostRows)
            return true;
        if (await DeleteAsync(TakeUploadsOff, MostRows) > 0)
        {
            await db.Command(TakeFilesAway).With("@conversation", conversationId).With("@most", MostRows)
                .With("@removed", Owner.Removed.Id).ExecuteNonQueryAsync();
            if (await DeleteAsync(RemoveFiles, MostRows) >= MostRows)
                return true;
        }
        await DeleteAsync(RemoveConversation, most: 1);
        return false;

        Task<int> DeleteAsync(string sql, int most) =>
            db.Command(sql).With("@conversation", conversationId).With("@most", most).ExecuteNonQueryAsync();
    }

    /// <summary>
    /// The conversations that have no owner. At the start of the app, no import of this instance is among them; those of others
    /// may run. Later, its own may run too, and one that fails is added then.
    /// </summary>
    public async Task<IReadOnlyList<string>> LeftAsync(CancellationToken cancellationToken)
    {
        var before = instances.AreMany ? time.GetUtcNow() - LongestImport
            : _isStarted ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue;
        await using var db = database.ReadAs(default);
        return await db.Conversations.IgnoreQueryFilters()
            .Where(c => c.OwnerId == Owner.Removed.Id || (c.OwnerId == Owner.Importing.Id && c.ImportedAt < before))
            .Select(c => c.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Removes a conversation, unless a user owns it. If the database does not take it, it is tried again.</summary>
    public async Task RemoveAsync(string conversationId, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                // Its owner is asked for again, under the row's lock.
                if (!await database.WriteAsync(Owner.Removed, async db =>
                    await db.Command(TakeOver).With("@conversation", conversationId).With("@importing", Owner.Importing.Id)
                        .ExecuteNonQueryAsync() > 0
                    && await RemoveSliceAsync(db, conversationId)))
                    return;
                _removed += MostRows;
            }
            catch (StorageException fault)
            {
                Log.NotRemoved(logger, fault.InnerException!);
                await Task.Delay(TryAgainAfter, time, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Frees the space that removed texts have in the search index, once they are as many as those that are left. So the work
    /// for each of them is bounded.
    /// </summary>
    public async Task FreeSpaceAsync(CancellationToken cancellationToken)
    {
        if (_removed < await CountTextsAsync(cancellationToken))
            return;
        _removed = 0;
        var begins = true;
        while (await database.WriteAsync(Owner.Removed, db => db.MergeIndexAsync(begins)))
        {
            begins = false;
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Runs before the web server listens, so before the first import.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await AddLeftAsync(cancellationToken);
        _isStarted = true;
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(RemoveAddedAsync(stoppingToken), LookAsync(stoppingToken));

    private async Task AddLeftAsync(CancellationToken cancellationToken)
    {
        foreach (var id in await LeftAsync(cancellationToken))
            Add(id);
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await AddLeftAsync(stoppingToken);
                }
                catch (Exception fault) when (StorageException.IsBehind(fault))
                {
                    Log.NotRemoved(logger, fault);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task RemoveAddedAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var id in _waiting.Reader.ReadAllAsync(stoppingToken))
            {
                await RemoveAsync(id, stoppingToken);
                if (!_waiting.Reader.TryPeek(out _))
                    await TryFreeSpaceAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TryFreeSpaceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await FreeSpaceAsync(cancellationToken);
        }
        catch (Exception fault) when (StorageException.IsBehind(fault))
        {
            Log.NotFreed(logger, fault);
        }
    }

    private async Task<long> CountTextsAsync(CancellationToken cancellationToken)
    {
        await using var db = database.ReadAs(default);
        return await db.Database.SqlQuery<long>($"""SELECT count(*) AS "Value" FROM "SearchDocuments" """)
            .SingleAsync(cancellationToken);
    }

    /// <summary>How many messages are removed at once, and whether they are the last ones.</summary>
    private static async Task<(int Messages, bool IsLast)> SliceAsync(ChatDbContext db, string conversationId)
    {
        var (messages, bytes) = (0, 0L);
        await using var rows =
            await db.Command(Lengths).With("@conversation", conversationId).With("@most", MostRows).ExecuteReaderAsync();
        for (; bytes < MostBytes && messages < MostRows; messages++)
        {
            if (!await rows.ReadAsync())
                return (messages, IsLast: true);
            bytes += rows.GetInt64(0);
        }
        return (messages, IsLast: false);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning,
            Message = "A conversation that has no owner could not be removed. It is tried again.")]
        public static partial void NotRemoved(ILogger logger, Exception fault);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning,
            Message = "The space of removed texts in the search index was not freed. It is tried again after the next removal.")]
        public static partial void NotFreed(ILogger logger, Exception fault);
    }
}

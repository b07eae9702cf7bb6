using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Files;

/// <summary>
/// Removes files that have no owner left, in slices between other writes: those of deleted conversations, and uploads that were
/// refused or broken off. Once an hour, by the clock of retention, it takes away files that stand in no message.
/// </summary>
internal sealed partial class FileRemoval(
    IChatDatabase database, RetentionClock clock, IOptions<FilesOptions> options, TimeProvider time,
    ILogger<FileRemoval> logger) : BackgroundService
{
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>An upload that is older than this was broken off: none takes so long.</summary>
    private static readonly TimeSpan LongestUpload = TimeSpan.FromHours(1);

    // What a slice has at most: a megabyte.
    private const int MostParts = 4;
    private const int Batch = 50;

    private const string OldUnsent = """
        UPDATE "Files" SET "OwnerId" = @removed, "Hash" = "Id" WHERE "Id" IN (SELECT f."Id" FROM "Files" AS f
            WHERE f."UsedAt" < @before AND f."OwnerId" <> @removed
                AND NOT EXISTS (SELECT 1 FROM "MessageFiles" AS m WHERE m."FileId" = f."Id") LIMIT @most)
            AND "UsedAt" < @before
        """;

    private const string BrokenOff = """
        UPDATE "Files" SET "OwnerId" = @removed, "Hash" = "Id" WHERE "OwnerId" = @importing AND "UsedAt" < @before
        """;

    private const string OfOwner = """
        UPDATE "Files" SET "OwnerId" = @removed, "Hash" = "Id" WHERE "Id" IN
            (SELECT "Id" FROM "Files" WHERE "OwnerId" = @owner LIMIT @most)
        """;

    private const string LockAll = """UPDATE "Files" SET "UsedAt" = "UsedAt" WHERE "OwnerId" = @owner""";

    // A large conversation has its rows a while longer than its user has it.
    private const string OfRemoved = """
        UPDATE "Files" SET "OwnerId" = @removed, "Hash" = "Id" WHERE "OwnerId" = @owner
            AND "Uploads" <= (SELECT COUNT(*) FROM "MessageFiles" AS m WHERE m."FileId" = "Files"."Id")
            AND NOT EXISTS (SELECT 1 FROM "MessageFiles" AS m JOIN "Conversations" AS c ON c."Id" = m."ConversationId"
                WHERE m."FileId" = "Files"."Id" AND c."OwnerId" <> @removed)
        """;

    private const string Parts = """
        DELETE FROM "FileParts" WHERE ("FileId", "IsText", "Number") IN (SELECT p."FileId", p."IsText", p."Number"
            FROM "FileParts" AS p JOIN "Files" AS f ON f."Id" = p."FileId" WHERE f."OwnerId" = @removed LIMIT @most)
        """;

    private const string Rows = """
        DELETE FROM "Files" WHERE "Id" IN (SELECT f."Id" FROM "Files" AS f WHERE f."OwnerId" = @removed
            AND NOT EXISTS (SELECT 1 FROM "MessageFiles" AS m WHERE m."FileId" = f."Id")
            AND NOT EXISTS (SELECT 1 FROM "FileParts" AS p WHERE p."FileId" = f."Id") LIMIT @most)
        """;

    private long? _lookedAt;

    /// <summary>Runs before the web server listens: what users do later may have the time of a wrong clock.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await clock.BeginAsync();
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Removes the content of all files that have no owner.</summary>
    public async Task RemoveTakenAsync(CancellationToken cancellationToken)
    {
        while (await WriteAsync(Parts, MostParts) == MostParts)
            cancellationToken.ThrowIfCancellationRequested();
        while (await WriteAsync(Rows, Batch) == Batch)
            cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Takes away files that stand in no message for too long, if the clock can be trusted.</summary>
    public async Task TakeUnsentAsync(CancellationToken cancellationToken)
    {
        if (!await clock.IsTrustedAsync())
            return;
        var now = time.GetUtcNow();
        while (await WriteAsync(OldUnsent, Batch, now - options.Value.KeepUnsentFor) == Batch)
            cancellationToken.ThrowIfCancellationRequested();
        await WriteAsync(BrokenOff, Batch, now - LongestUpload);
    }

    /// <summary>Takes those files of a user away at once that only conversations have which are being removed.</summary>
    public Task TakeRemovedAsync(Owner owner) => database.WriteAsync(owner, async db =>
    {
        // Locked first: a start that sends one of them is either seen, or finds it gone.
        await db.Command(LockAll).ExecuteNonQueryAsync();
        return await db.Command(OfRemoved).With("@removed", Owner.Removed.Id).ExecuteNonQueryAsync();
    });

    /// <summary>Removes all files of a user that has no conversation any more.</summary>
    public async Task EraseAsync(Owner owner)
    {
        while (await database.WriteAsync(owner, db => db.Command(OfOwner).With("@removed", Owner.Removed.Id).With("@most", Batch)
            .ExecuteNonQueryAsync()) == Batch)
        {
        }
        await RemoveTakenAsync(CancellationToken.None);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TryAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_lookedAt is null || time.GetElapsedTime(_lookedAt.Value) >= Retention.Every)
            {
                _lookedAt = time.GetTimestamp();
                await TakeUnsentAsync(cancellationToken);
            }
            await RemoveTakenAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is StorageException || StorageException.IsBehind(fault))
        {
            Log.NotRemoved(logger, fault);
        }
    }

    private Task<int> WriteAsync(string sql, int most, DateTimeOffset? before = null) => database.WriteAsync(Owner.Removed, db =>
    {
        var command = db.Command(sql).With("@removed", Owner.Removed.Id);
        if (sql.Contains("@most", StringComparison.Ordinal))
            command.With("@most", most);
        if (sql.Contains("@importing", StringComparison.Ordinal))
            command.With("@importing", Owner.Importing.Id);
        if (before is not null)
            command.With("@before", before);
        return command.ExecuteNonQueryAsync();
    });

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Files that have no owner could not be removed.")]
        public static partial void NotRemoved(ILogger logger, Exception fault);
    }
}

using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Conversations;

/// <summary>
/// Has the conversations that users deleted. They belong to <see cref="Owner.Deleted"/>, so no query of their user finds them.
/// Once <c>Conversations:RestoreFor</c> has passed, <see cref="Removal"/> removes them.
/// </summary>
internal sealed partial class Wastebasket(
    IChatDatabase database, IConversationLibrary library, Removal removal, IOptions<ConversationOptions> options,
    TimeProvider time, ILogger<Wastebasket> logger) : BackgroundService, IWastebasket
{
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>Conversations of one write, for which other writers wait.</summary>
    private const int Batch = 50;

    private const string GiveBack = """
        UPDATE "Conversations" SET "OwnerId" = @owner, "DeletedAt" = NULL WHERE "Id" = @conversation AND "OwnerId" = @deleted
        """;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RunningAnswer>?> DeleteAsync(Owner owner, string id)
    {
        if (options.Value.RestoreFor == TimeSpan.Zero)
            return await library.DeleteAsync(owner, id);
        var (deleted, now) = (owner.Deleted.Id, time.GetUtcNow());
        var (isFound, running) = await database.WriteAsync(owner, async db =>
        {
            // Locks the row: a concurrent start in it is either seen below, or finds the conversation gone.
            if (await db.Conversations.Where(c => c.Id == id && !c.IsTemporary).ExecuteUpdateAsync(c => c
                .SetProperty(x => x.OwnerId, deleted).SetProperty(x => x.DeletedAt, now)) == 0)
                return (false, new List<RunningAnswer>());
            return (true, await db.Messages
                .Where(m => m.ConversationId == id && m.Role == MessageRole.Assistant && m.FinishReason == null)
                .Select(m => new RunningAnswer(m.Id, m.InstanceId)).ToListAsync());
        });
        return isFound ? running : await library.DeleteAsync(owner, id);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> RestoreAsync(Owner owner, IReadOnlyCollection<string> ids)
    {
        var restored = new List<string>();
        foreach (var some in ids.Distinct(StringComparer.Ordinal).Chunk(Batch))
        {
            restored.AddRange(await database.WriteAsync(owner, async db =>
            {
                foreach (var id in some)
                {
                    await db.Command(GiveBack).With("@conversation", id).With("@deleted", owner.Deleted.Id)
                        .ExecuteNonQueryAsync();
                }
                return await db.Conversations.Where(c => some.Contains(c.Id)).Select(c => c.Id).ToListAsync();
            }));
        }
        return restored;
    }

    /// <summary>Takes away what can no longer be restored.</summary>
    public async Task TakeExpiredAsync(CancellationToken cancellationToken)
    {
        try
        {
            var before = time.GetUtcNow() - options.Value.RestoreFor;
            while (await TakeSomeAsync(before, cancellationToken) == Batch)
            {
            }
        }
        catch (Exception fault) when (fault is StorageException || StorageException.IsBehind(fault))
        {
            Log.NotRemoved(logger, fault);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            // At once too: what expired while the app was down does not wait.
            do
                await TakeExpiredAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task<int> TakeSomeAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        List<string> expired;
        await using (var db = database.ReadAs(default))
            expired = await Expired(db, before).Take(Batch).Select(c => c.Id).ToListAsync(cancellationToken);
        if (expired.Count == 0)
            return 0;
        // The condition is asked again under the locks of the rows: a user may have restored one meanwhile.
        await database.WriteAsync(
            Owner.Removed, db => Removal.TakeAwayAsync(Expired(db, before).Where(c => expired.Contains(c.Id))));
        expired.ForEach(removal.Add);
        return expired.Count;
    }

    private static IQueryable<Conversation> Expired(ChatDbContext db, DateTimeOffset before) =>
        db.Conversations.IgnoreQueryFilters()
            .Where(c => c.DeletedAt != null && c.DeletedAt < before && c.OwnerId != Owner.Removed.Id);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Deleted conversations could not be removed.")]
        public static partial void NotRemoved(ILogger logger, Exception fault);
    }
}

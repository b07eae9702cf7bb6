using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Conversations;

/// <summary>
/// Takes conversations of one kind away from their owners once their time has passed. <see cref="Removal"/> then removes them.
/// </summary>
internal abstract partial class ExpiringConversations(
    IChatDatabase database, Removal removal, TimeProvider time, ILogger logger) : BackgroundService
{
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>Conversations of one write, for which other writers wait.</summary>
    private const int Batch = 50;

    /// <summary>Takes away what has expired.</summary>
    public async Task TakeExpiredAsync(CancellationToken cancellationToken)
    {
        try
        {
            var now = time.GetUtcNow();
            while (await TakeSomeAsync(now, cancellationToken) == Batch)
            {
            }
        }
        catch (Exception fault) when (fault is StorageException || StorageException.IsBehind(fault))
        {
            Log.NotTaken(logger, fault);
        }
    }

    /// <summary>Those whose time has passed, of all owners.</summary>
    protected abstract IQueryable<Conversation> Expired(ChatDbContext db, DateTimeOffset now);

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

    private async Task<int> TakeSomeAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<string> expired;
        await using (var db = database.ReadAs(default))
            expired = await Expired(db, now).Take(Batch).Select(c => c.Id).ToListAsync(cancellationToken);
        if (expired.Count == 0)
            return 0;
        // The condition is asked again under the locks of the rows: a user may have spoken in one, or restored it, meanwhile.
        await database.WriteAsync(
            Owner.Removed, db => Removal.TakeAwayAsync(Expired(db, now).Where(c => expired.Contains(c.Id))));
        expired.ForEach(removal.Add);
        return expired.Count;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Conversations that have expired could not be removed.")]
        public static partial void NotTaken(ILogger logger, Exception fault);
    }
}

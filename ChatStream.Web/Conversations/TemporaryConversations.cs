using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Conversations;

/// <summary>
/// Takes temporary conversations away from their owners once <c>Conversations:TemporaryFor</c> has passed since their last
/// answer. <see cref="Removal"/> then removes them.
/// </summary>
internal sealed partial class TemporaryConversations(
    IChatDatabase database, Removal removal, IOptions<ConversationOptions> options, TimeProvider time,
    ILogger<TemporaryConversations> logger) : BackgroundService
{
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>Conversations of one write, for which other writers wait.</summary>
    private const int Batch = 50;

    /// <summary>Takes away what has expired.</summary>
    public async Task TakeExpiredAsync(CancellationToken cancellationToken)
    {
        try
        {
            var before = time.GetUtcNow() - options.Value.TemporaryFor;
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
        // The condition is asked again under the locks of the rows: a user may have spoken in one meanwhile.
        await database.WriteAsync(
            Owner.Removed, db => Removal.TakeAwayAsync(Expired(db, before).Where(c => expired.Contains(c.Id))));
        expired.ForEach(removal.Add);
        return expired.Count;
    }

    private static IQueryable<Conversation> Expired(ChatDbContext db, DateTimeOffset before) =>
        db.Conversations.IgnoreQueryFilters().Where(c => c.IsTemporary && c.UpdatedAt < before && c.OwnerId != Owner.Removed.Id
            && !db.Messages.Any(m => m.ConversationId == c.Id && m.Role == MessageRole.Assistant && m.FinishReason == null));

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Temporary conversations could not be removed.")]
        public static partial void NotRemoved(ILogger logger, Exception fault);
    }
}

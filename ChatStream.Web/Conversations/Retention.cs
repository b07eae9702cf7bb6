using System.Globalization;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Conversations;

/// <summary>
/// Once an hour, takes conversations that are older than <c>Conversations:RetainFor</c> away from their owners.
/// <see cref="Removal"/> then removes them.
/// </summary>
internal sealed partial class Retention(
    IChatDatabase database, Removal removal, RetentionClock clock, IOptions<ConversationOptions> options, TimeProvider time,
        ILogger<Retention> logger) : BackgroundService
{
    private const int Batch = 50;

    private const string Note = """
        INSERT INTO "AuditEvents" ("At", "OwnerId", "Name", "Action", "Subject")
        VALUES (@now, @owner, 'Conversations:RetainFor', @action, @count)
        """;

    public static readonly TimeSpan Every = TimeSpan.FromHours(1);

    /// <summary>Runs before the web server listens: what users do later may have the time of a wrong clock.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.RetainFor is not null)
            await clock.BeginAsync();
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Takes away what has expired, if the clock can be trusted.</summary>
    public async Task TakeExpiredAsync(TimeSpan retainFor, CancellationToken cancellationToken)
    {
        try
        {
            if (await clock.IsTrustedAsync())
            {
                var now = time.GetUtcNow();
                await TakeOlderAsync(now - retainFor, now, cancellationToken);
            }
        }
        catch (Exception fault) when (fault is StorageException || StorageException.IsBehind(fault))
        {
            Log.NotRemoved(logger, fault);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.RetainFor is not { } retainFor)
            return;
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TakeExpiredAsync(retainFor, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TakeOlderAsync(DateTimeOffset before, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<string> old;
        var all = 0;
        do
        {
            // Read before the write, and by a thread of its own: there is no index by time over all owners.
            old = await OwnThread.RunAsync(() => OldestAsync(before, now).GetAwaiter().GetResult(), cancellationToken);
            if (old.Count > 0)
                all += await database.WriteAsync(Owner.Removed, db => TakeAsync(db, old, before, now));
            old.ForEach(removal.Add);
        }
        while (old.Count == Batch && !cancellationToken.IsCancellationRequested);
        if (all > 0)
            Log.Removed(logger, all);
    }

    private async Task<List<string>> OldestAsync(DateTimeOffset before, DateTimeOffset now)
    {
        await using var db = database.ReadAs(default);
        return await Expired(db, before, now).OrderBy(c => c.UpdatedAt).Take(Batch).Select(c => c.Id).ToListAsync();
    }

    private static async Task<int> TakeAsync(ChatDbContext db, List<string> old, DateTimeOffset before, DateTimeOffset now)
    {
        // The condition is asked again under the locks of the rows: a user may have spoken in one meanwhile.
        var taken = await Removal.TakeAwayAsync(Expired(db, before, now).Where(c => old.Contains(c.Id)));
        if (taken > 0)
        {
            await db.Command(Note).With("@now", (DateTimeOffset?)now).With("@action", $"{AuditAction.ConversationsExpired}")
                .With("@count", taken.ToString(CultureInfo.InvariantCulture)).ExecuteNonQueryAsync();
        }
        return taken;
    }

    // An import may bring any time. One that is yet to come says nothing of when the conversation was used.
    private static IQueryable<Conversation> Expired(ChatDbContext db, DateTimeOffset before, DateTimeOffset now) =>
        db.Conversations.IgnoreQueryFilters().Where(c => (c.UpdatedAt < before || (c.UpdatedAt > now && c.ImportedAt != null))
            && (c.ImportedAt == null || c.ImportedAt < before)
            && c.OwnerId != Owner.Removed.Id && c.OwnerId != Owner.Importing.Id
            && !db.Messages.Any(m => m.ConversationId == c.Id && m.Role == MessageRole.Assistant && m.FinishReason == null));

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information,
            Message = "{Count} conversations older than Conversations:RetainFor were removed.")]
        public static partial void Removed(ILogger logger, int count);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Old conversations could not be removed.")]
        public static partial void NotRemoved(ILogger logger, Exception fault);
    }
}

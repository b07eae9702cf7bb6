using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatStream.Web.Conversations;

/// <summary>
/// Removes conversations that are older than <c>Conversations:RetainFor</c>, in small batches between other writes.
/// </summary>
internal sealed partial class Retention(
    IChatDatabase database, IOptions<ConversationOptions> options, TimeProvider time,
        ILogger<Retention> logger) : BackgroundService
{
    private const int Batch = 50;
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.RetainFor is not { } retainFor)
            return;
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            do
                await RemoveAsync(time.GetUtcNow() - retainFor, stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task RemoveAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        try
        {
            int removed;
            var all = 0;
            do
            {
                removed = await database.WriteAsync(default, db => RemoveSomeAsync(db, before));
                all += removed;
            }
            while (removed == Batch && !cancellationToken.IsCancellationRequested);
            if (all > 0)
                Log.Removed(logger, all);
        }
        catch (StorageException fault)
        {
            Log.NotRemoved(logger, fault.InnerException!);
        }
    }

    private static async Task<int> RemoveSomeAsync(ChatDbContext db, DateTimeOffset before)
    {
        var messages = db.Messages.IgnoreQueryFilters();
        var old = await db.Conversations.IgnoreQueryFilters()
            .Where(c => c.UpdatedAt < before
                && !messages.Any(m => m.ConversationId == c.Id && m.Role == MessageRole.Assistant && m.FinishReason == null))
            .OrderBy(c => c.UpdatedAt).Take(Batch).Select(c => c.Id).ToListAsync();
        return await db.Conversations.IgnoreQueryFilters().Where(c => old.Contains(c.Id)).ExecuteDeleteAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information,
            Message = "{Count} conversations older than Conversations:RetainFor were removed.")]
        public static partial void Removed(ILogger logger, int count);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Old conversations could not be removed.")]
        public static partial void NotRemoved(ILogger logger, Exception fault);
    }
}

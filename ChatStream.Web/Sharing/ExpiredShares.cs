using ChatStream.Web.Storage;

namespace ChatStream.Web.Sharing;

/// <summary>Removes shares that have expired, of all owners, in slices between other writes. They are not shown before.</summary>
internal sealed partial class ExpiredShares(IChatDatabase database, TimeProvider time, ILogger<ExpiredShares> logger)
    : BackgroundService
{
    private const int Slice = 200;

    private const string Remove = """
        DELETE FROM "Shares" WHERE "ConversationId" IN
            (SELECT "ConversationId" FROM "Shares" WHERE "ExpiresAt" <= @now LIMIT @slice)
        """;

    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await RemoveAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>Removes all that have expired.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        try
        {
            while (!cancellationToken.IsCancellationRequested && await database.WriteAsync(default, db =>
                db.Command(Remove).With("@now", now).With("@slice", Slice).ExecuteNonQueryAsync(CancellationToken.None)) == Slice)
            {
            }
        }
        catch (StorageException fault)
        {
            Log.NotRemoved(logger, fault.InnerException!);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Expired shares could not be removed.")]
        public static partial void NotRemoved(ILogger logger, Exception fault);
    }
}

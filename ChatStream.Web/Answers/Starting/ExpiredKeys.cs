using ChatStream.Web.Storage;

namespace ChatStream.Web.Answers.Starting;

/// <summary>Removes the keys of starts that are no longer kept, of all owners, in slices between other writes.</summary>
internal sealed partial class ExpiredKeys(IChatDatabase database, TimeProvider time, ILogger<ExpiredKeys> logger)
    : BackgroundService
{
    /// <summary>Rows of a slice; takes about a millisecond.</summary>
    public const int Slice = 200;

    public static readonly TimeSpan Every = TimeSpan.FromHours(1);

    private const string Remove = """
        DELETE FROM "StartKeys" WHERE ("OwnerId", "Key") IN
            (SELECT "OwnerId", "Key" FROM "StartKeys" WHERE "CreatedAt" < @before LIMIT @slice)
        """;

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

    /// <summary>Removes all keys that have expired.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - RepeatKey.LongestKept;
        try
        {
            while (!cancellationToken.IsCancellationRequested && await database.WriteAsync(default, db =>
                db.Command(Remove).With("@before", before).With("@slice", Slice).ExecuteNonQueryAsync(CancellationToken.None))
                == Slice)
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
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Expired keys of starts could not be removed.")]
        public static partial void NotRemoved(ILogger logger, Exception fault);
    }
}

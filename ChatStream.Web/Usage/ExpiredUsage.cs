using ChatStream.Web.Storage;

namespace ChatStream.Web.Usage;

/// <summary>
/// Removes sums of days that no page shows any longer, of all owners, and the names of users who have none, in slices between
/// other writes.
/// </summary>
internal sealed partial class ExpiredUsage(IChatDatabase database, TimeProvider time, ILogger<ExpiredUsage> logger)
    : BackgroundService
{
    /// <summary>Days that are kept: a year and a month, so that a year can be accounted for.</summary>
    public const int DaysKept = 400;

    /// <summary>Rows of a slice; takes about a millisecond.</summary>
    public const int Slice = 200;

    private const string RemoveDays = """
        DELETE FROM "UsageDays" WHERE ("OwnerId", "Day", "Model", "Currency") IN
            (SELECT "OwnerId", "Day", "Model", "Currency" FROM "UsageDays" WHERE "Day" < @before LIMIT @slice)
        """;

    private const string RemoveCounts = """
        DELETE FROM "UsageCounts" WHERE ("OwnerId", "Day", "Model", "Kind", "Name") IN
            (SELECT "OwnerId", "Day", "Model", "Kind", "Name" FROM "UsageCounts" WHERE "Day" < @before LIMIT @slice)
        """;

    // The names of users without a row. A user who comes again is written down again.
    private const string RemoveUsers = """
        DELETE FROM "Users" WHERE "OwnerId" IN (SELECT u."OwnerId" FROM "Users" AS u WHERE u."SeenAt" < @seen
            AND NOT EXISTS (SELECT 1 FROM "UsageDays" AS d WHERE d."OwnerId" = u."OwnerId") LIMIT @slice)
        """;

    // A user who has erased everything has groups without a name, while sums are kept for a budget.
    private const string RemoveMembers = """
        DELETE FROM "UserGroups" WHERE ("Group", "OwnerId") IN (SELECT g."Group", g."OwnerId" FROM "UserGroups" AS g
            WHERE NOT EXISTS (SELECT 1 FROM "Users" AS u WHERE u."OwnerId" = g."OwnerId")
                AND NOT EXISTS (SELECT 1 FROM "UsageDays" AS d WHERE d."OwnerId" = g."OwnerId") LIMIT @slice)
        """;

    private static readonly TimeSpan Every = TimeSpan.FromHours(6);

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

    /// <summary>Removes all that is too old.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        var before = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-DaysKept);
        var seen = time.GetUtcNow().AddDays(-DaysKept);
        try
        {
            foreach (var sql in new[] { RemoveDays, RemoveCounts, RemoveUsers, RemoveMembers })
            {
                while (!cancellationToken.IsCancellationRequested && await database.WriteAsync(default, db =>
                    db.Command(sql).With("@before", before).With("@seen", seen).With("@slice", Slice)
                        .ExecuteNonQueryAsync(CancellationToken.None)) == Slice)
                {
                }
            }
        }
        catch (StorageException fault)
        {
            Log.NotRemoved(logger, fault.InnerException!);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Old sums of used tokens could not be removed.")]
        public static partial void NotRemoved(ILogger logger, Exception fault);
    }
}

using System.Collections.Concurrent;
using ChatStream.Web.Storage;

namespace ChatStream.Web.Limits;

/// <summary>
/// Counts the places of users and addresses over all instances, in the database that they share. While there is one instance it
/// asks nothing of it. There is no row that all users would wait for: the limits of all together are counted by each instance,
/// and told to the others with its lease.
/// </summary>
internal sealed partial class SharedPlaces(
    IChatDatabase database, IInstances instances, Instance instance, TimeProvider time, ILogger<SharedPlaces> logger)
    : BackgroundService
{
    /// <summary>The key of the limits of all users together.</summary>
    public const string All = "all";

    private static readonly TimeSpan SweptEvery = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    // Others who ask for one of these keys wait until the transaction has ended. The keys are locked in one order, so that two
    // never wait for each other. The second statement sees what the one before it has waited for.
    private const string Take = """
        SELECT pg_advisory_xact_lock(hashtextextended("Key", 1))
        FROM (SELECT "Key" FROM unnest(@keys) AS "Key" ORDER BY "Key") AS k;
        WITH asked AS (SELECT * FROM unnest(@keys, @atOnce, @perMinute) AS a("Key", "AtOnce", "PerMinute")),
        used AS (SELECT a.*, u.* FROM asked AS a CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE "IsHeld") AS "Held",
                count(*) FILTER (WHERE "TakenAt" > clock_timestamp() - interval '1 minute') AS "Taken",
                min("TakenAt") FILTER (WHERE "TakenAt" > clock_timestamp() - interval '1 minute') AS "Oldest"
            FROM "Places" AS p WHERE p."Key" = a."Key"
                AND (NOT "IsHeld" OR EXISTS (SELECT 1 FROM "Instances" AS i WHERE i."Id" = p."InstanceId"))) AS u),
        taken AS (INSERT INTO "Places" ("Key", "InstanceId", "IsHeld")
            SELECT "Key", @instance, TRUE FROM asked
            WHERE NOT EXISTS (SELECT 1 FROM used WHERE "Held" + @spare >= "AtOnce" OR "Taken" + @spare >= "PerMinute")
            RETURNING "Id")
        SELECT (SELECT array_agg("Id") FROM taken),
            CAST(max(EXTRACT(EPOCH FROM coalesce("Oldest", clock_timestamp()) + interval '1 minute' - clock_timestamp()))
                FILTER (WHERE "Taken" + @spare >= "PerMinute") AS double precision)
        FROM used
        """;

    private const string Free = """UPDATE "Places" SET "IsHeld" = FALSE WHERE "Id" = ANY(@ids) AND "InstanceId" = @instance""";

    // Those of which the database did not say that it had them.
    private const string FreeUnknown = """
        UPDATE "Places" SET "IsHeld" = FALSE WHERE "InstanceId" = @instance AND "IsHeld" AND NOT ("Id" = ANY(@held))
            AND "TakenAt" < clock_timestamp() - interval '1 minute'
        """;

    private const string Sweep = """
        DELETE FROM "Places" AS p WHERE "TakenAt" < clock_timestamp() - interval '1 minute'
            AND (NOT "IsHeld" OR NOT EXISTS (SELECT 1 FROM "Instances" AS i WHERE i."Id" = p."InstanceId"))
        """;

    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<long> _left = new();
    private readonly ConcurrentDictionary<long, bool> _held = new();
    private Task _freeing = Task.CompletedTask;
    private Task? _next;

    /// <summary>Takes a place here, and one over all instances.</summary>
    /// <param name="places">Those of this instance.</param>
    /// <param name="kind">What is limited. Another kind has other places under the same keys.</param>
    /// <param name="limits">The limits that must all have a place.</param>
    /// <param name="spare">How many more places must stay free under each limit.</param>
    /// <returns>Either the place, to be disposed of, or why there is none.</returns>
    public async Task<(IAsyncDisposable? Place, NoPlace? Refusal)> TryTakeAsync(
        Places places, string kind, Limit[] limits, int spare)
    {
        if (places.TryTake(limits, spare, out var refusal) is not { } here)
            return (null, refusal);
        if (!instances.HasOthers)
            return (here, null);
        try
        {
            var (ids, none) = await database.WriteAsync(default, db => TakeAsync(
                db, kind, [.. limits.Where(limit => limit.Key != All)], spare));
            if (ids is null)
            {
                here.Undo();
                return (null, none);
            }
            foreach (var id in ids)
                _held[id] = true;
            return (new Both(this, here, ids), null);
        }
        catch (StorageException fault)
        {
            // What needs the database is refused there. The rest has the limits of this instance.
            Log.NotCounted(logger, fault);
            return (here, null);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!instances.AreMany)
            return;
        using var timer = new PeriodicTimer(SweptEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await FreeLeftAsync();
                await SweepAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task<(long[]? Ids, NoPlace? Refusal)> TakeAsync(ChatDbContext db, string kind, Limit[] limits, int spare)
    {
        var keys = limits.Select(limit => $"{kind} {limit.Key}").ToArray();
        await using var rows = await db.Command(Take).With("@keys", keys)
            .With("@atOnce", limits.Select(limit => limit.AtOnce).ToArray())
            .With("@perMinute", limits.Select(limit => limit.PerMinute).ToArray())
            .With("@spare", spare).With("@instance", instance.Id).ExecuteReaderAsync();
        await rows.NextResultAsync();
        await rows.ReadAsync();
        if (!rows.IsDBNull(0))
            return (rows.GetFieldValue<long[]>(0), null);
        return (null, new NoPlace(rows.IsDBNull(1) ? null : TimeSpan.FromSeconds(Math.Max(0, rows.GetDouble(1)))));
    }

    private async Task GiveBackAsync(long[] ids)
    {
        foreach (var id in ids)
            _left.Enqueue(id);
        // A database that hangs must not keep back the end of an answer.
        await FreeLeftAsync().WaitAsync(Patience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // One write at a time. Ends that come while it runs share the next one, so that many cost few transactions.
    private Task FreeLeftAsync()
    {
        lock (_gate)
            return _next ??= FreeAfterAsync(_freeing);
    }

    private async Task FreeAfterAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
            (_freeing, _next) = (_next!, null);
        long[] ids = [.. _left];
        if (ids.Length == 0)
            return;
        try
        {
            await database.WriteAsync(default, db =>
                db.Command(Free).With("@ids", ids).With("@instance", instance.Id).ExecuteNonQueryAsync());
            foreach (var id in ids)
            {
                _left.TryDequeue(out _);
                _held.TryRemove(id, out _);
            }
        }
        catch (Exception fault)
        {
            // They stay, and are given back with the next.
            Log.NotFreed(logger, fault);
        }
    }

    private async Task SweepAsync()
    {
        try
        {
            await database.WriteAsync(default, async db =>
            {
                await db.Command(FreeUnknown).With("@instance", instance.Id).With("@held", _held.Keys.ToArray())
                    .ExecuteNonQueryAsync();
                return await db.Command(Sweep).ExecuteNonQueryAsync();
            });
        }
        catch (Exception fault)
        {
            Log.NotFreed(logger, fault);
        }
    }

    private sealed class Both(SharedPlaces shared, Places.Place here, long[] ids) : IAsyncDisposable
    {
        private int _isGivenBack;

        public async ValueTask DisposeAsync()
        {
            here.Dispose();
            if (Interlocked.Exchange(ref _isGivenBack, 1) == 0)
                await shared.GiveBackAsync(ids);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning,
            Message = "Places of the limits could not be given back. It is tried again.")]
        public static partial void NotFreed(ILogger logger, Exception fault);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning,
            Message = "The limits of all instances could not be asked. Those of this instance hold.")]
        public static partial void NotCounted(ILogger logger, Exception fault);
    }
}

using System.Data.Common;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using ChatStream.Web.Contract;
using ChatStream.Web.Settings;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChatStream.Web.Storage;

/// <summary>
/// A PostgreSQL database, which several instances may share. Each write is a transaction of its own, and the server orders them.
/// </summary>
internal sealed class PostgresDatabase : IChatDatabase, IAsyncDisposable
{
    private const int MostAttempts = 5;

    /// <summary>The server has ended a session that stood still in a transaction.</summary>
    private const string IdleInTransaction = "25P03";

    /// <summary>
    /// Writes of one user at once. They may wait for each other's rows, each with a connection from the pool that others need.
    /// What the app imports or removes by itself goes one at a time: nobody waits for it, and the server has other work.
    /// </summary>
    private const int WritesOfOneOwner = 4;

    /// <summary>How long a command may take, in seconds, if the connection string does not say.</summary>
    private const int CommandTimeout = 10;

    /// <summary>
    /// How long connecting may take, in seconds, if the connection string does not say. Npgsql cancels a command that took too
    /// long over a connection of its own, so a user of a server that hangs waits for both.
    /// </summary>
    private const int ConnectTimeout = 4;

    /// <summary>
    /// How long the server may take, in milliseconds, to cancel a command that took too long. Then the connection is dropped.
    /// </summary>
    private const int CancellationTimeout = 500;

    /// <summary>How long one command of a migration may take. It may rewrite a large table.</summary>
    private static readonly TimeSpan MigrationTimeout = TimeSpan.FromHours(1);

    /// <summary>
    /// Whether a ChatStream of before instances has the database. It takes it for itself by this lock, and would not be seen
    /// otherwise.
    /// </summary>
    private const string IsLocked = """
        SELECT EXISTS (SELECT 1 FROM pg_locks JOIN pg_database ON pg_locks.database = pg_database.oid
            WHERE locktype = 'advisory' AND datname = current_database()
                AND classid = 1130914164 AND objid = 1400140397 AND objsubid = 1) AS "Value"
        """;

    private const string WaitForMigration = "SELECT pg_advisory_xact_lock(hashtextextended('ChatStream migrations', 0))";

    private readonly PartitionedRateLimiter<Owner> _turns = PartitionedRateLimiter.Create<Owner, Owner>(owner =>
        owner == default
            ? RateLimitPartition.GetNoLimiter(owner)
            : RateLimitPartition.GetConcurrencyLimiter(owner, _ => new ConcurrencyLimiterOptions
            {
                PermitLimit = owner == Owner.Importing || owner == Owner.Removed ? 1 : WritesOfOneOwner,
                QueueLimit = int.MaxValue,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            }));
    private readonly NpgsqlDataSource _source;
    private readonly ContextPool<PostgresChatDbContext> _reading;
    private readonly ContextPool<PostgresChatDbContext> _writing;

    public PostgresDatabase(string connectionString)
    {
        _source = NpgsqlDataSource.Create(SettingsOf(connectionString));
        _reading = new(o => o.UseNpgsql(_source).UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking));
        _writing = new(o => o.UseNpgsql(_source));
    }

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var db = _writing.LendTo(default);
            await OpeningFault.RefuseNewerAsync(db, "ConnectionStrings:Postgres", cancellationToken);
            await RefuseOlderAsync(db, cancellationToken);
            db.Database.SetCommandTimeout(MigrationTimeout);
            await MigrateAsync(db, cancellationToken);
            db.Database.SetCommandTimeout(null);
        }
        catch (SocketException fault) // of an unknown host name; Npgsql wraps all others
        {
            throw OpeningFault.Of(new NpgsqlException(fault.Message, fault))!;
        }
        catch (Exception fault) when (OpeningFault.Of(fault) is { } told)
        {
            throw told;
        }
    }

    public ChatDbContext ReadAs(Owner owner) => _reading.LendTo(owner);

    public async Task<T> WriteAsync<T>(Owner owner, Func<ChatDbContext, Task<T>> work)
    {
        using var turn = await _turns.AcquireAsync(owner);
        for (var attempt = 1; ; attempt++)
        {
            var isCommitting = false;
            try
            {
                await using var db = _writing.LendTo(owner);
                // A failed write is rolled back whole, so EF's savepoints would only cost round trips.
                db.Database.AutoSavepointsEnabled = false;
                await using var transaction = await db.Database.BeginTransactionAsync();
                db.BoundStandstill();
                var result = await work(db);
                isCommitting = true;
                await transaction.CommitAsync();
                return result;
            }
            catch (Exception fault) when (attempt < MostAttempts && IsCollision(fault))
            {
                // Another transaction was first. This one runs again and sees its result.
            }
            catch (Exception fault) when (attempt == 1 && !isCommitting && IsBroken(fault))
            {
                // A connection of the pool that the server closed while it was idle. Nothing was kept, and others are like it.
                _source.Clear();
            }
            catch (Exception fault) when (StorageException.IsBehind(fault))
            {
                throw new StorageException(fault) { IsUnknown = isCommitting && !IsRefusal(fault) };
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _turns.DisposeAsync();
    }

    /// <summary>The settings of a connection, with the app's timeouts where the string does not say.</summary>
    /// <exception cref="SettingsException">It is not a connection string.</exception>
    public static NpgsqlConnectionStringBuilder SettingsOf(string connectionString)
    {
        try
        {
            var named = new DbConnectionStringBuilder { ConnectionString = connectionString };
            var settings = new NpgsqlConnectionStringBuilder(connectionString);
            if (!named.ContainsKey("Command Timeout") && !named.ContainsKey(nameof(settings.CommandTimeout)))
                settings.CommandTimeout = CommandTimeout;
            if (!named.ContainsKey(nameof(settings.Timeout)))
                settings.Timeout = ConnectTimeout;
            if (!named.ContainsKey("Cancellation Timeout") && !named.ContainsKey(nameof(settings.CancellationTimeout)))
                settings.CancellationTimeout = CancellationTimeout;
            // Nothing is left in a session: settings and locks are a transaction's own. To clear it costs a command each time.
            if (!named.ContainsKey("No Reset On Close") && !named.ContainsKey(nameof(settings.NoResetOnClose)))
                settings.NoResetOnClose = true;
            return settings;
        }
        catch (ArgumentException fault)
        {
            // The fault's own words are left out: they may quote the string, which holds a password.
            throw new SettingsException(
                "ConnectionStrings:Postgres: this is not a connection string. "
                + "One looks like Host=db;Database=chat;Username=chat;Password=….",
                fault);
        }
    }

    private static async Task RefuseOlderAsync(ChatDbContext db, CancellationToken cancellationToken)
    {
        if (await db.Database.SqlQueryRaw<bool>(IsLocked).SingleAsync(cancellationToken))
            throw new SettingsException(
                "ConnectionStrings:Postgres: a ChatStream of an older version has the database, or a connection pooler keeps its "
                + "lock. Stop it, or end the session that holds the advisory lock (pg_locks).");
    }

    // Several instances may begin at once: the first one migrates, and the others wait. The lock ends with its transaction, so a
    // connection pooler keeps nothing of it.
    private async Task MigrateAsync(ChatDbContext db, CancellationToken cancellationToken)
    {
        await using var turn = await _source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await turn.BeginTransactionAsync(cancellationToken);
        await using var wait = new NpgsqlCommand(WaitForMigration, turn, transaction)
        {
            CommandTimeout = (int)MigrationTimeout.TotalSeconds,
        };
        await wait.ExecuteNonQueryAsync(cancellationToken);
        await db.Database.MigrateAsync(cancellationToken);
    }

    // Another transaction stored the same key, or removed a row that this one refers to.
    private static bool IsCollision(Exception fault) => fault is DbUpdateConcurrencyException or PostgresException
    {
        SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation
                or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected,
    }
        || (fault.InnerException is { } inner && IsCollision(inner));

    // The connection was lost, or the server closed it. A command that took too long does not count.
    private static bool IsBroken(Exception fault) => fault is
            PostgresException
            {
                SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
                or IdleInTransaction
            }
            or NpgsqlException { InnerException: IOException or SocketException }
        || (fault.InnerException is { } inner && IsBroken(inner));

    // The server answered, and the answer is that nothing was kept. A FATAL one may come after a commit.
    private static bool IsRefusal(Exception fault) => fault is PostgresException { InvariantSeverity: "ERROR" }
        || (fault.InnerException is { } inner && IsRefusal(inner));
}

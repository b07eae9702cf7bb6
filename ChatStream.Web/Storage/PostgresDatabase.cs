using System.Data.Common;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using ChatStream.Web.Contract;
using ChatStream.Web.Settings;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChatStream.Web.Storage;

/// <summary>A PostgreSQL database. Each write is a transaction of its own, and the server orders them.</summary>
internal sealed class PostgresDatabase : IChatDatabase, IAsyncDisposable
{
    /// <summary>An arbitrary number that is the same in every ChatStream.</summary>
    private const long OwnerLock = 0x43686174_5374726D;

    private const int MostAttempts = 5;

    /// <summary>
    /// Writes of one user at once. They may wait for each other's rows, each with a connection from the pool that others need.
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

    private const string TakeLock = "SELECT pg_try_advisory_lock(@key)";

    /// <summary>
    /// The server may notice only after hours that a connection was lost, and until then its session has the lock.
    /// </summary>
    private const string EndLostSession = """
        SELECT bool_or(pg_terminate_backend(held.pid)) FROM pg_locks AS held JOIN pg_stat_activity AS session USING (pid)
        WHERE held.locktype = 'advisory' AND session.application_name = @name AND held.pid <> pg_backend_pid()
        """;

    private readonly PartitionedRateLimiter<Owner> _turns = PartitionedRateLimiter.Create<Owner, Owner>(owner =>
        owner == default
            ? RateLimitPartition.GetNoLimiter(owner)
            : RateLimitPartition.GetConcurrencyLimiter(owner, _ => new ConcurrencyLimiterOptions
            {
                PermitLimit = WritesOfOneOwner,
                QueueLimit = int.MaxValue,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            }));
    private readonly NpgsqlDataSource _source;
    private readonly string _lockName = $"chatstream {Ids.New()}";
    private readonly string _lockConnection;
    private readonly ContextPool<PostgresChatDbContext> _reading;
    private readonly ContextPool<PostgresChatDbContext> _writing;
    private NpgsqlConnection? _lock; // its session holds the advisory lock
    private bool _isOurs;

    public PostgresDatabase(string connectionString)
    {
        try
        {
            var settings = WithTimeouts(connectionString);
            _source = NpgsqlDataSource.Create(settings);
            (settings.ApplicationName, settings.Pooling) = (_lockName, false);
            _lockConnection = settings.ToString();
        }
        catch (ArgumentException fault)
        {
            // The fault's own words are left out: they may quote the string, which holds a password.
            throw new SettingsException(
                "ConnectionStrings:Postgres: this is not a connection string. "
                + "One looks like Host=db;Database=chat;Username=chat;Password=….",
                fault);
        }
        _reading = new(o => o.UseNpgsql(_source).UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking));
        _writing = new(o => o.UseNpgsql(_source));
    }

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await TakeAsync(cancellationToken);
            if (_lock is null)
                throw new SettingsException("ConnectionStrings:Postgres: the database is in use by another ChatStream process.");

            await using var db = _writing.LendTo(default);
            await OpeningFault.RefuseNewerAsync(db, "ConnectionStrings:Postgres", cancellationToken);
            db.Database.SetCommandTimeout(MigrationTimeout);
            await db.Database.MigrateAsync(cancellationToken);
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

    public async ValueTask<bool> IsOursAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_lock is not null)
            {
                await using var look = new NpgsqlCommand("-- Ownership\nSELECT 1", _lock);
                await look.ExecuteScalarAsync(cancellationToken);
                return true;
            }
        }
        catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException)
        {
            // The server was restarted, or the connection was lost. Those in the pool will not work either.
            await _lock!.DisposeAsync();
            _lock = null;
            _source.Clear();
        }
        try
        {
            await TakeAsync(cancellationToken);
        }
        catch (NpgsqlException)
        {
            // Asked again soon.
        }
        return _isOurs;
    }

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
        if (_lock is not null)
            await _lock.DisposeAsync();
        await _source.DisposeAsync();
        await _turns.DisposeAsync();
    }

    private static NpgsqlConnectionStringBuilder WithTimeouts(string connectionString)
    {
        var named = new DbConnectionStringBuilder { ConnectionString = connectionString };
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (!named.ContainsKey("Command Timeout") && !named.ContainsKey(nameof(settings.CommandTimeout)))
            settings.CommandTimeout = CommandTimeout;
        if (!named.ContainsKey(nameof(settings.Timeout)))
            settings.Timeout = ConnectTimeout;
        if (!named.ContainsKey("Cancellation Timeout") && !named.ContainsKey(nameof(settings.CancellationTimeout)))
            settings.CancellationTimeout = CancellationTimeout;
        return settings;
    }

    // On a connection of its own, because a pooled one may be closed when it is idle.
    private async Task TakeAsync(CancellationToken cancellationToken)
    {
        NpgsqlConnection? connection = new(_lockConnection);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var take = new NpgsqlCommand(TakeLock, connection) { Parameters = { new("key", OwnerLock) } };
            if (await take.ExecuteScalarAsync(cancellationToken) is true)
            {
                (_lock, connection, _isOurs) = (connection, null, true);
                return;
            }
            // Held by a session of this process whose connection was lost, or else by another process.
            await using var end = new NpgsqlCommand(EndLostSession, connection) { Parameters = { new("name", _lockName) } };
            _isOurs = await end.ExecuteScalarAsync(cancellationToken) is true;
        }
        finally
        {
            if (connection is not null)
                await connection.DisposeAsync();
        }
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
            PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown }
            or NpgsqlException { InnerException: IOException or SocketException }
        || (fault.InnerException is { } inner && IsBroken(inner));

    // The server answered, and the answer is that nothing was kept. A FATAL one may come after a commit.
    private static bool IsRefusal(Exception fault) => fault is PostgresException { InvariantSeverity: "ERROR" }
        || (fault.InnerException is { } inner && IsRefusal(inner));
}

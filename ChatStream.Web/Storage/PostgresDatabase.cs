using System.Net.Sockets;
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

    private readonly NpgsqlDataSource _source;
    private readonly ContextPool<PostgresChatDbContext> _reading;
    private readonly ContextPool<PostgresChatDbContext> _writing;
    private NpgsqlConnection? _lock;

    public PostgresDatabase(string connectionString)
    {
        try
        {
            _source = NpgsqlDataSource.Create(connectionString);
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
            _lock = await _source.OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock(@key)", _lock)
            {
                Parameters = { new("key", OwnerLock) },
            };
            if (await command.ExecuteScalarAsync(cancellationToken) is not true)
                throw new SettingsException("ConnectionStrings:Postgres: the database is in use by another ChatStream process.");

            await using var db = _writing.LendTo(default);
            await OpeningFault.RefuseNewerAsync(db, "ConnectionStrings:Postgres", cancellationToken);
            await db.Database.MigrateAsync(cancellationToken);
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
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TransactAsync(owner, work);
            }
            catch (Exception fault) when (attempt < MostAttempts && IsCollision(fault))
            {
                // Another transaction was first. This one runs again and sees its result.
            }
            catch (Exception fault) when (StorageException.IsBehind(fault))
            {
                throw new StorageException(fault);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_lock is not null)
            await _lock.DisposeAsync();
        await _source.DisposeAsync();
    }

    private async Task<T> TransactAsync<T>(Owner owner, Func<ChatDbContext, Task<T>> work)
    {
        await using var db = _writing.LendTo(owner);
        // A failed write is rolled back whole, so EF's savepoints would only cost round trips.
        db.Database.AutoSavepointsEnabled = false;
        await using var transaction = await db.Database.BeginTransactionAsync();
        var result = await work(db);
        await transaction.CommitAsync();
        return result;
    }

    // Another transaction stored the same key, or removed a row that this one refers to.
    private static bool IsCollision(Exception fault) => fault is DbUpdateConcurrencyException or PostgresException
    {
        SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation
                or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected,
    }
        || (fault.InnerException is { } inner && IsCollision(inner));
}

using ChatStream.Web.Contract;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChatStream.Web.Conversations.Storage;

/// <summary>A PostgreSQL database: each write is a transaction of its own, and the server orders them.</summary>
internal sealed class PostgresDatabase : IChatDatabase, IAsyncDisposable
{
    /// <summary>Any number, the same in every ChatStream.</summary>
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
            // Not the fault's own words: they may quote what stands in the string.
            throw new SettingsException("ConnectionStrings:Postgres: this is no connection string. One looks like Host=db;Database=chat;Username=chat;Password=….", fault);
        }
        _reading = new(o => o.UseNpgsql(_source).UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking));
        _writing = new(o => o.UseNpgsql(_source));
    }

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            _lock = await _source.OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock(@key)", _lock) { Parameters = { new("key", OwnerLock) } };
            if (await command.ExecuteScalarAsync(cancellationToken) is not true)
                throw new SettingsException("ConnectionStrings:Postgres: the database is in use by another ChatStream process.");

            await using var db = _writing.LendTo(default);
            await db.Database.MigrateAsync(cancellationToken);
        }
        catch (NpgsqlException fault)
        {
            throw new SettingsException($"ConnectionStrings:Postgres: the database cannot be opened ({fault.SqlState ?? fault.InnerException?.GetType().Name}).", fault);
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
                // Another transaction was first. This one looks again, and finds what that one left.
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
        // What fails is taken back whole, and EF's savepoints are round trips.
        db.Database.AutoSavepointsEnabled = false;
        await using var transaction = await db.Database.BeginTransactionAsync();
        var result = await work(db);
        await transaction.CommitAsync();
        return result;
    }

    // The same key stored, or what is referred to removed, by another transaction meanwhile.
    private static bool IsCollision(Exception fault) => fault is DbUpdateConcurrencyException or PostgresException
        {
            SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation
                or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected,
        }
        || (fault.InnerException is { } inner && IsCollision(inner));
}

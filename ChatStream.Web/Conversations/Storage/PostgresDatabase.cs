using System.Data.Common;
using ChatStream.Web.Contract;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ChatStream.Web.Conversations.Storage;

/// <summary>A PostgreSQL database: each write is a transaction of its own, and the server orders them.</summary>
internal sealed class PostgresDatabase : IChatDatabase, IAsyncDisposable
{
    /// <summary>Any number, the same in every ChatStream.</summary>
    private const long OwnerLock = 0x43686174_5374726D;

    private readonly NpgsqlDataSource _source;
    private readonly DbContextOptions<PostgresChatDbContext> _reading;
    private readonly DbContextOptions<PostgresChatDbContext> _writing;
    private NpgsqlConnection? _lock;

    public PostgresDatabase(string connectionString)
    {
        _source = NpgsqlDataSource.Create(connectionString);
        _writing = new DbContextOptionsBuilder<PostgresChatDbContext>().UseNpgsql(_source).Options;
        _reading = new DbContextOptionsBuilder<PostgresChatDbContext>(_writing).UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options;
    }

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            _lock = await _source.OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock(@key)", _lock) { Parameters = { new("key", OwnerLock) } };
            if (await command.ExecuteScalarAsync(cancellationToken) is not true)
                throw new SettingsException("ConnectionStrings:Postgres: the database is in use by another ChatStream process.");
        }
        catch (NpgsqlException fault)
        {
            throw new SettingsException($"ConnectionStrings:Postgres: the database cannot be opened ({fault.SqlState ?? fault.InnerException?.GetType().Name}).", fault);
        }
        await using var db = new PostgresChatDbContext(_writing, default);
        await db.Database.MigrateAsync(cancellationToken);
    }

    public ChatDbContext ReadAs(Owner owner) => new PostgresChatDbContext(_reading, owner);

    public async Task<T> WriteAsync<T>(Owner owner, Func<ChatDbContext, Task<T>> work)
    {
        try
        {
            await using var db = new PostgresChatDbContext(_writing, owner);
            await using var transaction = await db.Database.BeginTransactionAsync();
            var result = await work(db);
            await transaction.CommitAsync();
            return result;
        }
        catch (Exception fault) when (fault is DbException or DbUpdateException or TimeoutException)
        {
            throw new StorageException(fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_lock is not null)
            await _lock.DisposeAsync();
        await _source.DisposeAsync();
    }
}

using System.Threading.Channels;
using ChatStream.Web.Contract;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace ChatStream.Web.Storage;

/// <summary>
/// The SQLite file <c>chatstream.db</c> in write-ahead mode. SQLite has one writer at a time, so all writes go through one loop.
/// While a commit is on its way to the disk, further writes gather; the loop then commits them as one transaction, or as
/// several if they take long. Reads never wait for it.
/// </summary>
internal sealed partial class SqliteDatabase : IChatDatabase, IAsyncDisposable
{
    /// <summary>
    /// Writes in one transaction. It bounds how long a checkpoint waits when hundreds of answers start or end at once.
    /// </summary>
    private const int LargestBatch = 64;

    /// <summary>
    /// A transaction that has taken so long takes no further write. So what comes meanwhile, a checkpoint above all, waits for
    /// about so long and for the write that ran.
    /// </summary>
    private static readonly TimeSpan LongestBatch = TimeSpan.FromMilliseconds(15);

    private readonly FolderLock _lock;
    private readonly string _file;
    private readonly ILogger<SqliteDatabase> _logger;
    private readonly ContextPool<SqliteChatDbContext> _reading;
    private readonly ContextPool<SqliteChatDbContext> _writing;
    private readonly SqliteConnection _writer;
    private readonly SqliteStatements _statements;
    private readonly WriteAheadLog _log;
    private readonly Channel<SqliteWrite> _writes = Channel.CreateUnbounded<SqliteWrite>(
        // The continuation only wakes the writer's thread, so it may run on the caller's thread.
        new() { SingleReader = true, AllowSynchronousContinuations = true });
    private readonly TimeProvider _time;
    private readonly Lazy<Task> _closing;
    private long _written;
    private Task _loop = Task.CompletedTask; // the writer's thread, once the database is open

    /// <param name="folder">The folder of the file; made if it does not exist.</param>
    /// <param name="logger">Gets a line for each commit that fails.</param>
    /// <param name="patience">Seconds that a write waits for another program's lock before it fails.</param>
    /// <param name="time">Measures how long a transaction takes.</param>
    /// <param name="folderLock">The lock on the folder, if it was taken before.</param>
    public SqliteDatabase(
        string folder, ILogger<SqliteDatabase> logger, int patience = 5, TimeProvider? time = null, FolderLock? folderLock = null)
    {
        _lock = folderLock ?? new FolderLock(folder);
        _file = Path.Combine(folder, "chatstream.db");
        _logger = logger;
        _time = time ?? TimeProvider.System;
        _closing = new(CloseAsync);
        var connection = new SqliteConnectionStringBuilder
        {
            DataSource = _file,
            DefaultTimeout = patience,
        }.ToString();
        _reading = new(o => o.UseSqlite(connection).UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking));
        _writer = new SqliteConnection(connection);
        _statements = new SqliteStatements(_writer);
        _log = new WriteAheadLog(_writer, connection);
        _writing = new(o => o.UseSqlite(_writer));
    }

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        _lock.Take();
        try
        {
            await MigrateAsync(cancellationToken);
        }
        catch (Exception fault) when (OpeningFault.Of(fault) is { } told)
        {
            throw told;
        }
        // A thread of its own, because SQLite's calls block. The thread pool of a small machine may have one thread only, which
        // reads every stream.
        _loop = Task.Factory.StartNew(WriteLoop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public ChatDbContext ReadAs(Owner owner) => _reading.LendTo(owner);

    public async Task<T> WriteAsync<T>(Owner owner, Func<ChatDbContext, Task<T>> work)
    {
        var write = new SqliteWrite<T>(owner, Interlocked.Increment(ref _written), work);
        ObjectDisposedException.ThrowIf(!_writes.Writer.TryWrite(write), this);
        try
        {
            return await write.Task;
        }
        catch (Exception fault) when (StorageException.IsBehind(fault))
        {
            throw new StorageException(fault);
        }
    }

    // Closed once: an app may be stopped and disposed of at the same time, and two threads must not close one connection.
    public ValueTask DisposeAsync() => new(_closing.Value);

    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await _writer.OpenAsync(cancellationToken);
        await using var db = _writing.LendTo(default);
        // This process owns the folder. A migration lock that is still there was left by a process that died, and EF would wait
        // for it for ever.
        await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS __EFMigrationsLock", cancellationToken);
        await OpeningFault.RefuseNewerAsync(db, "Data:Path", cancellationToken);
        await db.Database.MigrateAsync(cancellationToken);

        // NORMAL: a commit survives the death of the process. A power cut may cost the last commits, never the file.
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;", cancellationToken);
        _log.Open();
    }

    private async Task CloseAsync()
    {
        _writes.Writer.TryComplete();
        await _loop;
        _log.Dispose();
        await _writer.DisposeAsync();
        SqliteConnection.ClearAllPools();
        _lock.Dispose();
    }

    private void WriteLoop()
    {
        var waiting = new PriorityQueue<SqliteWrite, SqliteWrite>(SqliteWrite.Order);
        var batch = new List<SqliteWrite>();
        while (Gather(waiting))
        {
            // The app's own writes, checkpoints above all, do not wait for a commit with those of users.
            while (batch.Count < LargestBatch && waiting.TryPeek(out var write, out _)
                && (batch.Count == 0 || write.IsOwn == batch[0].IsOwn))
                batch.Add(waiting.Dequeue());
            try
            {
                CommitAsync(batch, waiting).GetAwaiter().GetResult(); // asynchronous in name only: all calls of SQLite block
            }
            catch (Exception fault)
            {
                Log.CommitFailed(_logger, batch.Count, fault);
                batch.ForEach(write => write.Fail(new StorageException(fault)));
            }
            batch.Clear();
            _log.Committed();
            if (_statements.WaitingTexts >= ChatDbContext.TextsAtOnce)
            {
                var (slices, rest) = Math.DivRem(_statements.WaitingTexts, ChatDbContext.TextsAtOnce);
                _statements.WaitingTexts = rest;
                _ = IndexWaitingAsync(slices);
            }
        }
    }

    /// <summary>Takes over what has come, and waits for it if nothing is left to do. False once the database is closed.</summary>
    private bool Gather(PriorityQueue<SqliteWrite, SqliteWrite> waiting)
    {
        if (waiting.Count == 0 && !_writes.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            return false;
        while (_writes.Reader.TryRead(out var write))
            waiting.Enqueue(write, write);
        return true;
    }

    private async Task CommitAsync(List<SqliteWrite> batch, PriorityQueue<SqliteWrite, SqliteWrite> waiting)
    {
        // SQLite goes on writing to a file that was deleted, and all of it is gone at the next start.
        if (!File.Exists(_file))
            throw new FileNotFoundException("The database file was deleted or moved while the app runs.");
        await using var transaction = _writer.BeginTransaction();
        var begun = _time.GetTimestamp();
        // Each write has a savepoint, so that a refused one rolls back its own changes only. A single write needs none, and
        // SQLite then need not copy the pages that it changes.
        var savepoint = batch.Count > 1;
        for (var done = 0; done < batch.Count; done++)
        {
            if (done > 0 && _time.GetElapsedTime(begun) >= LongestBatch)
            {
                PutBack(batch, done, waiting);
                break;
            }
            var write = batch[done];
            if (savepoint)
                transaction.Save("write");
            try
            {
                await using var db = _writing.LendTo(write.Owner);
                // A failed write is rolled back here, so EF needs no savepoints of its own.
                db.Database.AutoSavepointsEnabled = false;
                db.Statements = _statements;
                await db.Database.UseTransactionAsync(transaction);
                await write.RunAsync(db);
            }
            catch (Exception fault)
            {
                // Noted before the rollback: on a full disk SQLite has already rolled back the whole transaction.
                write.Refuse(fault);
                if (!savepoint)
                {
                    await transaction.RollbackAsync();
                    write.Complete();
                    return;
                }
                transaction.Rollback("write");
            }
            if (savepoint)
                transaction.Release("write");
        }
        await transaction.CommitAsync();
        batch.ForEach(write => write.Complete());
    }

    // What is not indexed now waits in the database, for the next texts or for a search.
    private async Task IndexWaitingAsync(int slices)
    {
        try
        {
            for (; slices > 0; slices--)
                await WriteAsync(default, db => db.IndexWaitingAsync());
        }
        catch (ObjectDisposedException)
        {
        }
        catch (Exception fault)
        {
            Log.NotIndexed(_logger, fault);
        }
    }

    // The next transaction takes them, after the app's own writes that have come meanwhile.
    private static void PutBack(List<SqliteWrite> batch, int done, PriorityQueue<SqliteWrite, SqliteWrite> waiting)
    {
        foreach (var write in batch.Skip(done))
            waiting.Enqueue(write, write);
        batch.RemoveRange(done, batch.Count - done);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "A transaction of {Count} writes was not committed.")]
        public static partial void CommitFailed(ILogger logger, int count, Exception fault);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning,
            Message = "Texts could not be added to the search index. They are added with the next ones.")]
        public static partial void NotIndexed(ILogger logger, Exception fault);
    }
}

using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ChatStream.Web.Storage;

/// <summary>
/// Copies the pages of SQLite's write-ahead log into the database file, on a thread of its own. SQLite would do it inside a
/// commit, and the writes behind that commit would wait for the disk.
/// </summary>
/// <param name="writer">The connection that commits.</param>
/// <param name="connection">Opens another one to the same file.</param>
internal sealed class WriteAheadLog(SqliteConnection writer, string connection) : IDisposable
{
    /// <summary>So many pages are worth a copy. It is SQLite's own number.</summary>
    private const int EnoughPages = 1_000;

    /// <summary>
    /// A log of so many pages, 64 MB, is copied to its end by the writer, so that it begins again. A copy beside the writer never
    /// ends while writes go on.
    /// </summary>
    private const int MostPages = 16_000;

    /// <summary>
    /// How long the writer then waits for those who still read from the log, in milliseconds. If one reads for longer, the log
    /// grows on, and the writer tries again after the next copy.
    /// </summary>
    private const int Patience = 50;

    /// <summary>SQLITE_DBSTATUS_CACHE_WRITE: the pages that a connection has written to the log.</summary>
    private const int PagesWritten = 9;

    private readonly SqliteConnection _copier = new(connection);
    private Task<int> _copying = Task.FromResult(0);
    private int _seen;

    /// <summary>Takes over from SQLite.</summary>
    public void Open()
    {
        _copier.Open();
        // A connection that has read nothing does not know of the log, and would copy nothing.
        using (var look = new SqliteCommand("SELECT count(*) FROM sqlite_schema", _copier))
            look.ExecuteScalar();
        raw.sqlite3_wal_autocheckpoint(writer.Handle, 0);
    }

    /// <summary>Begins a copy if it is worth it. It is called on the writer's thread, outside of a transaction.</summary>
    public void Committed()
    {
        if (!_copying.IsCompleted)
            return;
        if (_copying.Result >= MostPages)
        {
            BeginAgain();
            _copying = Task.FromResult(0);
        }
        raw.sqlite3_db_status(writer.Handle, PagesWritten, out var written, out _, resetFlg: 0);
        if (unchecked(written - _seen) < EnoughPages)
            return;
        _seen = written;
        _copying = Task.Factory.StartNew(
            () => Copy(_copier), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public void Dispose()
    {
        _copying.Wait();
        _copier.Dispose();
    }

    private void BeginAgain()
    {
        raw.sqlite3_busy_timeout(writer.Handle, Patience);
        // Little is left to copy: what came since the copy that has just ended.
        raw.sqlite3_wal_checkpoint_v2(writer.Handle, null, raw.SQLITE_CHECKPOINT_RESTART, out _, out _);
        raw.sqlite3_busy_timeout(writer.Handle, 0);
    }

    // After a copy that failed, the writer tries it, as SQLite would. If the disk is full, the commits say so.
    private static int Copy(SqliteConnection connection) =>
        raw.sqlite3_wal_checkpoint_v2(connection.Handle, null, raw.SQLITE_CHECKPOINT_PASSIVE, out var pages, out _)
            == raw.SQLITE_OK && pages >= 0
            ? pages
            : MostPages;
}

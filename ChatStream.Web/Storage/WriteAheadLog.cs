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
    /// A log of so many pages, 64 MB, is to begin again. For that, the writer copies what is left: a copy beside the writer never
    /// ends while writes go on.
    /// </summary>
    private const int LongLog = 16_000;

    /// <summary>
    /// How much may be left then: one page in so many of the log. If more is left, it is copied beside the writer.
    /// </summary>
    private const int MostLeft = 16;

    /// <summary>
    /// How long the writer then waits for connections that read from the log, in milliseconds. If one reads for longer, the
    /// log grows on, and the writer tries again after the next copy.
    /// </summary>
    private const int Patience = 50;

    /// <summary>SQLITE_DBSTATUS_CACHE_WRITE: the pages that a connection has written to the log.</summary>
    private const int PagesWritten = 9;

    private readonly SqliteConnection _copier = new(connection);
    private Task<int> _copying = Task.FromResult(0); // results in the length of the log, in pages
    private int _copied; // as PagesWritten, when the last copy began

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
        raw.sqlite3_db_status(writer.Handle, PagesWritten, out var written, out _, resetFlg: 0);
        var left = unchecked(written - _copied);
        var length = _copying.Result;
        if (length >= LongLog && left <= length / MostLeft)
        {
            BeginAgain();
            (_copying, _copied) = (Task.FromResult(0), written);
        }
        else if (left >= EnoughPages)
        {
            _copied = written;
            _copying = Task.Factory.StartNew(
                Copy, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    public void Dispose()
    {
        _copying.Wait();
        _copier.Dispose();
    }

    // A copy that fails is tried again after more pages. If the disk is full, the commits say so.
    private int Copy()
    {
        raw.sqlite3_wal_checkpoint_v2(_copier.Handle, null, raw.SQLITE_CHECKPOINT_PASSIVE, out var length, out _);
        return length;
    }

    private void BeginAgain()
    {
        raw.sqlite3_busy_timeout(writer.Handle, Patience);
        raw.sqlite3_wal_checkpoint_v2(writer.Handle, null, raw.SQLITE_CHECKPOINT_RESTART, out _, out _);
        raw.sqlite3_busy_timeout(writer.Handle, 0);
    }
}

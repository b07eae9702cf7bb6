using Microsoft.Data.Sqlite;

namespace ChatStream.Web.Tests.Integration.BadDay;

/// <summary>The SQLite file, which another program locks, and whose disk fills up.</summary>
internal sealed class BadDaySqlite : BadDayDatabase
{
    private const int Busy = 5;

    public override IReadOnlyList<(string Key, string Value)> SettingsOf(int instance) => [];

    public override IReadOnlyDictionary<string, Func<TimeSpan, Task>> Faults
    {
        get
        {
            var faults = new Dictionary<string, Func<TimeSpan, Task>> { ["database locked"] = LockAsync };
            if (HasDisk)
                faults["disk full"] = FillDiskAsync;
            return faults;
        }
    }

    private async Task LockAsync(TimeSpan time)
    {
        await using var other = new SqliteConnection($"Data Source={Path.Combine(DataFolder(0), "chatstream.db")};Pooling=false");
        await other.OpenAsync();
        await ExecuteAsync(other, "PRAGMA busy_timeout=10000"); // SQLite asks more often than the provider does
        try
        {
            await ExecuteAsync(other, "BEGIN IMMEDIATE");
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode == Busy)
        {
            return; // The app wrote all the time.
        }
        await Task.Delay(time, TimeProvider.System);
        await ExecuteAsync(other, "ROLLBACK");
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}

using ChatStream.Web.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ChatStream.Web.Tests.Infrastructure;

internal enum DatabaseKind
{
    Sqlite,
    Postgres,
}

/// <summary>
/// The database of one test: a folder with a SQLite file, or a PostgreSQL database. It is deleted with the test.
/// </summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private static readonly Lazy<Task<byte[]>> MigratedFile = new(MigrateAsync);

    private TestDatabase(DatabaseKind kind, string place) => (Kind, Place) = (kind, place);

    public DatabaseKind Kind { get; }

    /// <summary>The folder, or the connection string.</summary>
    public string Place { get; }

    /// <summary>
    /// Creates a database. With <paramref name="migrated"/> it has all tables, as a copy of one that was migrated once;
    /// otherwise it is empty.
    /// </summary>
    public static async Task<TestDatabase> NewAsync(DatabaseKind kind, bool migrated = true)
    {
        if (kind == DatabaseKind.Postgres)
            return new(kind, await PostgresServer.NewDatabaseAsync(migrated));
        var folder = Directory.CreateTempSubdirectory("chatstream-store-").FullName;
        if (migrated)
            await File.WriteAllBytesAsync(Path.Combine(folder, "chatstream.db"), await MigratedFile.Value);
        return new(kind, folder);
    }

    /// <summary>
    /// The database as one process sees it. It is not open yet, and the caller disposes it. Its clock stands still: writes that
    /// come together are one transaction, however long they take.
    /// </summary>
    public IChatDatabase ForProcess() => Kind == DatabaseKind.Sqlite
        ? new SqliteDatabase(Place, NullLogger<SqliteDatabase>.Instance, time: new FakeTimeProvider())
        // A server on a busy machine may take longer than the app would wait.
        : new PostgresDatabase($"{Place};Timeout=60;Command Timeout=60");

    /// <summary>The instances that have the database, as one process sees them. The caller disposes of them.</summary>
    public IInstances InstancesForProcess() => Kind == DatabaseKind.Sqlite
        ? new OneInstance()
        : new PostgresInstances(
            Place, name: null, new DatabaseTime(TimeProvider.System, NullLogger<DatabaseTime>.Instance));

    /// <summary>Makes an app use this database.</summary>
    public void Use(ChatApp.Setup setup)
    {
        if (Kind == DatabaseKind.Sqlite)
            setup.Settings["Data:Path"] = Place;
        else
            setup.Settings["ConnectionStrings:Postgres"] = Place;
    }

    public async ValueTask DisposeAsync()
    {
        if (Kind == DatabaseKind.Sqlite)
            Directory.Delete(Place, recursive: true);
        else
            await PostgresServer.DropAsync(Place);
    }

    private static async Task<byte[]> MigrateAsync()
    {
        var folder = Directory.CreateTempSubdirectory("chatstream-store-").FullName;
        await using (var database = new SqliteDatabase(folder, NullLogger<SqliteDatabase>.Instance))
            await database.OpenAsync(CancellationToken.None);
        // Closed by its last connection, the file is whole without its log.
        var file = await File.ReadAllBytesAsync(Path.Combine(folder, "chatstream.db"));
        Directory.Delete(folder, recursive: true);
        return file;
    }
}

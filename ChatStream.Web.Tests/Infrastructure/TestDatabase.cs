using ChatStream.Web.Conversations.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatStream.Web.Tests.Infrastructure;

internal enum DatabaseKind
{
    Sqlite,
    Postgres,
}

/// <summary>Where one test keeps its conversations: a folder, or a database of the server's. It goes with the test.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private TestDatabase(DatabaseKind kind, string place) => (Kind, Place) = (kind, place);

    public DatabaseKind Kind { get; }

    /// <summary>The folder, or the connection string.</summary>
    public string Place { get; }

    public static async Task<TestDatabase> NewAsync(DatabaseKind kind, bool migrated = true) => new(kind, kind == DatabaseKind.Sqlite
        ? Directory.CreateTempSubdirectory("chatstream-store-").FullName
        : await PostgresServer.NewDatabaseAsync(migrated));

    /// <summary>The database as one process has it. Not opened yet; whoever gets it closes it.</summary>
    public IChatDatabase ForProcess() => Kind == DatabaseKind.Sqlite
        ? new SqliteDatabase(Place, NullLogger<SqliteDatabase>.Instance)
        : new PostgresDatabase(Place);

    /// <summary>Has an app keep its conversations here.</summary>
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
}

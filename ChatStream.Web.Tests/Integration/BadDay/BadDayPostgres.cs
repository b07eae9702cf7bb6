using System.Globalization;
using ChatStream.Web.Tests.Infrastructure;
using Npgsql;

namespace ChatStream.Web.Tests.Integration.BadDay;

/// <summary>
/// A PostgreSQL server of its own behind a proxy. It is locked, paused and killed, its disk fills up, and the news of commits is
/// lost.
/// </summary>
internal sealed class BadDayPostgres : BadDayDatabase
{
    private const string Name = "chat";

    // It ends with its input, and so with the process of the tests.
    private const string Run = """
        exec 3<&0
        ( read -r _ <&3; kill -INT $$ ) &
        exec "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c max_wal_size=128MB 3<&-
        """;

    private RealProcess? _server;
    private PostgresProxy? _proxy;

    private BadDayPostgres()
    {
    }

    public override IReadOnlyList<(string Key, string Value)> Settings =>
        [("ConnectionStrings:Postgres", $"Host=127.0.0.1;Port={_proxy!.Port};Username=chatstream;Database={Name}")];

    public override IReadOnlyDictionary<string, Func<TimeSpan, Task>> Faults
    {
        get
        {
            var faults = new Dictionary<string, Func<TimeSpan, Task>>
            {
                ["database locked"] = LockAsync,
                ["database paused"] = PauseAsync,
                ["database killed"] = KillAsync,
                ["database connections lost"] = LoseConnectionsAsync,
                ["acknowledgements of commits swallowed"] = SwallowAsync,
            };
            if (HasDisk)
                faults["disk full"] = FillAsync;
            return faults;
        }
    }

    private string Direct => $"Host={Folder};Username=chatstream;Pooling=false;Database=";

    public static async Task<BadDayPostgres> StartAsync()
    {
        var database = new BadDayPostgres();
        PostgresServer.Initialize(database.Folder);
        await database.StartServerAsync();
        database._proxy = PostgresProxy.Start(Path.Combine(database.Folder, ".s.PGSQL.5432"));
        await ExecuteAsync($"{database.Direct}postgres", $"CREATE DATABASE {Name}");
        return database;
    }

    public override async ValueTask DisposeAsync()
    {
        await KillServerAsync();
        if (_proxy is not null)
            await _proxy.DisposeAsync();
        await base.DisposeAsync();
    }

    private async Task StartServerAsync()
    {
        var start = PostgresServer.AsAccount("sh", "-c", Run, "sh", RealParts.PostgresFolder, Folder);
        start.RedirectStandardInput = true;
        _server = RealProcess.Start(start);
        await _server.LineAsync(line => line.Contains("ready to accept connections", StringComparison.Ordinal));
    }

    private async Task KillServerAsync()
    {
        if (_server is null)
            return;
        foreach (var id in ProcessIds())
            RealProcess.Signal(id, RealProcess.Kill);
        RealProcess.Signal(_server.Id, RealProcess.Continue); // runuser stops when its child is stopped, and does not see it end
        _server.CloseInput();
        await _server.Exited;
        await _server.DisposeAsync();
        _server = null;
    }

    private async Task KillAsync(TimeSpan time)
    {
        await KillServerAsync();
        await Task.Delay(time, TimeProvider.System);
        await StartServerAsync();
    }

    private async Task PauseAsync(TimeSpan time)
    {
        var ids = ProcessIds();
        ids.ForEach(id => RealProcess.Signal(id, RealProcess.Stop));
        await Task.Delay(time, TimeProvider.System);
        ids.ForEach(id => RealProcess.Signal(id, RealProcess.Continue));
    }

    private async Task LockAsync(TimeSpan time)
    {
        await using var connection = new NpgsqlConnection(Direct + Name);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(
            """
            DO $$ BEGIN EXECUTE (SELECT 'LOCK TABLE ' || string_agg(quote_ident(tablename), ', ') || ' IN EXCLUSIVE MODE'
            FROM pg_tables WHERE schemaname = 'public'); END $$
            """,
            connection, transaction);
        try
        {
            await command.ExecuteNonQueryAsync();
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.DeadlockDetected)
        {
            return; // it takes one table after the other, and the app had one of them
        }
        await Task.Delay(time, TimeProvider.System);
    }

    private Task LoseConnectionsAsync(TimeSpan time)
    {
        _proxy!.LoseConnections();
        return Task.CompletedTask;
    }

    private async Task SwallowAsync(TimeSpan time)
    {
        _proxy!.SwallowsCommits = true;
        await Task.Delay(time / 4, TimeProvider.System);
        _proxy.SwallowsCommits = false;
    }

    // A server without room for its log stops, and is started again once there is some.
    private async Task FillAsync(TimeSpan time)
    {
        await FillDiskAsync(time);
        await KillServerAsync();
        await StartServerAsync();
    }

    // The server and its children, which are in process groups of their own.
    private List<int> ProcessIds()
    {
        var file = Path.Combine(Folder, "data", "postmaster.pid");
        if (!File.Exists(file))
            return [];
        var server = int.Parse(File.ReadLines(file).First(), CultureInfo.InvariantCulture);
        return [server, .. RealProcess.ChildrenOf(server)];
    }

    private static async Task ExecuteAsync(string place, string sql)
    {
        await using var connection = new NpgsqlConnection(place);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Only names that stand here.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}

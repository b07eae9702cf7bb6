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

    private readonly PostgresProcess _server;
    private PostgresProxy? _proxy;

    private BadDayPostgres() => _server = new PostgresProcess(Folder);

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

    public static async Task<BadDayPostgres> StartAsync()
    {
        var database = new BadDayPostgres();
        PostgresServer.Initialize(database.Folder);
        await database._server.StartAsync();
        database._proxy = PostgresProxy.Start(database._server.Socket);
        await database._server.ExecuteAsync($"CREATE DATABASE {Name}");
        return database;
    }

    public override async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        if (_proxy is not null)
            await _proxy.DisposeAsync();
        await base.DisposeAsync();
    }

    private async Task KillAsync(TimeSpan time)
    {
        await _server.KillAsync();
        await Task.Delay(time, TimeProvider.System);
        await _server.StartAsync();
    }

    private async Task PauseAsync(TimeSpan time)
    {
        using var paused = _server.Pause();
        await Task.Delay(time, TimeProvider.System);
    }

    private async Task LockAsync(TimeSpan time)
    {
        await using var connection = new NpgsqlConnection(_server.ConnectionString(Name));
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
        await _server.KillAsync();
        await _server.StartAsync();
    }
}

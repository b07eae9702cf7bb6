using ChatStream.Web.Tests.Infrastructure;
using Npgsql;

namespace ChatStream.Web.Tests.Integration.BadDay;

/// <summary>
/// A PostgreSQL server of its own, behind a proxy for each instance. It is locked, paused and killed, its disk fills up, the news
/// of commits is lost, and one of several instances is cut from it.
/// </summary>
internal sealed class BadDayPostgres : BadDayDatabase
{
    private const string Name = "chat";

    private readonly PostgresProcess _server;
    private readonly List<PostgresProxy> _proxies = [];
    private int _cut;

    private BadDayPostgres() => _server = new PostgresProcess(Folder);

    public override IReadOnlyList<(string Key, string Value)> SettingsOf(int instance) =>
        [("ConnectionStrings:Postgres", $"Host=127.0.0.1;Port={_proxies[instance].Port};Username=chatstream;Database={Name}")];

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
            if (_proxies.Count > 1)
                faults["instance cut from the database"] = CutAsync;
            if (HasDisk)
                faults["disk full"] = FillAsync;
            return faults;
        }
    }

    public static async Task<BadDayPostgres> StartAsync(int instances)
    {
        var database = new BadDayPostgres();
        PostgresServer.Initialize(database.Folder);
        await database._server.StartAsync();
        for (var instance = 0; instance < instances; instance++)
            database._proxies.Add(PostgresProxy.Start(database._server.Socket));
        await database._server.ExecuteAsync($"CREATE DATABASE {Name}");
        return database;
    }

    public override async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        foreach (var proxy in _proxies)
            await proxy.DisposeAsync();
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
        _proxies.ForEach(proxy => proxy.LoseConnections());
        return Task.CompletedTask;
    }

    private async Task CutAsync(TimeSpan time)
    {
        var proxy = _proxies[_cut++ % _proxies.Count];
        proxy.IsCut = true;
        await Task.Delay(time, TimeProvider.System);
        proxy.IsCut = false;
    }

    private async Task SwallowAsync(TimeSpan time)
    {
        _proxies.ForEach(proxy => proxy.SwallowsCommits = true);
        await Task.Delay(time / 4, TimeProvider.System);
        _proxies.ForEach(proxy => proxy.SwallowsCommits = false);
    }

    // A server without room for its log stops, and is started again once there is some.
    private async Task FillAsync(TimeSpan time)
    {
        await FillDiskAsync(time);
        await _server.KillAsync();
        await _server.StartAsync();
    }
}

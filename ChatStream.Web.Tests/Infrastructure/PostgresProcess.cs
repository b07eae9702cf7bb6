using System.Globalization;
using Npgsql;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>
/// A PostgreSQL server of a test's own, which can be killed and paused. Its data is in <c>data</c> of a folder, and so is the
/// socket that it listens on.
/// </summary>
internal sealed class PostgresProcess(string folder) : IAsyncDisposable
{
    // It ends with its input, and so with the process of the tests.
    private const string Run = """
        exec 3<&0
        ( read -r _ <&3; kill -INT $$ ) &
        exec "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c max_wal_size=128MB 3<&-
        """;

    private RealProcess? _server;

    public string Socket => Path.Combine(folder, ".s.PGSQL.5432");

    /// <summary>Of its administrative database, without a pool.</summary>
    public string ConnectionString(string database = "postgres") =>
        $"Host={folder};Username=chatstream;Pooling=false;Database={database}";

    public async Task StartAsync()
    {
        var start = PostgresServer.AsAccount("sh", "-c", Run, "sh", RealParts.PostgresFolder, folder);
        start.RedirectStandardInput = true;
        _server = RealProcess.Start(start);
        await _server.LineAsync(line => line.Contains("ready to accept", StringComparison.Ordinal));
    }

    public async Task KillAsync()
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

    /// <summary>Everything of it stands still until the result is disposed of.</summary>
    public IDisposable Pause()
    {
        var ids = ProcessIds();
        ids.ForEach(id => RealProcess.Signal(id, RealProcess.Stop));
        return new Paused(ids);
    }

    /// <summary>
    /// A copy of this server that follows it and can take its place: what this one commits is with that one, too.
    /// </summary>
    public async Task<PostgresProcess> FollowedAsync(string standbyFolder)
    {
        if (Environment.IsPrivilegedProcess)
            RealProcess.Run("chown", "nobody", standbyFolder);
        var (output, exitCode) = RealProcess.Run(PostgresServer.AsAccount(
            $"{RealParts.PostgresFolder}/pg_basebackup", "-D", $"{standbyFolder}/data", "-R", "-X", "stream", "-c", "fast",
            "-h", folder, "-U", "chatstream"));
        if (exitCode != 0)
            throw new InvalidOperationException(output);
        var standby = new PostgresProcess(standbyFolder);
        await standby.StartAsync();
        await ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = '*'");
        await ExecuteAsync("SELECT pg_reload_conf()");
        return standby;
    }

    /// <summary>Makes a server that follows another one take its place.</summary>
    public async Task PromoteAsync()
    {
        await ExecuteAsync("SELECT pg_promote()");
        await ExecuteAsync("ALTER SYSTEM SET synchronous_standby_names = ''");
        await ExecuteAsync("SELECT pg_reload_conf()");
    }

    public async Task ExecuteAsync(string sql, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Only what stands in tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    // The server and its children, which are in process groups of their own.
    private List<int> ProcessIds()
    {
        var file = Path.Combine(folder, "data", "postmaster.pid");
        if (!File.Exists(file))
            return [];
        var server = int.Parse(File.ReadLines(file).First(), CultureInfo.InvariantCulture);
        return [server, .. RealProcess.ChildrenOf(server)];
    }

    private sealed class Paused(List<int> ids) : IDisposable
    {
        public void Dispose() => ids.ForEach(id => RealProcess.Signal(id, RealProcess.Continue));
    }
}

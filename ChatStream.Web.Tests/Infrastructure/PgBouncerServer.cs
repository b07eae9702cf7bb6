using Npgsql;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>A real PgBouncer in front of the tests' PostgreSQL. It lends a connection for one transaction.</summary>
internal sealed class PgBouncerServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly RealProcess _process;
    private readonly int _port;

    private PgBouncerServer(string folder, RealProcess process, int port) =>
        (_folder, _process, _port) = (folder, process, port);

    public static async Task<PgBouncerServer> StartAsync(string connectionString)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        var folder = Directory.CreateTempSubdirectory("chatstream-pgbouncer-").FullName;
        var port = FreePort.Find();
        await File.WriteAllTextAsync(Path.Combine(folder, "pgbouncer.ini"), $"""
            [databases]
            * = host={server.Host} user={server.Username}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            default_pool_size = 5
            ignore_startup_parameters = extra_float_digits
            """);
        RealProcess.Run("chmod", "a+rx", folder);
        var process = RealProcess.Start(
            PostgresServer.AsAccount(RealParts.PgBouncer, Path.Combine(folder, "pgbouncer.ini")));
        await process.LineAsync(line => line.Contains("process up", StringComparison.Ordinal));
        return new PgBouncerServer(folder, process, port);
    }

    /// <summary>The way to the same database through it.</summary>
    public string Through(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString)
    {
        Host = "127.0.0.1",
        Port = _port,
    }.ToString();

    public async ValueTask DisposeAsync()
    {
        // As root, the process is that of the program that has started it.
        foreach (var child in RealProcess.ChildrenOf(_process.Id))
            RealProcess.Signal(child, RealProcess.Kill);
        await _process.KillAsync();
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

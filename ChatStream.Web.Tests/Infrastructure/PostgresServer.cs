using System.Diagnostics;
using System.Globalization;
using ChatStream.Web.Storage;
using Npgsql;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>
/// A real PostgreSQL server on a Unix socket in a folder of its own, started when a test first asks for a database. It ends with
/// the last test, and also when the process of the tests is killed: it reads an input that ends then.
/// </summary>
internal static class PostgresServer
{
    /// <summary>PostgreSQL will not run as root.</summary>
    private const string Account = "nobody";

    /// <summary>Its only user.</summary>
    private const string User = "chatstream";

    private const string Template = "chatstream_template";

    // The shell becomes the server; what is left of it in the background ends the server, and removes the folder.
    private const string Run = """
        exec 3<&0
        ( read -r _ <&3; kill -INT $$; while kill -0 $$ 2> /dev/null; do sleep 0.1; done; rm -rf "$2" ) &
        exec "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c max_connections=300 -c fsync=off -c log_statement=none 3<&-
        """;

    private static readonly SemaphoreSlim Starting = new(1);
    private static string? _folder;
    private static RealProcess? _process;
    private static int _databases;

    /// <summary>Creates a database, with all migrations applied or empty.</summary>
    /// <returns>Its connection string.</returns>
    public static async Task<string> NewDatabaseAsync(bool migrated)
    {
        await StartAsync();
        var name = string.Create(CultureInfo.InvariantCulture, $"chatstream_{Interlocked.Increment(ref _databases)}");
        await ExecuteAsync($"CREATE DATABASE {name}{(migrated ? $" TEMPLATE {Template}" : "")}");
        return ConnectionString(name);
    }

    public static Task DropAsync(string connectionString) =>
        ExecuteAsync($"DROP DATABASE {NameOf(connectionString)} WITH (FORCE)");

    /// <summary>Cuts every connection to the database, and lets none in, until <see cref="LetInAsync"/>.</summary>
    public static async Task ShutOutAsync(string connectionString)
    {
        var name = NameOf(connectionString);
        await ExecuteAsync($"ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        await ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    }

    /// <summary>Ends all connections to the database, as a restart of the server does, and returns when they are gone.</summary>
    public static Task EndSessionsAsync(string connectionString) => ExecuteAsync(
        $"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{NameOf(connectionString)}'");

    public static Task LetInAsync(string connectionString) =>
        ExecuteAsync($"ALTER DATABASE {NameOf(connectionString)} ALLOW_CONNECTIONS true");

    public static async Task StopAsync()
    {
        if (_process is null)
            return;
        _process.CloseInput();
        await _process.Exited;
        await _process.DisposeAsync();
        (_folder, _process) = (null, null);
    }

    /// <summary>Makes the files of a server, in <c>data</c> of this folder.</summary>
    public static void Initialize(string folder)
    {
        var programs = RealParts.PostgresFolder;
        if (Environment.IsPrivilegedProcess)
            Check(RealProcess.Run("chown", Account, folder));
        Check(RealProcess.Run(AsAccount($"{programs}/initdb", ["-D", $"{folder}/data", .. InitArguments(programs)])));
    }

    /// <summary>A program of PostgreSQL, run as an account under which it runs.</summary>
    public static ProcessStartInfo AsAccount(string program, params string[] arguments)
    {
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("runuser", ["-u", Account, "--", program, .. arguments])
            : new ProcessStartInfo(program, arguments);
        start.WorkingDirectory = "/";
        start.Environment["LC_ALL"] = "C";
        return start;
    }

    private static async Task StartAsync()
    {
        await Starting.WaitAsync();
        try
        {
            if (_process is not null)
                return;
            var programs = RealParts.PostgresFolder;
            _folder = Directory.CreateTempSubdirectory("chatstream-postgres-").FullName;
            Initialize(_folder);

            var start = AsAccount("sh", "-c", Run, "sh", programs, _folder);
            start.RedirectStandardInput = true;
            _process = RealProcess.Start(start);
            await _process.LineAsync(line => line.Contains("ready to accept connections", StringComparison.Ordinal));

            await ExecuteAsync($"CREATE DATABASE {Template}");
            await using var database = new PostgresDatabase(ConnectionString(Template));
            await database.OpenAsync(CancellationToken.None);
        }
        finally
        {
            Starting.Release();
        }
    }

    // Uses a collation that differs from the order of bytes, as most servers do.
    private static string[] InitArguments(string programs)
    {
        string[] arguments = ["-U", "chatstream", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"];
        return RealProcess.Run($"{programs}/initdb", "--help").Output.Contains("--icu-locale", StringComparison.Ordinal)
            ? [.. arguments, "--locale-provider=icu", "--icu-locale=en"]
            : arguments;
    }

    private static void Check((string Output, int ExitCode) run)
    {
        if (run.ExitCode != 0)
            throw new InvalidOperationException(run.Output);
    }

    private static string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = _folder,
            Username = User,
            Database = database,
            MaxPoolSize = 20,
        }.ToString();

    private static string NameOf(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Database!;

    private static async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Only names that stand here.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}

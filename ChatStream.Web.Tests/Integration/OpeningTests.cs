using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration;

/// <summary>A database that cannot be opened keeps the app from starting, with one line that says what to do.</summary>
[CancelAfter(60_000)]
internal sealed class OpeningTests
{
    private string _data;

    private string File => Path.Combine(_data, "chatstream.db");

    [SetUp]
    public async Task MakeDatabaseAsync()
    {
        await using var place = await TestDatabase.NewAsync(DatabaseKind.Sqlite);
        _data = Directory.CreateTempSubdirectory("chatstream-").FullName;
        System.IO.File.Copy(Path.Combine(place.Place, "chatstream.db"), File);
    }

    [TearDown]
    public void RemoveData()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_data, recursive: true);
    }

    [Test]
    public async Task It_starts_with_a_good_one()
    {
        await using var app = await AppProcess.StartAsync(AppProcess.Built, _data);

        Assert.That(app.Output, Does.Not.Contain("WARN").And.Not.Contain("FATAL"));
    }

    [Test]
    public async Task Another_program_has_locked_it()
    {
        await using var connection = await ConnectAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS Other (A)";
        await command.ExecuteNonQueryAsync();

        await RefusesAsync(
            "Data:Path: another program has locked chatstream.db. End that one. SQLite's write-ahead log needs a local disk: on "
            + "a network share use PostgreSQL (ConnectionStrings:Postgres).");
    }

    [Test]
    public async Task It_is_not_a_database()
    {
        await System.IO.File.WriteAllBytesAsync(File, Enumerable.Range(0, 20_000).Select(i => (byte)(i * 37 % 251)).ToArray());

        await RefusesAsync("Data:Path: chatstream.db is not a database, or is damaged.");
    }

    [Test]
    public async Task Half_of_it_is_gone()
    {
        var bytes = await System.IO.File.ReadAllBytesAsync(File);
        await System.IO.File.WriteAllBytesAsync(File, bytes[..(bytes.Length / 2)]);

        await RefusesAsync("Data:Path: chatstream.db is damaged. Restore a backup.");
    }

    [Test]
    public async Task A_folder_is_in_its_place()
    {
        System.IO.File.Delete(File);
        Directory.CreateDirectory(File);

        await RefusesAsync("Data:Path: chatstream.db cannot be opened. It must be a file that this process may read and write.");
    }

    [Test]
    public async Task A_newer_version_has_changed_it()
    {
        await using (var connection = await ConnectAsync())
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "INSERT INTO __EFMigrationsHistory VALUES ('99990101000000_Future', '99.0')";
            await command.ExecuteNonQueryAsync();
        }

        await RefusesAsync(
            "Data:Path: a newer version of ChatStream has changed the database (99990101000000_Future). Start that version, or "
            + "restore a backup.");
    }

    [TestCase("Host=127.0.0.1;Port=1;Username=a;Password=hunter2;Timeout=3", "the server cannot be reached (ConnectionRefused).")]
    [TestCase("Host=chatstream.invalid;Username=a;Password=hunter2;Timeout=3", "the server cannot be reached (")]
    public async Task PostgreSQL_cannot_be_reached(string connection, string told) =>
        await RefusesAsync($"ConnectionStrings:Postgres: {told}", ("ConnectionStrings:Postgres", connection));

    private async Task<SqliteConnection> ConnectAsync()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        await connection.OpenAsync();
        return connection;
    }

    private async Task RefusesAsync(string told, params (string, string)[] settings)
    {
        await using var process = AppProcess.Launch(AppProcess.Built, _data, settings);
        var exitCode = await process.Exited;

        Assert.That(process.Output.Split('\n'), Has.Length.EqualTo(1).And.All.Contains($" ChatStream does not start: {told}"));
        Assert.That(process.Output, Does.Not.Contain("hunter2"));
        Assert.That(exitCode, Is.EqualTo(1));
    }
}

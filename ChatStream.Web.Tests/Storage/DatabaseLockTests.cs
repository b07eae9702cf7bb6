using ChatStream.Web.Settings;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using Npgsql;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Storage;

/// <summary>Who can have a database open.</summary>
internal sealed class DatabaseLockTests(DatabaseKind kind) : StoreTest(kind)
{
    [Test]
    public async Task A_second_process_is_refused_with_the_name_of_the_setting_and_ends_no_answer_of_the_first()
    {
        if (Kind != DatabaseKind.Sqlite)
            Assert.Ignore("PostgreSQL serves several processes.");
        var start = await StartAsync("Hello");
        var second = Store.Place.ForProcess();
        await using (var _ = (IAsyncDisposable)second)
        {
            var refused = Assert.ThrowsAsync<SettingsException>(() => second.OpenAsync(Token))!;
            Assert.That(
                refused.Message,
                Is.EqualTo(
                    $"Data:Path: '{Store.Place.Place}' is in use by another ChatStream process, or cannot be written to. Stop "
                    + "that one, or give this one a folder of its own."));
        }

        Assert.That((await MessageAsync(start.MessageId)).IsRunning);
        await EndAsync(start, "Hello!");
        Assert.That((await MessageAsync(start.MessageId)).Text, Is.EqualTo("Hello!"));
    }

    [Test]
    public async Task After_the_first_process_has_ended_the_next_can_start()
    {
        await Store.ReopenAsync();

        Assert.That((await TalkAsync("Hello", "Hello!")).Title, Is.EqualTo("Hello"));
    }

    [Test]
    public async Task A_lock_of_an_older_version_is_named()
    {
        OnPostgresOnly();
        await using var older = new NpgsqlConnection(Store.Place.Place);
        await older.OpenAsync(Token);
        await using (var take = new NpgsqlCommand("SELECT pg_advisory_lock(x'436861745374726D'::bigint)", older))
            await take.ExecuteNonQueryAsync(Token);
        var second = Store.Place.ForProcess();
        await using var _ = (IAsyncDisposable)second;

        var refused = Assert.ThrowsAsync<SettingsException>(() => second.OpenAsync(Token))!;

        Assert.That(refused.Message, Is.EqualTo(
            "ConnectionStrings:Postgres: a ChatStream of an older version has the database, or a connection pooler keeps its "
            + "lock. Stop it, or end the session that holds the advisory lock (pg_locks)."));
    }

    [Test]
    public async Task A_write_after_the_server_has_closed_its_idle_connections_is_stored()
    {
        OnPostgresOnly();
        await TalkAsync("Before", "!");
        await PostgresServer.EndSessionsAsync(Store.Place.Place);

        Assert.That((await TalkAsync("After", "!")).Title, Is.EqualTo("After"));
    }

    [Test]
    public async Task An_unreachable_database_is_reported_by_its_setting()
    {
        IChatDatabase missing = Kind == DatabaseKind.Sqlite
            ? new SqliteDatabase(
                "/proc/chatstream", Microsoft.Extensions.Logging.Abstractions.NullLogger<SqliteDatabase>.Instance)
            : new PostgresDatabase(
                Store.Place.Place.Replace("Database=chatstream", "Database=nothing", StringComparison.Ordinal));
        await using var _ = (IAsyncDisposable)missing;

        var refused = Assert.ThrowsAsync<SettingsException>(() => missing.OpenAsync(Token))!;

        Assert.That(
            refused.Message,
            Does.StartWith(Kind == DatabaseKind.Sqlite ? "Data:Path: '/proc/chatstream'" : "ConnectionStrings:Postgres: "));
    }

    private void OnPostgresOnly()
    {
        if (Kind != DatabaseKind.Postgres)
            Assert.Ignore("SQLite has no server.");
    }
}

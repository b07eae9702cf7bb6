using ChatStream.Web.Settings;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Storage;

/// <summary>Only one process can have a database open.</summary>
internal sealed class DatabaseLockTests(DatabaseKind kind) : StoreTest(kind)
{
    [Test]
    public async Task A_second_process_is_refused_with_the_name_of_the_setting()
    {
        var second = Store.Place.ForProcess();
        await using var _ = (IAsyncDisposable)second;

        var refused = Assert.ThrowsAsync<SettingsException>(() => second.OpenAsync(Token))!;

        Assert.That(refused.Message, Is.EqualTo(Kind == DatabaseKind.Sqlite
            ? $"Data:Path: '{Store.Place.Place}' is in use by another ChatStream process, or cannot be written to. Stop that "
                + $"one, or give this one a folder of its own."
            : "ConnectionStrings:Postgres: the database is in use by another ChatStream process."));
    }

    [Test]
    public async Task A_refused_process_does_not_end_answers_of_the_first()
    {
        var start = await StartAsync("Hello");
        var second = Store.Place.ForProcess();
        await using (var _ = (IAsyncDisposable)second)
            Assert.ThrowsAsync<SettingsException>(() => second.OpenAsync(Token));

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
    public async Task A_database_that_nothing_else_took_is_taken_again_after_its_session_was_lost()
    {
        OnPostgresOnly();
        await PostgresServer.EndLockSessionAsync(Store.Place.Place);

        Assert.That(await Store.Database.IsOursAsync(Token), Is.True);
        var second = Store.Place.ForProcess();
        await using var _ = (IAsyncDisposable)second;
        Assert.ThrowsAsync<SettingsException>(() => second.OpenAsync(Token));
    }

    [Test]
    public async Task A_database_that_another_process_took_meanwhile_is_not_ours_until_that_one_has_ended()
    {
        OnPostgresOnly();
        await PostgresServer.EndLockSessionAsync(Store.Place.Place);
        var second = Store.Place.ForProcess();
        await using (var _ = (IAsyncDisposable)second)
        {
            await second.OpenAsync(Token);
            Assert.That(await Store.Database.IsOursAsync(Token), Is.False);
            Assert.That(await second.IsOursAsync(Token), Is.True);
        }

        while (!await Store.Database.IsOursAsync(Token))
            Token.ThrowIfCancellationRequested();
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
            Assert.Ignore("SQLite's lock on the folder cannot be lost.");
    }
}

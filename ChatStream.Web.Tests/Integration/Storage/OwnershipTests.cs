using ChatStream.Web.Settings;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Storage;

/// <summary>One process has one database.</summary>
internal sealed class OwnershipTests(DatabaseKind kind) : StoreTest(kind)
{
    [Test]
    public async Task A_second_process_is_refused_and_told_which_setting_it_is()
    {
        var second = Store.Place.ForProcess();
        await using var _ = (IAsyncDisposable)second;

        var refused = Assert.ThrowsAsync<SettingsException>(() => second.OpenAsync(Token))!;

        Assert.That(refused.Message, Is.EqualTo(Kind == DatabaseKind.Sqlite
            ? $"Data:Path: '{Store.Place.Place}' is in use by another ChatStream process, or cannot be written to. Stop that one, or give this one a folder of its own."
            : "ConnectionStrings:Postgres: the database is in use by another ChatStream process."));
    }

    [Test]
    public async Task One_that_was_refused_ends_nothing_that_runs_in_the_first()
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
    public async Task After_the_first_has_gone_the_next_may_come()
    {
        await Store.ReopenAsync();

        Assert.That((await TalkAsync("Hello", "Hello!")).Title, Is.EqualTo("Hello"));
    }

    [Test]
    public async Task A_database_that_is_not_to_be_had_is_told_by_its_setting()
    {
        IChatDatabase missing = Kind == DatabaseKind.Sqlite
            ? new SqliteDatabase("/proc/chatstream", Microsoft.Extensions.Logging.Abstractions.NullLogger<SqliteDatabase>.Instance)
            : new PostgresDatabase(Store.Place.Place.Replace("Database=chatstream", "Database=nothing", StringComparison.Ordinal));
        await using var _ = (IAsyncDisposable)missing;

        var refused = Assert.ThrowsAsync<SettingsException>(() => missing.OpenAsync(Token))!;

        Assert.That(refused.Message, Does.StartWith(Kind == DatabaseKind.Sqlite ? "Data:Path: '/proc/chatstream'" : "ConnectionStrings:Postgres: "));
    }
}

using ChatStream.Web.Contract;
using ChatStream.Web.Settings;
using ChatStream.Web.Tests.Conversations;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Storage;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
internal sealed class MigrationTests(DatabaseKind kind)
{
    [Test]
    public async Task An_empty_database_gets_all_tables()
    {
        await using var store = await TestStore.OpenAsync(kind, migrated: false);

        await using var db = store.Database.ReadAs(default);
        Assert.That(await db.Database.GetPendingMigrationsAsync(), Is.Empty);
        Assert.That(
            await db.Conversations.CountAsync() + await db.Messages.CountAsync() + await db.Checkpoints.CountAsync()
            + await db.StartKeys.CountAsync(), Is.Zero);
    }

    [Test]
    public async Task The_migrations_cover_every_change_of_the_model()
    {
        await using var store = await TestStore.OpenAsync(kind);

        await using var db = store.Database.ReadAs(default);
        Assert.That(db.Database.HasPendingModelChanges(), Is.False);
    }

    [Test]
    public async Task A_migration_only_adds_so_that_the_version_before_goes_on_meanwhile()
    {
        if (kind == DatabaseKind.Sqlite)
            return; // one process has the file
        await using var store = await TestStore.OpenAsync(kind);
        await using var db = store.Database.ReadAs(default);
        var assembly = db.GetService<IMigrationsAssembly>();
        var others = new List<string>();
        // Versions without instances are stopped first: they take the database for themselves.
        var since = assembly.Migrations.Keys.Single(id => id.EndsWith("_Instances", StringComparison.Ordinal));
        foreach (var (id, type) in assembly.Migrations.Where(each => string.CompareOrdinal(each.Key, since) > 0))
        {
            var steps = assembly.CreateMigration(type, db.Database.ProviderName!).UpOperations;
            var created = steps.OfType<CreateTableOperation>().Select(step => step.Name).ToHashSet();
            others.AddRange(steps.Where(step => !OnlyAdds(step, created)).Select(step => $"{id} {Named(step)}"));
            Assert.That(
                steps.Count == 1
                || steps.All(step => step is not (DropIndexOperation or SqlOperation { SuppressTransaction: true })),
                $"{id}: what waits for readers holds no lock for which they wait");
        }

        Assert.That(others, Is.EqualTo(new[]
        {
            // An index with more columns takes the place of one that nothing names.
            "20261201000000_FolderIndexes RenameIndex IX_Conversations_Folder",
            "20261201000002_FolderBefore DROP INDEX IF EXISTS \"IX_Conversations_FolderBefore\" ",
        }));
    }

    [Test]
    public async Task Rows_that_an_older_version_left_in_its_pieces_table_are_recovered()
    {
        await using var store = await TestStore.OpenAsync(kind);
        var start = (await store.StartAsync(
            new("browser:ada"), TestStore.Command(new StartRequest { Message = "Hi" }))).New!;
        await using (var db = store.Database.ReadAs(default))
        {
            await db.GetService<IMigrator>().MigrateAsync("Initial");
            await db.Database.ExecuteSqlAsync($"""
                INSERT INTO "Pieces" ("MessageId", "Number", "Text", "Reasoning")
                VALUES ({start.MessageId}, 1, {"\"two\" 你好🎉\n"}, NULL), ({start.MessageId}, 0, {"one "}, {"why"})
                """);
        }

        await store.ReopenAsync();

        await using var reopened = store.Database.ReadAs(new("browser:ada"));
        var answer = await reopened.Messages.SingleAsync(message => message.Id == start.MessageId);
        Assert.That((answer.Text, answer.Reasoning), Is.EqualTo(("one \"two\" 你好🎉\n", "why")));
        Assert.That(await reopened.Checkpoints.CountAsync(), Is.Zero);
    }

    [Test]
    public async Task No_insert_waits_for_the_terms_of_others()
    {
        if (kind == DatabaseKind.Sqlite)
            return; // its index has no list of terms that wait
        await using var store = await TestStore.OpenAsync(kind);

        await using var db = store.Database.ReadAs(default);
        var options = await db.Database.SqlQuery<string>(
            $"""SELECT unnest(reloptions) AS "Value" FROM pg_class WHERE relname = {"IX_SearchDocuments_Terms"}""").ToListAsync();
        Assert.That(options, Is.EqualTo(new[] { "fastupdate=off" }));
    }

    [Test]
    public async Task A_database_that_a_newer_version_has_changed_is_refused()
    {
        await using var store = await TestStore.OpenAsync(kind);
        await using (var db = store.Database.ReadAs(default))
        {
            await db.Database.ExecuteSqlAsync($"""
                INSERT INTO "__EFMigrationsHistory" VALUES ({"99990101000000_Future"}, {"99.0"})
                """);
        }

        var refused = Assert.ThrowsAsync<SettingsException>(store.ReopenAsync)!;

        Assert.That(refused.Message, Does.EndWith(
            ": a newer version of ChatStream has changed the database (99990101000000_Future). Start that version, or restore a "
            + "backup."));
    }

    [Test]
    public async Task What_an_older_version_has_indexed_is_still_found()
    {
        await using var store = await TestStore.OpenAsync(kind);
        var (ada, bob) = (new Owner("browser:ada"), new Owner("key:tööm"));
        var id = await store.Library.ImportAsync(ada, Trees.Of("Zebra", Trees.Ask("q", null, "机器学习 lion")));
        await store.Library.ImportAsync(bob, Trees.Greeting);
        await using (var db = store.Database.ReadAs(default))
            await db.GetService<IMigrator>().MigrateAsync("FailureCategories");

        await store.ReopenAsync();

        foreach (var query in new[] { "zeb", "学习 lio", "zebra 机器学习" })
        {
            var found = await store.Library.ListAsync(ada, query, null, 10, CancellationToken.None);
            Assert.That(found.Conversations.Select(c => c.Id), Is.EqualTo(new[] { id }), query);
        }
        Assert.That((await store.Library.ListAsync(bob, "greeting you", null, 10, default)).Conversations, Has.Count.EqualTo(1));
        Assert.That((await store.Library.ListAsync(bob, "zebra", null, 10, default)).Conversations, Is.Empty);
        await store.Library.DeleteAsync(ada, id);
        Assert.That((await store.Library.ListAsync(ada, "zebra", null, 10, default)).Conversations, Is.Empty);
    }

    [Test]
    public async Task A_migrated_database_is_opened_again_unchanged()
    {
        await using var store = await TestStore.OpenAsync(kind, migrated: false);
        await using (var db = store.Database.ReadAs(default))
            Assert.That(await db.Database.GetAppliedMigrationsAsync(), Is.Not.Empty);
        var id = await store.Library.ImportAsync(new("browser:ada"), Trees.Greeting);

        await store.ReopenAsync();

        Assert.That((await store.TreeAsync(new("browser:ada"), id, CancellationToken.None))!.Messages, Has.Count.EqualTo(2));
    }

    // Whether a version that does not know of it can read and write as before.
    private static bool OnlyAdds(MigrationOperation step, HashSet<string> created) => step switch
    {
        CreateTableOperation => true,
        AddColumnOperation column =>
            column.IsNullable || column.DefaultValue is not null || column.DefaultValueSql is not null,
        CreateIndexOperation index => !index.IsUnique || created.Contains(index.Table),
        _ => false,
    };

    private static string Named(MigrationOperation step) => step switch
    {
        RenameIndexOperation index => $"RenameIndex {index.Name}",
        SqlOperation sql => sql.Sql,
        _ => step.GetType().Name,
    };
}

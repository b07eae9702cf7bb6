using ChatStream.Web.Contract;
using ChatStream.Web.Settings;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Conversations;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Storage;

internal sealed class SqliteDatabaseTests : StoreTest
{
    [Test]
    public async Task A_group_commits_what_is_not_refused()
    {
        var (first, gate) = await BeginAsync("first");
        var (a, refused, b) = (WriteAsync("a"), WriteAsync("refused", () => throw new RefusedException(404, null, "No.")), WriteAsync("b"));
        gate.SetResult();

        Assert.That(() => refused, Throws.TypeOf<RefusedException>().With.Message.EqualTo("No."));
        await Task.WhenAll(first, a, b);
        Assert.That(await TitlesAsync(), Is.EquivalentTo(new[] { "first", "a", "b" }), "a refused write takes back only its own");
    }

    [Test]
    public async Task A_write_that_breaks_the_databases_rules_takes_back_only_its_own()
    {
        var (first, gate) = await BeginAsync("first");
        var broken = Database.WriteAsync(Me, async db =>
        {
            db.Conversations.Add(NewConversation("broken"));
            await db.SaveChangesAsync();
            return await db.Database.ExecuteSqlRawAsync("INSERT INTO Conversations SELECT * FROM Conversations");
        });
        var last = WriteAsync("last");
        gate.SetResult();

        Assert.That(() => broken, Throws.InstanceOf<StorageException>());
        await Task.WhenAll(first, last);
        Assert.That(await TitlesAsync(), Is.EquivalentTo(new[] { "first", "last" }));
    }

    [Test]
    public async Task A_group_that_cannot_be_committed_is_kept_by_nobody_and_told_to_all()
    {
        var (first, gate) = await BeginAsync("first");
        var broken = Database.WriteAsync(Me, async db =>
        {
            // What has no conversation is found at the commit only.
            await db.Database.ExecuteSqlRawAsync("PRAGMA defer_foreign_keys = ON");
            db.Messages.Add(new Message { Id = "m", ConversationId = "none", OwnerId = Me.Id, Role = MessageRole.User, Text = "", CreatedAt = default });
            return await db.SaveChangesAsync();
        });
        var same = WriteAsync("in the same group");
        gate.SetResult();
        await first;

        Assert.That(() => broken, Throws.InstanceOf<StorageException>());
        Assert.That(() => same, Throws.InstanceOf<StorageException>());
        await WriteAsync("afterwards");
        Assert.That(await TitlesAsync(), Is.EquivalentTo(new[] { "first", "afterwards" }), "the writer goes on");
    }

    [Test]
    public async Task Readers_do_not_wait_for_a_write_and_see_nothing_of_it_before_its_commit()
    {
        await WriteAsync("before");
        var (writing, gate) = await BeginAsync("during");

        Assert.That(await TitlesAsync(), Is.EqualTo(new[] { "before" }));
        gate.SetResult();
        await writing;
        Assert.That(await TitlesAsync(), Is.EquivalentTo(new[] { "before", "during" }));
    }

    [Test]
    public async Task The_apps_own_writes_go_before_those_of_users()
    {
        var (first, gate) = await BeginAsync("first");
        var order = new List<string>();
        var users = Enumerable.Range(0, 3).Select(i => WriteAsync($"user {i}", () => Note($"user {i}"))).ToList();
        var own = Database.WriteAsync(default, async _ =>
        {
            await Note("own");
            return 0;
        });
        gate.SetResult();
        await Task.WhenAll([first, own, .. users]);

        Assert.That(order, Is.EqualTo(new[] { "own", "user 0", "user 1", "user 2" }));

        Task Note(string who)
        {
            order.Add(who);
            return Task.CompletedTask;
        }
    }

    [Test]
    public async Task Many_writers_at_once_are_all_served()
    {
        await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i => WriteAsync($"c{i}")));

        Assert.That(await TitlesAsync(), Is.EquivalentTo(Enumerable.Range(0, 1_000).Select(i => $"c{i}")));
    }

    [Test]
    public async Task A_second_one_on_the_same_folder_does_not_start()
    {
        await using var second = NewDatabase();

        var fault = Assert.ThrowsAsync<SettingsException>(() => second.OpenAsync(Token));
        Assert.That(fault!.Message, Is.EqualTo(
            $"Data:Path: '{Folder}' is in use by another ChatStream process, or cannot be written to. Stop that one, or give this one a folder of its own."));
        await WriteAsync("undisturbed");
        Assert.That(await TitlesAsync(), Is.EqualTo(new[] { "undisturbed" }));
    }

    [Test]
    public async Task What_was_committed_is_there_after_a_restart()
    {
        await WriteAsync("kept");
        await ReopenAsync();

        Assert.That(await TitlesAsync(), Is.EqualTo(new[] { "kept" }));
    }

    [Test]
    public async Task A_migration_that_died_does_not_keep_the_next_start_waiting()
    {
        await WriteAsync("kept");
        await Database.DisposeAsync();
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(Folder, "chatstream.db")};Pooling=False"))
        {
            await connection.OpenAsync(Token);
            await using var command = connection.CreateCommand();
            command.CommandText = """
                CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
                INSERT OR REPLACE INTO "__EFMigrationsLock" VALUES (1, '2026-01-01 00:00:00+00:00');
                """;
            await command.ExecuteNonQueryAsync(Token);
        }

        await ReopenAsync().WaitAsync(Token);
        Assert.That(await TitlesAsync(), Is.EqualTo(new[] { "kept" }));
    }

    [Test]
    public async Task Nothing_is_written_once_it_is_closed()
    {
        await Database.DisposeAsync();

        Assert.That(() => WriteAsync("late"), Throws.TypeOf<ObjectDisposedException>());
    }

    /// <summary>A write that is under way until the gate opens: what is written meanwhile is one group.</summary>
    private async Task<(Task Written, TaskCompletionSource Gate)> BeginAsync(string title)
    {
        var (begun, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var written = WriteAsync(title, () =>
        {
            begun.SetResult();
            return gate.Task;
        });
        await begun.Task.WaitAsync(Token);
        return (written, gate);
    }

    private Task<int> WriteAsync(string title, Func<Task>? meanwhile = null) => Database.WriteAsync(Me, async db =>
    {
        db.Conversations.Add(NewConversation(title));
        var written = await db.SaveChangesAsync();
        if (meanwhile is not null)
            await meanwhile();
        return written;
    });

    private static Conversation NewConversation(string title) => new()
    {
        Id = Ids.New(), OwnerId = Me.Id, Title = title, LeafId = "", CreatedAt = default, UpdatedAt = default,
    };

    private async Task<List<string>> TitlesAsync()
    {
        await using var db = Database.ReadAs(Me);
        return await db.Conversations.Select(c => c.Title).ToListAsync(Token);
    }
}

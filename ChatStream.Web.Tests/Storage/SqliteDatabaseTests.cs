using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Storage;

/// <summary>How SQLite groups writes into transactions, and what a failed write takes with it.</summary>
[CancelAfter(60_000)]
internal sealed class SqliteDatabaseTests
{
    private static readonly Owner Ada = new("browser:ada");

    private TestStore _store = null!;

    private SqliteDatabase Database => (SqliteDatabase)_store.Database;

    private static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    [SetUp]
    public async Task OpenAsync() => _store = await TestStore.OpenAsync(DatabaseKind.Sqlite);

    [TearDown]
    public async Task CloseAsync() => await _store.DisposeAsync();

    [Test]
    public async Task A_refused_write_does_not_undo_the_rest_of_its_group()
    {
        var (first, gate) = await BeginAsync("first");
        var (a, refused, b) =
            (WriteAsync("a"), WriteAsync("refused", () => throw new RefusedException(404, null, "No.")), WriteAsync("b"));
        gate.SetResult();

        Assert.That(() => refused, Throws.TypeOf<RefusedException>().With.Message.EqualTo("No."));
        await Task.WhenAll(first, a, b);
        Assert.That(await TitlesAsync(), Is.EquivalentTo(new[] { "first", "a", "b" }), "a refused write takes back only its own");
    }

    [Test]
    public async Task A_write_that_violates_a_constraint_undoes_only_itself()
    {
        var (first, gate) = await BeginAsync("first");
        var broken = Database.WriteAsync(Ada, async db =>
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
    public async Task When_a_group_cannot_be_committed_every_write_in_it_fails()
    {
        var (first, gate) = await BeginAsync("first");
        var broken = Database.WriteAsync(Ada, async db =>
        {
            // The missing conversation is noticed only at the commit.
            await db.Database.ExecuteSqlRawAsync("PRAGMA defer_foreign_keys = ON");
            db.Messages.Add(
                new Message
                {
                    Id = "m",
                    ConversationId = "none",
                    OwnerId = Ada.Id,
                    Role = MessageRole.User,
                    Text = "",
                    CreatedAt = default,
                });
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
    public async Task Readers_do_not_wait_for_a_write_and_see_it_only_after_its_commit()
    {
        await WriteAsync("before");
        var (writing, gate) = await BeginAsync("during");

        Assert.That(await TitlesAsync(), Is.EqualTo(new[] { "before" }));
        gate.SetResult();
        await writing;
        Assert.That(await TitlesAsync(), Is.EquivalentTo(new[] { "before", "during" }));
    }

    [Test]
    public async Task The_apps_own_writes_come_before_those_of_users()
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
    public async Task The_apps_own_writes_are_committed_without_those_of_users()
    {
        var (first, gate) = await BeginAsync("first");
        var held = new TaskCompletionSource();
        var users = WriteAsync("user", () => held.Task);
        var own = Database.WriteAsync(default, _ => Task.FromResult(true));
        gate.SetResult();

        try
        {
            await Task.WhenAll(first, own).WaitAsync(Token);
            Assert.That(users.IsCompleted, Is.False, "its transaction has begun, or will");
        }
        finally
        {
            held.SetResult();
        }
        await users;
    }

    [Test]
    public async Task A_transaction_that_has_taken_its_time_leaves_the_other_writes_to_the_next_one()
    {
        await using var place = await TestDatabase.NewAsync(DatabaseKind.Sqlite);
        var time = new FakeTimeProvider();
        await using var database = new SqliteDatabase(place.Place, NullLogger<SqliteDatabase>.Instance, time: time);
        await database.OpenAsync(Token);
        var (begun, first, last) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        var order = new List<string>();
        Task own = Task.CompletedTask;
        Task WriteAsync(string who, Owner owner, Func<Task> work) => database.WriteAsync(owner, async _ =>
        {
            order.Add(who);
            await work();
            return 0;
        });

        var holding = WriteAsync("holding", Ada, () =>
        {
            begun.SetResult();
            return first.Task;
        });
        await begun.Task.WaitAsync(Token);
        var slow = WriteAsync("slow", Ada, () =>
        {
            own = WriteAsync("own", default, () => Task.CompletedTask);
            time.Advance(TimeSpan.FromMilliseconds(20));
            return Task.CompletedTask;
        });
        var refused = WriteAsync("refused", Ada, () => throw new RefusedException(404, null, "No."));
        var held = WriteAsync("held", Ada, () => last.Task);
        first.SetResult();

        await slow.WaitAsync(Token);
        Assert.That(held.IsCompleted, Is.False, "the slow write was committed without waiting for the one behind it");
        last.SetResult();
        await Task.WhenAll(holding, own, held).WaitAsync(Token);
        Assert.That(() => refused, Throws.TypeOf<RefusedException>());
        Assert.That(order, Is.EqualTo(new[] { "holding", "slow", "own", "refused", "held" }));
    }

    [Test]
    public async Task Many_writers_at_once_are_all_served()
    {
        await Task.WhenAll(Enumerable.Range(0, 1_000).Select(i => WriteAsync($"c{i}")));

        Assert.That(await TitlesAsync(), Is.EquivalentTo(Enumerable.Range(0, 1_000).Select(i => $"c{i}")));
    }

    [Test]
    public async Task The_lock_of_a_crashed_migration_does_not_block_the_next_start()
    {
        await WriteAsync("kept");
        await Database.DisposeAsync();
        await using (
            var connection =
            new SqliteConnection($"Data Source={Path.Combine(_store.Place.Place, "chatstream.db")};Pooling=False"))
        {
            await connection.OpenAsync(Token);
            await using var command = connection.CreateCommand();
            command.CommandText = """
                CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
                INSERT OR REPLACE INTO "__EFMigrationsLock" VALUES (1, '2026-01-01 00:00:00+00:00');
                """;
            await command.ExecuteNonQueryAsync(Token);
        }

        await _store.ReopenAsync().WaitAsync(Token);
        Assert.That(await TitlesAsync(), Is.EqualTo(new[] { "kept" }));
    }

    [Test]
    public async Task The_write_ahead_log_is_copied_and_begins_again_while_writes_go_on()
    {
        const int Most = 1 << 30;
        const int Each = 1 << 20;
        await WriteAsync("large");
        using var over = new CancellationTokenSource();
        // There is always one who reads.
        var reading = Enumerable.Range(0, 3).Select(_ => Task.Run(() => ReadAsync(over.Token), Token)).ToList();
        var log = new FileInfo(Path.Combine(_store.Place.Place, "chatstream.db-wal"));
        // A log that never begins again is as long as all that was written.
        for (var written = 0L; written < 4 * Each || log.Length > written / 2; written += Each)
        {
            Assert.That(written, Is.LessThan(Most), "the log began again");
            await Database.WriteAsync(Ada, db => db.Database.ExecuteSqlAsync(
                $"""UPDATE "Conversations" SET "Title" = hex(randomblob({Each / 2}))""", Token));
            log.Refresh();
        }

        await over.CancelAsync();
        await Task.WhenAll(reading);
        Assert.That(
            new FileInfo(Path.Combine(_store.Place.Place, "chatstream.db")).Length,
            Is.GreaterThan(Each),
            "the database file has the text");

        async Task ReadAsync(CancellationToken isOver)
        {
            await using var connection = new SqliteConnection($"Data Source={Path.Combine(_store.Place.Place, "chatstream.db")}");
            await connection.OpenAsync(Token);
            await using var look = new SqliteCommand("SELECT max(length(\"Title\")) FROM \"Conversations\"", connection);
            while (!isOver.IsCancellationRequested)
            {
                await using var transaction = connection.BeginTransaction(deferred: true);
                look.Transaction = transaction;
                for (var i = 0; i < 10; i++)
                    await look.ExecuteScalarAsync(Token);
            }
        }
    }

    [Test]
    public async Task A_closed_database_refuses_writes()
    {
        await Database.DisposeAsync();

        Assert.That(() => WriteAsync("late"), Throws.TypeOf<ObjectDisposedException>());
    }

    /// <summary>Starts a write that lasts until the gate opens. Writes that come meanwhile form one group.</summary>
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

    private Task<int> WriteAsync(string title, Func<Task>? meanwhile = null) => Database.WriteAsync(Ada, async db =>
    {
        db.Conversations.Add(NewConversation(title));
        var written = await db.SaveChangesAsync();
        if (meanwhile is not null)
            await meanwhile();
        return written;
    });

    private static Conversation NewConversation(string title) => new()
    {
        Id = Ids.New(),
        OwnerId = Ada.Id,
        Title = title,
        LeafId = "",
        CreatedAt = default,
        UpdatedAt = default,
    };

    private async Task<List<string>> TitlesAsync()
    {
        await using var db = Database.ReadAs(Ada);
        return await db.Conversations.Select(c => c.Title).ToListAsync(Token);
    }
}

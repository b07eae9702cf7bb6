using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Storage;

/// <summary>A database that cannot write throws, keeps nothing of the failed write, and works again afterwards.</summary>
internal sealed class FaultyStorageTests(DatabaseKind kind) : StoreTest(kind)
{
    [Test]
    public async Task A_failed_write_throws_a_storage_exception_and_leaves_nothing()
    {
        await TalkAsync("Before", "!");
        await BreakAsync();

        Assert.ThrowsAsync<StorageException>(() => StartAsync(new string('x', 200_000)));
        Assert.ThrowsAsync<StorageException>(() =>
            StartAsync(new string('y', 200_000)), "the fault does not stay behind in the connection");

        await MendAsync();
        Assert.That(await CountAsync("Messages"), Is.EqualTo(2));
        Assert.That((await TalkAsync("After", "!")).Title, Is.EqualTo("After"));
    }

    [Test]
    public async Task A_refusal_in_a_group_of_writes_fails_only_that_write()
    {
        var writes = Enumerable.Range(0, 30)
            .Select(i =>
                Task.Run(() => StartAsync($"Message {i}", conversationId: i % 3 == 0 ? "0123456789abcdef" : null), Token))
                .ToList();

        foreach (var write in writes.Where((_, i) => i % 3 == 0))
            Assert.ThrowsAsync<RefusedException>(() => write);
        await Task.WhenAll(writes.Where((_, i) => i % 3 != 0));
        Assert.That(await CountAsync("Conversations"), Is.EqualTo(20));
    }

    [Test]
    public async Task A_failing_statement_throws_a_storage_exception_and_rolls_back()
    {
        var fault = Assert.ThrowsAsync<StorageException>(() => Store.Database.WriteAsync(Ada, async db =>
        {
            await db.Messages.Where(message => message.Id != "").ExecuteDeleteAsync(Token);
            return await db.Database.ExecuteSqlRawAsync("INSERT INTO \"NoSuchTable\" VALUES (1)", Token);
        }));
        Assert.That(fault!.InnerException, Is.Not.Null);
        Assert.That((await TalkAsync("After", "!")).Title, Is.EqualTo("After"));
    }

    // A full disk, as SQLite sees it; a server that is gone.
    private async Task BreakAsync()
    {
        if (Kind == DatabaseKind.Sqlite)
            await Store.Database.WriteAsync(default, db => db.Database.ExecuteSqlRawAsync("PRAGMA max_page_count = 1"));
        else
            await PostgresServer.ShutOutAsync(Store.Place.Place);
    }

    private async Task MendAsync()
    {
        if (Kind == DatabaseKind.Sqlite)
            await Store.Database.WriteAsync(default, db => db.Database.ExecuteSqlRawAsync("PRAGMA max_page_count = 1000000"));
        else
            await PostgresServer.LetInAsync(Store.Place.Place);
    }
}

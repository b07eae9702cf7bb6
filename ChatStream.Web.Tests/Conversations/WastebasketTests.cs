using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

internal sealed class WastebasketTests(DatabaseKind kind) : StoreTest(kind)
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    [Test]
    public async Task What_was_deleted_is_removed_once_it_can_no_longer_be_restored_and_a_restored_one_stays()
    {
        var basket = Basket(Kept);
        var (gone, back) = (new List<string>(), await TalkAsync("Back", "!"));
        for (var i = 0; i < 60; i++)
            gone.Add((await TalkAsync($"Gone {i}", "!")).ConversationId);
        foreach (var id in gone.Append(back.ConversationId))
            Assert.That(await basket.DeleteAsync(Ada, id), Is.Empty);
        Assert.That(await basket.DeleteAsync(Ada, back.ConversationId), Is.Null);
        Assert.That(await Store.Library.ImportedBytesAsync(Ada, Token), Is.Zero);

        await Store.ReopenAsync(); // the process dies, and nobody has the list of what was deleted
        var next = Basket(Kept);
        using var deleted = Deleted(Kept);
        Store.Time.Advance(Kept);
        await deleted.TakeExpiredAsync(Token);
        Assert.That(await CountAsync("Conversations"), Is.EqualTo(61), "not yet");
        Assert.That((await next.RestoreAsync(Bob, [back.ConversationId])).New, Is.Empty);
        Assert.That(
            (await next.RestoreAsync(Ada, [back.ConversationId, "no id"])).New, Is.EqualTo(new[] { back.ConversationId }));

        Store.Time.Advance(TimeSpan.FromMilliseconds(1));
        await deleted.TakeExpiredAsync(Token);
        Assert.That((await next.RestoreAsync(Ada, gone)).New, Is.Empty, "too late");
        await Store.RemoveLeftAsync();

        Assert.That((await CountAsync("Conversations"), await CountAsync("Messages"), await CountAsync("SearchDocuments")),
            Is.EqualTo((1, 2, 2)));
        Assert.That(await Store.TreeAsync(Ada, back.ConversationId, Token), Is.Not.Null);
    }

    [Test]
    public async Task Where_nothing_can_be_restored_a_deletion_is_at_once()
    {
        var basket = Basket(TimeSpan.Zero);
        var start = await TalkAsync("Gone", "!");

        await basket.DeleteAsync(Ada, start.ConversationId);

        Assert.That(await CountAsync("Messages"), Is.Zero);
        Assert.That((await basket.RestoreAsync(Ada, [start.ConversationId])).New, Is.Empty);
    }

    [Test]
    public async Task It_can_be_emptied_and_a_deleted_conversation_is_no_longer_shared()
    {
        var basket = Basket(Kept);
        var (start, other) = (await TalkAsync("Gone", "!"), await TalkAsync("Other", "!"));
        await ShareAsync(start.ConversationId);
        await ShareAsync(other.ConversationId);

        await basket.DeleteAsync(Ada, start.ConversationId);
        await basket.EmptyAsync(Bob);
        Assert.That(await CountAsync("Shares"), Is.EqualTo(1));
        Assert.That((await basket.RestoreAsync(Ada, [start.ConversationId])).New, Is.Not.Empty, "it is not the other's");
        await basket.DeleteAsync(Ada, start.ConversationId);
        await basket.EmptyAsync(Ada);

        Assert.That((await basket.RestoreAsync(Ada, [start.ConversationId])).New, Is.Empty);
        await Store.RemoveLeftAsync();
        Assert.That((await CountAsync("Conversations"), await CountAsync("Messages")), Is.EqualTo((1, 2)));
    }

    [Test]
    public async Task An_emptying_is_a_few_short_writes_and_the_rows_are_removed_afterwards()
    {
        for (var i = 0; i < 60; i++)
            await Basket(Kept).DeleteAsync(Ada, (await TalkAsync($"Gone {i}", "!")).ConversationId);
        var database = new CountingDatabase(Store.Database);

        await new Wastebasket(database, Store.LibraryOver(database), Store.Removal, OptionsOf(Kept), Store.Time).EmptyAsync(Ada);

        Assert.That(database.Writes, Is.EqualTo(2), "50 conversations, and 10");
        Assert.That(await CountAsync("Messages"), Is.EqualTo(120), "an import does not wait for them");
        await using (var db = Store.Database.ReadAs(Ada.Deleted))
            Assert.That(db.Conversations.Count(), Is.Zero);
        await Store.RemoveLeftAsync();
        Assert.That(await CountAsync("Messages") + await CountAsync("Conversations"), Is.Zero);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task What_an_emptying_took_away_before_it_failed_is_removed(bool isCommitted)
    {
        var removing = new CountingDatabase(Store.Database);
        using var removal = new Removal(removing, Store.Instances, Store.Time, NullLogger<Removal>.Instance);
        await removal.StartAsync(Token);
        for (var i = 0; i < 60; i++)
            await Basket(Kept).DeleteAsync(Ada, (await TalkAsync($"Gone {i}", "!")).ConversationId);
        var failing = new FailingDatabase(Store.Database, Ada.Deleted, number: 2, isCommitted);
        var basket = new Wastebasket(failing, Store.Library, removal, OptionsOf(Kept), Store.Time);

        Assert.ThrowsAsync<StorageException>(() => basket.EmptyAsync(Ada));

        await removing.WrittenAsync(60, Token);
        await removal.StopAsync(Token);
        Assert.That(await CountAsync("Conversations"), Is.EqualTo(isCommitted ? 0 : 10));
        await basket.EmptyAsync(Ada);
        await Store.RemoveLeftAsync();
        Assert.That(await CountAsync("Conversations"), Is.Zero);
    }

    [Test]
    public async Task What_was_not_deleted_is_not_restored()
    {
        var basket = Basket(Kept);
        var (live, gone) = (await TalkAsync("Live", "!"), await TalkAsync("Gone", "!"));
        await basket.DeleteAsync(Ada, gone.ConversationId);
        string[] both = [live.ConversationId, gone.ConversationId];

        Assert.That((await basket.RestoreAsync(Ada, both)).New, Is.EqualTo(new[] { gone.ConversationId }));
        var again = await basket.RestoreAsync(Ada, both);
        Assert.That(again.New, Is.Empty);
        Assert.That(again.Ids, Is.EquivalentTo(both), "a repeat, whose first response was lost, is told the same");
    }

    [Test]
    public async Task What_is_restored_stays_pinned_only_where_there_is_room()
    {
        var basket = Basket(Kept);
        var ids = new List<string>();
        for (var i = 0; i <= ConversationLibrary.MostPinned; i++)
            ids.Add((await TalkAsync($"Pinned {i}", "!")).ConversationId);
        foreach (var id in ids[..^1])
            await PinAsync(id);
        await basket.DeleteAsync(Ada, ids[0]);
        await basket.DeleteAsync(Ada, ids[1]);
        await PinAsync(ids[^1]);

        var last = ids[^1];

        Assert.That((await basket.RestoreAsync(Ada, ids[..2])).New, Has.Count.EqualTo(2));

        await using var db = Store.Database.ReadAs(Ada);
        Assert.That(db.Conversations.Count(c => c.IsPinned), Is.EqualTo(ConversationLibrary.MostPinned));
        Assert.That(db.Conversations.Single(c => c.Id == last).IsPinned, Is.True, "those that are pinned stay so");
    }

    private Task<ConversationSummary?> PinAsync(string id) =>
        Store.Library.ChangeAsync(Ada, id, new ConversationChange { Pinned = true });

    private Wastebasket Basket(TimeSpan restoreFor) =>
        new(Store.Database, Store.Library, Store.Removal, OptionsOf(restoreFor), Store.Time);

    private DeletedConversations Deleted(TimeSpan restoreFor) => new(
        Store.Database, Store.Removal, OptionsOf(restoreFor), Store.Time, NullLogger<DeletedConversations>.Instance);

    private static IOptions<ConversationOptions> OptionsOf(TimeSpan restoreFor) =>
        Options.Create(new ConversationOptions { RestoreFor = restoreFor });

    private Task<int> ShareAsync(string id) => Store.Database.WriteAsync(Ada, db =>
    {
        db.Shares.Add(new Share
        {
            ConversationId = id,
            OwnerId = Ada.Id,
            TokenHash = id.PadRight(Share.HashLength, 'x'),
            LeafId = id,
            Title = "",
            HasReasoning = false,
            HasFiles = false,
            CreatedAt = Store.Time.GetUtcNow(),
            ExpiresAt = Store.Time.GetUtcNow() + Kept,
        });
        return db.SaveChangesAsync();
    });
}

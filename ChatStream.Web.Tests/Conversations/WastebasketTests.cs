using ChatStream.Web.Conversations;
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
        using var basket = Basket(Kept);
        var (gone, back) = (new List<string>(), await TalkAsync("Back", "!"));
        for (var i = 0; i < 60; i++)
            gone.Add((await TalkAsync($"Gone {i}", "!")).ConversationId);
        foreach (var id in gone.Append(back.ConversationId))
            Assert.That(await basket.DeleteAsync(Ada, id), Is.Empty);
        Assert.That(await basket.DeleteAsync(Ada, back.ConversationId), Is.Null);
        Assert.That(await Store.Library.ImportedBytesAsync(Ada, Token), Is.Zero);

        await Store.ReopenAsync(); // the process dies, and nobody has the list of what was deleted
        using var next = Basket(Kept);
        Store.Time.Advance(Kept);
        await next.TakeExpiredAsync(Token);
        Assert.That(await CountAsync("Conversations"), Is.EqualTo(61), "not yet");
        Assert.That(await next.RestoreAsync(Bob, [back.ConversationId]), Is.Empty);
        Assert.That(await next.RestoreAsync(Ada, [back.ConversationId, "no id"]), Is.EqualTo(new[] { back.ConversationId }));

        Store.Time.Advance(TimeSpan.FromMilliseconds(1));
        await next.TakeExpiredAsync(Token);
        Assert.That(await next.RestoreAsync(Ada, gone), Is.Empty, "too late");
        await Store.RemoveLeftAsync();

        Assert.That((await CountAsync("Conversations"), await CountAsync("Messages"), await CountAsync("SearchDocuments")),
            Is.EqualTo((1, 2, 2)));
        Assert.That(await Store.TreeAsync(Ada, back.ConversationId, Token), Is.Not.Null);
    }

    [Test]
    public async Task Where_nothing_can_be_restored_a_deletion_is_at_once()
    {
        using var basket = Basket(TimeSpan.Zero);
        var start = await TalkAsync("Gone", "!");

        await basket.DeleteAsync(Ada, start.ConversationId);

        Assert.That(await CountAsync("Messages"), Is.Zero);
        Assert.That(await basket.RestoreAsync(Ada, [start.ConversationId]), Is.Empty);
    }

    private Wastebasket Basket(TimeSpan restoreFor) => new(
        Store.Database, Store.Library, Store.Removal, Options.Create(new ConversationOptions { RestoreFor = restoreFor }),
        Store.Time, NullLogger<Wastebasket>.Instance);
}

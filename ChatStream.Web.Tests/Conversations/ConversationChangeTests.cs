using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

internal sealed class ConversationChangeTests(DatabaseKind kind) : StoreTest(kind)
{
    [Test]
    public async Task A_new_title_is_stored_and_does_not_reorder_the_list()
    {
        var start = await TalkAsync("Hello", "Hello!");
        var before = (await Store.Library.ListAsync(Ada, null, null, 1, Token)).Conversations[0];
        Store.Time.Advance(TimeSpan.FromHours(1));

        var changed =
            await Store.Library.ChangeAsync(Ada, start.ConversationId, new ConversationChange { Title = "  Greetings 🎉 " });

        Assert.That(changed, Is.EqualTo(before with { Title = "Greetings 🎉" }));
        Assert.That((await Store.Library.ListAsync(Ada, null, null, 1, Token)).Conversations[0], Is.EqualTo(changed));
    }

    [Test]
    public async Task The_model_does_not_replace_a_title_that_a_user_gave()
    {
        var start = await TalkAsync("Hello", "Hello!");
        Assert.That(await Store.Library.HasFirstWordsAsync(Ada, start.ConversationId, Token), Is.True);

        await Store.Library.ChangeAsync(Ada, start.ConversationId, new ConversationChange { Title = "Mine" });
        await Store.Library.EntitleAsync(Ada, start.ConversationId, firstWords: "Hello", "The model's");

        Assert.That(await Store.Library.ClaimTitleAsync(Ada, start.ConversationId), Is.False);
        Assert.That(await Store.Library.HasFirstWordsAsync(Ada, start.ConversationId, Token), Is.False);
        Assert.That((await Store.TreeAsync(Ada, start.ConversationId, Token))!.Title, Is.EqualTo("Mine"));
    }

    [TestCase("\0")]
    [TestCase("AAAAAAAAAAAAAAAA")]
    public async Task A_message_that_is_none_cannot_be_chosen(string id)
    {
        var start = await TalkAsync("Hello", "Hello!");

        var refusal = Assert.ThrowsAsync<RefusedException>(() =>
            Store.Library.ChangeAsync(Ada, start.ConversationId, new ConversationChange { LeafId = id }))!.Refusal;

        Assert.That((refusal.Status, refusal.Field), Is.EqualTo((404, "leafId")));
    }

    [Test]
    public async Task Choosing_a_message_shows_the_newest_path_below_it()
    {
        var root = await TalkAsync("Root", "0");
        var older = await TalkAsync("Older", "1", parentId: root.MessageId);
        var newer = await TalkAsync("Newer", "2", parentId: root.MessageId);
        var under = await TalkAsync("Under older", "3", parentId: older.MessageId);

        async Task<string> LeafAsync(string id) =>
            (await Store.Library.ChangeAsync(Ada, root.ConversationId, new ConversationChange { LeafId = id }))!.LeafId;

        Assert.That(await LeafAsync(older.ParentId), Is.EqualTo(under.MessageId));
        Assert.That(await LeafAsync(newer.ParentId), Is.EqualTo(newer.MessageId));
        Assert.That(
            await LeafAsync(root.ParentId), Is.EqualTo(newer.MessageId), "the newest child of each, and not the newest of all");
        Assert.That(await LeafAsync(under.MessageId), Is.EqualTo(under.MessageId));
        Assert.That(
            (await Store.Library.FindShownAsync(Ada, root.ConversationId, Token))!.Path[^1].Id, Is.EqualTo(under.MessageId));
    }

    [Test]
    public async Task A_refused_change_changes_nothing()
    {
        var start = await TalkAsync("Hello", "Hello!");
        var other = await TalkAsync("Other", "Other!");

        foreach (var change in new[]
        {
            new ConversationChange { Title = "New", LeafId = "0123456789abcdef" },
            new ConversationChange { Title = "New", LeafId = other.MessageId },
            new ConversationChange { Title = " ", LeafId = start.ParentId },
            new ConversationChange { Title = "\u200b\u3164", LeafId = start.ParentId },
        })
            Assert.ThrowsAsync<RefusedException>(() => Store.Library.ChangeAsync(Ada, start.ConversationId, change));

        var tree = (await Store.TreeAsync(Ada, start.ConversationId, Token))!;
        Assert.That((tree.Title, tree.LeafId), Is.EqualTo(("Hello", start.MessageId)));
        Assert.That((await Store.Library.ListAsync(Ada, "new", null, 10, Token)).Conversations, Is.Empty);
    }
}

using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

/// <summary>What is read of a conversation where not all of it is needed.</summary>
internal sealed class TreeReadTests(DatabaseKind kind) : StoreTest(kind)
{
    [Test]
    public async Task The_page_reads_the_shown_path_and_only_the_places_of_other_messages()
    {
        var (root, older) = await BranchesAsync();
        var shown = (await Store.Library.FindShownAsync(Ada, root.ConversationId, Token))!;

        Assert.That(shown.Path.Select(message => message.Text), Is.EqualTo(new[] { "Root", "0", "Newer", "2" }));
        Assert.That(shown.Places, Has.Count.EqualTo(6));
        Assert.That(
            shown.SiblingsOf(shown.Path[2]), Is.EqualTo(new[] { older.ParentId, shown.Path[2].Id }), "oldest first");
        Assert.That(shown.SiblingsOf(shown.Path[0]), Is.EqualTo(new[] { root.ParentId }));
        Assert.That(await Store.Library.FindShownAsync(Bob, root.ConversationId, Token), Is.Null);
    }

    [Test]
    public async Task A_path_of_thousands_of_messages_is_shown_and_changed()
    {
        var id = await Store.Library.ImportAsync(Ada, Trees.Chain(3_000));
        var path = (await Store.Library.FindShownAsync(Ada, id, Token))!.Path;

        var changed = await Store.Library.ChangeAsync(Ada, id, new ConversationChange { LeafId = path[0].Id });

        Assert.That(path.Select(message => message.Text), Is.EqualTo(Enumerable.Range(0, 3_000).Select(i => $"Message {i}")));
        Assert.That(changed!.LeafId, Is.EqualTo(path[^1].Id));
    }

    [Test]
    public async Task Messages_of_one_time_are_in_the_order_of_their_ids_for_the_leaf_and_for_the_page()
    {
        MessageNode[] messages =
        [
            Trees.Ask("q", null, "Root"), Trees.Reply("a", "q", "!"),
            .. Enumerable.Range(0, 30).Select(i => Trees.Ask($"{i}", "a", $"Version {i}")),
        ];
        var id = await Store.Library.ImportAsync(Ada, Trees.Of("Siblings", messages));
        var shown = (await Store.Library.FindShownAsync(Ada, id, Token))!;

        var changed = await Store.Library.ChangeAsync(Ada, id, new ConversationChange { LeafId = shown.Path[0].Id });

        Assert.That(changed!.LeafId, Is.EqualTo(shown.SiblingsOf(shown.Path[^1])[^1]));
        Assert.That(shown.SiblingsOf(shown.Path[^1]), Is.Ordered.Using(StringComparer.Ordinal as IComparer<string>));
    }

    private async Task<(StartPayload Root, StartPayload Older)> BranchesAsync()
    {
        var root = await TalkAsync("Root", "0");
        var older = await TalkAsync("Older", "1", parentId: root.MessageId);
        await TalkAsync("Newer", "2", parentId: root.MessageId);
        return (root, older);
    }
}

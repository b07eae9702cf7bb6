using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

internal sealed class ConversationDeletionTests(DatabaseKind kind) : StoreTest(kind)
{
    [Test]
    public async Task Deleting_a_conversation_deletes_its_messages_checkpoints_and_index()
    {
        var start = await TalkAsync("One", "1");
        var running = await StartAsync("Two", start.ConversationId);
        await Store.Checkpoints.AppendAsync(
            [new CheckpointPart { MessageId = running.MessageId, Number = 0, Text = "2" }], keepFrom: 0);
        var kept = await TalkAsync("Three", "3");

        Assert.That(
            await Store.Library.DeleteAsync(Ada, start.ConversationId), Is.EqualTo(Only(running)),
            "what ran in it is told");

        Assert.That(await CountAsync("Messages"), Is.EqualTo(2));
        Assert.That(await CountAsync("SearchDocuments"), Is.EqualTo(3), "title, message and answer of the other");
        Assert.That((await Store.TreeAsync(Ada, kept.ConversationId, Token))!.Messages, Has.Count.EqualTo(2));
        Assert.That(await Store.Library.DeleteAsync(Ada, start.ConversationId), Is.Null);
    }

    [Test]
    public async Task Calls_of_tools_are_removed_in_slices_of_their_own()
    {
        var calls = Enumerable.Range(0, 950).Select(i => new ToolPayload($"c{i}", "a", ToolState.Done)).ToList();
        var id = await Store.Library.ImportAsync(
            Ada, Trees.Of("Calls", Trees.Ask("q", null, "Hi"), Trees.Reply("a", "q", "Hello") with { Tools = calls }));
        await Store.Library.DeleteAsync(Ada, id);
        Assert.That(await CountAsync("ToolCalls"), Is.EqualTo(850));

        var database = new CountingDatabase(Store.Database);
        await new Removal(database, Store.Instances, Store.Time, NullLogger<Removal>.Instance).RemoveAsync(id, Token);

        Assert.That(database.Writes, Is.EqualTo(9), "100 calls in each, and the rest with the last 50");
        Assert.That(await CountAsync("Messages") + await CountAsync("ToolCalls"), Is.Zero);
    }

    [Test]
    public async Task A_large_conversation_is_gone_at_once_and_its_rows_are_removed_in_slices()
    {
        var id = await Store.Library.ImportAsync(Ada, Trees.Chain(450));
        var leafId = (await Store.TreeAsync(Ada, id, Token))!.LeafId;
        var running = await StartAsync("And now?", id);

        Assert.That(await Store.Library.DeleteAsync(Ada, id), Is.EqualTo(Only(running)));

        Assert.That(await CountAsync("Messages"), Is.GreaterThan(300), "the rest is removed later");
        Assert.That(await Store.TreeAsync(Ada, id, Token), Is.Null);
        Assert.That(await Store.Library.FindShownAsync(Ada, id, Token), Is.Null);
        Assert.That(await Store.Stored.FindAsync(Ada, leafId, Token), Is.Null, "an answer in it");
        Assert.That((await Store.Library.ListAsync(Ada, null, null, 10, Token)).Conversations, Is.Empty);
        Assert.That((await Store.Library.ListAsync(Ada, "message", null, 10, Token)).Conversations, Is.Empty);
        Assert.That(Refused("x", id).Status, Is.EqualTo(404));
        Assert.That(Refused("x", parentId: leafId).Status, Is.EqualTo(404));
        Assert.That(await Store.Library.DeleteAsync(Ada, id), Is.Null);
        await EndAsync(running, "Too late");
        Assert.That(await CountAsync("Conversations"), Is.EqualTo(1));

        await Store.ReopenAsync(); // the process dies before it has removed the rest
        var database = new CountingDatabase(Store.Database);
        await new Removal(database, Store.Instances, Store.Time, NullLogger<Removal>.Instance).RemoveAsync(id, Token);

        Assert.That(database.Writes, Is.EqualTo(22), "20 messages in each");
        Assert.That(
            await CountAsync("Messages") + await CountAsync("Conversations") + await CountAsync("SearchDocuments"), Is.Zero);
    }

    [Test]
    public async Task What_was_taken_away_without_a_word_is_found_within_an_hour_and_a_running_import_is_left_alone()
    {
        var (time, database) = (new WatchedTime(), new CountingDatabase(Store.Database));
        var (gone, importing) = (await TalkAsync("Gone", "!"), await TalkAsync("Importing", "!"));
        using var removal = new Removal(database, Store.Instances, time, NullLogger<Removal>.Instance);
        var looks = time.NextAsync(TimeSpan.FromHours(1), Token);
        await removal.StartAsync(Token);
        await GiveAsync(importing, Owner.Importing, time.GetUtcNow());
        await looks;

        await GiveAsync(gone, Owner.Removed, time.GetUtcNow()); // the database did not say so, and nobody was told
        time.Advance(TimeSpan.FromHours(1));
        Assert.That(await removal.LeftAsync(Token), Does.Not.Contain(importing.ConversationId));

        await database.WrittenAsync(1, Token);
        await removal.StopAsync(Token);
        await using var db = Store.Database.ReadAs(Owner.Importing);
        Assert.That(db.Conversations.IgnoreQueryFilters().Select(c => c.Id).ToList(),
            Is.EqualTo(new[] { importing.ConversationId }));
    }

    private Task<int> GiveAsync(StartPayload talk, Owner owner, DateTimeOffset importedAt) => Store.Database.WriteAsync(
        default, db => db.Conversations.IgnoreQueryFilters().Where(c => c.Id == talk.ConversationId).ExecuteUpdateAsync(c => c
            .SetProperty(x => x.OwnerId, owner.Id).SetProperty(x => x.ImportedAt, importedAt), Token));

    [Test]
    public async Task A_conversation_of_a_user_is_never_removed()
    {
        var start = await TalkAsync("One", "1");

        await Store.Removal.RemoveAsync(start.ConversationId, Token);
        await Store.RemoveLeftAsync();

        Assert.That((await Store.TreeAsync(Ada, start.ConversationId, Token))!.Messages, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task An_end_or_title_that_comes_after_the_deletion_is_dropped()
    {
        var start = await StartAsync("One");
        await Store.Library.DeleteAsync(Ada, start.ConversationId);

        await EndAsync(start, "1");
        await Store.Library.EntitleAsync(Ada, start.ConversationId, firstWords: "One", "A title");

        Assert.That(
            await CountAsync("Messages") + await CountAsync("Conversations") + await CountAsync("SearchDocuments"), Is.Zero);
    }

    [Test]
    public async Task A_deletion_names_every_answer_started_at_the_same_time()
    {
        for (var round = 0; round < 10; round++)
        {
            var root = await TalkAsync("Root", "!");
            var starts = Enumerable.Range(0, 6).Select(_ => Task.Run(() => StartAsync("Next", parentId: root.MessageId), Token))
                .ToList();
            var delete = Task.Run(() => Store.Library.DeleteAsync(Ada, root.ConversationId), Token);
            var started = new List<string>();
            foreach (var start in starts)
            {
                try
                {
                    started.Add((await start).MessageId);
                }
                catch (RefusedException refused)
                {
                    Assert.That(refused.Refusal.Status, Is.EqualTo(404));
                }
            }

            Assert.That((await delete)!.Select(answer => answer.Id), Is.EquivalentTo(started));
        }
        Assert.That(await CountAsync("Messages"), Is.Zero);
    }

    private RunningAnswer[] Only(StartPayload running) => [new RunningAnswer(running.MessageId, Store.Instance.Id)];
}

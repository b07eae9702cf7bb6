using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
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
            await Store.Library.DeleteAsync(Ada, start.ConversationId), Is.EqualTo(new[] { running.MessageId }),
            "what ran in it is told");

        Assert.That(await CountAsync("Messages"), Is.EqualTo(2));
        Assert.That(await CountAsync("SearchDocuments"), Is.EqualTo(3), "title, message and answer of the other");
        Assert.That((await Store.TreeAsync(Ada, kept.ConversationId, Token))!.Messages, Has.Count.EqualTo(2));
        Assert.That(await Store.Library.DeleteAsync(Ada, start.ConversationId), Is.Null);
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

            Assert.That(await delete, Is.EquivalentTo(started));
        }
        Assert.That(await CountAsync("Messages"), Is.Zero);
    }
}

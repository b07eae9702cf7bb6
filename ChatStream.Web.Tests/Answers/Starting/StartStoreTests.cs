using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Answers.Starting;

/// <summary>Where the store puts a new message and its answer, and which starts it refuses.</summary>
internal sealed class StartStoreTests(DatabaseKind kind) : StoreTest(kind)
{
    [Test]
    public async Task The_first_message_creates_a_conversation_with_a_running_answer()
    {
        const string message = "  Why is\nthe sky blue?";
        var start = await StartAsync(message);
        var found = (await Store.Library.FindShownAsync(Ada, start.ConversationId, Token))!;
        var (conversation, path) = (found.Conversation, found.Path);

        Assert.That((conversation.Title, conversation.LeafId, conversation.CreatedAt),
            Is.EqualTo(("Why is the sky blue?", start.MessageId, Store.Time.GetUtcNow())));
        Assert.That(start.Title, Is.EqualTo(conversation.Title));
        Assert.That(path.Select(m => (m.Id, m.ParentId, m.Role, m.Text, m.IsRunning)), Is.EqualTo(new[]
        {
            (start.ParentId, null, MessageRole.User, message, false),
            (start.MessageId, (string?)start.ParentId, MessageRole.Assistant, "", true),
        }));
        Assert.That((start.MessageId, path[1].Model), Is.EqualTo((start.GenerationId, "gpt-4o")));
    }

    [Test]
    public async Task A_message_that_is_longer_than_may_be_sent_is_not_answered_again_and_no_such_answer_is_continued()
    {
        var small = new StartStore(
            Store.Database, TestStore.MannersOf(new PromptOptions { ContextTokens = "256" }), Store.Instance, Store.Time);
        var text = string.Concat(Enumerable.Repeat("many words ", 300));
        var tokens = TestStore.Tokens.Count(text);
        var asked = await TalkAsync(text, "Hello");
        var answered = await TalkAsync("Hi", text);
        var failed = await TalkAsync("Hi", text, reason: FinishReason.Failed);

        foreach (var parentId in new[] { asked.ParentId, answered.MessageId, failed.MessageId })
        {
            var again = TestStore.Command(new StartRequest { ParentId = parentId });
            var refusal = Assert.ThrowsAsync<RefusedException>(() => small.StartAsync(Ada, again))!.Refusal;

            Assert.That((refusal.Status, refusal.Field, refusal.Code), Is.EqualTo((400, "parentId", "message_too_long")));
            Assert.That(refusal.Numbers, Is.EqualTo(new[] { (long)tokens, 256 }));
        }
        var next = TestStore.Command(new StartRequest { ParentId = asked.MessageId, Message = "And?" });
        Assert.That((await small.StartAsync(Ada, next)).New, Is.Not.Null, "a short message after it may be sent");
    }

    [Test]
    public async Task A_message_without_a_parent_follows_the_path_last_shown()
    {
        var first = await TalkAsync("Hi", "Hello");
        await TalkAsync("Other", "Hello", parentId: first.ParentId);
        var leaf = await TalkAsync("More", "Hello", parentId: first.MessageId);

        var start = await StartAsync("And more", first.ConversationId);

        Assert.That(await PathAsync(start), Is.EqualTo(new[]
        {
            first.ParentId, first.MessageId, leaf.ParentId, leaf.MessageId, start.ParentId, start.MessageId,
        }));
    }

    [Test]
    public async Task The_conversation_id_as_parent_starts_a_second_first_message()
    {
        var first = await TalkAsync("Hi", "Hello");

        var edited = await TalkAsync("Hello instead", "Hello!", parentId: first.ConversationId);
        var again = await StartAsync("Hello again", first.ConversationId, parentId: first.ConversationId);

        Assert.That(await PathAsync(edited), Is.EqualTo(new[] { again.ParentId, again.MessageId }), "the path last shown");
        Assert.That((edited.ConversationId, again.ConversationId), Is.EqualTo((first.ConversationId, first.ConversationId)));
        Assert.That(edited.ParentId, Is.Not.EqualTo(first.ParentId));
        Assert.That((await MessageAsync(edited.ParentId)).ParentId, Is.Null);
        Assert.That((await MessageAsync(first.MessageId)).Text, Is.EqualTo("Hello"), "nothing is overwritten");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task An_edit_is_stored_beside_the_edited_message(bool naming)
    {
        var first = await TalkAsync("Hi", "Hello");
        var second = await TalkAsync("More", "Hello", parentId: first.MessageId);

        var edited = await StartAsync("Less", naming ? first.ConversationId : null, parentId: first.MessageId);

        Assert.That(edited.ConversationId, Is.EqualTo(first.ConversationId));
        Assert.That(await PathAsync(edited), Is.EqualTo(new[]
        {
            first.ParentId, first.MessageId, edited.ParentId, edited.MessageId,
        }));
        Assert.That((await MessageAsync(second.MessageId)).Text, Is.EqualTo("Hello"), "the other branch is still there");
    }

    [Test]
    public async Task Regenerating_stores_a_second_answer_to_the_same_message()
    {
        var first = await TalkAsync("Hi", "Hello");

        var second = await StartAsync(message: null, parentId: first.ParentId);

        Assert.That((second.ParentId, second.ConversationId), Is.EqualTo((first.ParentId, first.ConversationId)));
        Assert.That(second.MessageId, Is.Not.EqualTo(first.MessageId));
        Assert.That(await PathAsync(second), Is.EqualTo(new[] { first.ParentId, second.MessageId }));
    }

    [TestCase(FinishReason.Length)]
    [TestCase(FinishReason.Stopped)]
    [TestCase(FinishReason.Interrupted)]
    public async Task Continuing_stores_an_answer_under_the_answer(FinishReason reason)
    {
        var first = await TalkAsync("Hi", "Hello", reason: reason);

        var more = await StartAsync(message: null, parentId: first.MessageId);

        Assert.That(await PathAsync(more), Is.EqualTo(new[] { first.ParentId, first.MessageId, more.MessageId }));
        Assert.That(more.ParentId, Is.EqualTo(first.MessageId));
    }

    [Test]
    public async Task A_message_can_be_answered_again_while_its_first_answer_runs()
    {
        var running = await StartAsync("Hi");

        var second = await StartAsync(message: null, parentId: running.ParentId);

        Assert.That(second.ParentId, Is.EqualTo(running.ParentId));
    }

    [TestCase("More")]
    [TestCase(null)]
    public async Task Nothing_can_follow_a_running_answer(string? message)
    {
        var running = await StartAsync("Hi");

        var refusal = Refused(message, parentId: running.MessageId);

        Assert.That((refusal.Status, refusal.Field, refusal.GenerationId), Is.EqualTo((409, "parentId", running.GenerationId)));
        Assert.That(Refused("More", running.ConversationId), Is.EqualTo(refusal), "the running answer is the leaf");
        Assert.That(await CountAsync("Messages"), Is.EqualTo(2));
    }

    [Test]
    public async Task An_answer_without_text_can_be_followed_but_not_continued()
    {
        var failed = await TalkAsync("Hi", "", reason: FinishReason.Failed);

        var refusal = Refused(message: null, parentId: failed.MessageId);

        Assert.That((refusal.Status, refusal.Field), Is.EqualTo((400, "parentId")));
        Assert.That((await StartAsync("More", parentId: failed.MessageId)).ConversationId, Is.EqualTo(failed.ConversationId));
    }

    [Test]
    public async Task A_start_without_a_message_must_name_a_message_to_answer()
    {
        var first = await TalkAsync("Hi", "Hello");

        Assert.Multiple(() =>
        {
            foreach (var (conversation, parent) in new[]
            {
                (null, null), (first.ConversationId, null), ((string?)null, (string?)first.ConversationId),
            })
            {
                var refusal = Refused(null, conversation, parent);
                Assert.That((refusal.Status, refusal.Field), Is.EqualTo((400, "message")), $"{conversation} {parent}");
            }
        });
    }

    [Test]
    public async Task An_unknown_id_is_refused_by_its_field_and_nothing_is_stored()
    {
        const string unknown = "0000000000000000";
        Assert.That((Refused("More", unknown).Status, await CountAsync("Conversations")), Is.EqualTo((404, 0)));
        var (first, second) = (await TalkAsync("Hi", "Hello"), await TalkAsync("Hi", "Hello"));
        var before = await CountsAsync();

        (string? Conversation, string? Parent, string Field)[] starts =
        [
            (unknown, null, "conversationId"),
            (unknown, unknown, "conversationId"),
            (null, unknown, "parentId"),
            (first.ConversationId, unknown, "parentId"),
            (first.ConversationId, second.MessageId, "parentId"),
            (first.ConversationId, second.ConversationId, "parentId"),
            (unknown, first.MessageId, "parentId"),
        ];
        foreach (var (conversation, parent, field) in starts)
        {
            var refusal = Refused("More", conversation, parent);
            Assert.That((refusal.Status, refusal.Field), Is.EqualTo((404, field)), $"{conversation} {parent}");
        }
        Assert.That(await CountsAsync(), Is.EqualTo(before));
    }

    [Test]
    public async Task Starts_at_the_same_time_are_all_stored()
    {
        var starts = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => StartAsync($"Message {i}"), Token)));

        await using var db = Store.Database.ReadAs(Ada);
        var messages = db.Messages.Where(message => message.Role == MessageRole.User);
        Assert.That(await messages.Select(message => message.Text).ToListAsync(Token),
            Is.EquivalentTo(Enumerable.Range(0, 40).Select(i => $"Message {i}")));
        Assert.That(starts.Select(start => start.ConversationId), Is.Unique);
    }

    [Test]
    public async Task Of_starts_at_the_same_time_in_one_conversation_one_is_stored()
    {
        for (var round = 0; round < 5; round++)
        {
            var first = await TalkAsync("Hi", "Hello");
            var results = await Task.WhenAll(
                Enumerable.Range(0, 8).Select(_ => Task.Run(() => TryAsync(first.ConversationId), Token)));

            var stored = results.Single(result => result.Start is not null).Start!;
            Assert.That(stored.ConversationId, Is.EqualTo(first.ConversationId));
            foreach (var refusal in results.Select(result => result.Refusal).OfType<Refusal>())
            {
                Assert.That((refusal.Status, refusal.Code, refusal.GenerationId),
                    Is.EqualTo((409, "answer_running", stored.GenerationId)));
            }
            Assert.That((await Store.TreeAsync(Ada, first.ConversationId, Token))!.Messages, Has.Count.EqualTo(4));
        }

        async Task<(StartPayload? Start, Refusal? Refusal)> TryAsync(string conversationId)
        {
            try
            {
                return (await StartAsync("Next", conversationId), null);
            }
            catch (RefusedException refused)
            {
                return (null, refused.Refusal);
            }
        }
    }

    private async Task<IEnumerable<string>> PathAsync(StartPayload start) =>
        (await Store.Library.FindShownAsync(Ada, start.ConversationId, Token))!.Path.Select(message => message.Id);

    private async Task<(int Conversations, int Messages, int Indexed)> CountsAsync() =>
        (await CountAsync("Conversations"), await CountAsync("Messages"), await CountAsync("SearchDocuments"));
}

using ChatStream.Web.Contract;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

/// <summary>Where a new message and its answer are put.</summary>
internal sealed class StartTests : StoreTest
{
    [Test]
    public async Task A_first_message_begins_a_conversation()
    {
        var start = await StartAsync("Say hello to everyone");
        var found = (await Library.FindAsync(Me, start.ConversationId, Token))!;
        var (conversation, path) = (found.Conversation, found.ShownPath);

        Assert.That((conversation.Title, conversation.LeafId, conversation.CreatedAt), Is.EqualTo(("Say hello to everyone", start.MessageId, Time.GetUtcNow())));
        Assert.That(start.Title, Is.EqualTo(conversation.Title));
        Assert.That(path.Select(m => (m.Id, m.ParentId, m.Role, m.Text, m.IsRunning)), Is.EqualTo(new[]
        {
            (start.ParentId, null, MessageRole.User, "Say hello to everyone", false),
            (start.MessageId, (string?)start.ParentId, MessageRole.Assistant, "", true),
        }));
        Assert.That((start.MessageId, path[1].Model), Is.EqualTo((start.GenerationId, "gpt-4o")));
    }

    [Test]
    public async Task Without_a_parent_a_message_follows_the_path_last_shown()
    {
        var first = await AnsweredAsync();
        await AnsweredAsync("Other", parentId: first.ParentId);
        var leaf = await AnsweredAsync("More", parentId: first.MessageId);

        var start = await StartAsync("And more", first.ConversationId);

        Assert.That(await PathAsync(start), Is.EqualTo(new[] { first.ParentId, first.MessageId, leaf.ParentId, leaf.MessageId, start.ParentId, start.MessageId }));
    }

    [Test]
    public async Task The_conversations_own_id_is_its_root()
    {
        var first = await AnsweredAsync();

        var edited = await StartAsync("Hello instead", parentId: first.ConversationId);
        await EndAsync(edited, "Hello");
        var again = await StartAsync("Hello again", first.ConversationId, parentId: first.ConversationId);

        Assert.That(await PathAsync(edited), Is.EqualTo(new[] { again.ParentId, again.MessageId }), "the path last shown");
        Assert.That((edited.ConversationId, again.ConversationId), Is.EqualTo((first.ConversationId, first.ConversationId)));
        Assert.That(edited.ParentId, Is.Not.EqualTo(first.ParentId), "a sibling: nothing is overwritten");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task An_edit_is_a_sibling(bool naming)
    {
        var first = await AnsweredAsync();
        var second = await AnsweredAsync("More", parentId: first.MessageId);

        var edited = await StartAsync("Less", naming ? first.ConversationId : null, parentId: first.MessageId);

        Assert.That(edited.ConversationId, Is.EqualTo(first.ConversationId));
        Assert.That(await PathAsync(edited), Is.EqualTo(new[] { first.ParentId, first.MessageId, edited.ParentId, edited.MessageId }));
        Assert.That((await Stored.FindAsync(Me, second.MessageId, Token))!.Text, Is.EqualTo("Hello"), "the other branch is still there");
    }

    [Test]
    public async Task Regenerating_is_a_second_answer_to_the_same_message()
    {
        var first = await AnsweredAsync();

        var second = await StartAsync(message: null, parentId: first.ParentId);

        Assert.That((second.ParentId, second.ConversationId), Is.EqualTo((first.ParentId, first.ConversationId)));
        Assert.That(await PathAsync(second), Is.EqualTo(new[] { first.ParentId, second.MessageId }));
    }

    [TestCase(FinishReason.Length)]
    [TestCase(FinishReason.Stopped)]
    [TestCase(FinishReason.Interrupted)]
    public async Task Continuing_is_an_answer_under_an_answer(FinishReason reason)
    {
        var first = await AnsweredAsync(reason: reason);

        var more = await StartAsync(message: null, parentId: first.MessageId);

        Assert.That(await PathAsync(more), Is.EqualTo(new[] { first.ParentId, first.MessageId, more.MessageId }));
        Assert.That(more.ParentId, Is.EqualTo(first.MessageId));
    }

    [Test]
    public async Task A_message_may_be_answered_again_while_its_first_answer_runs()
    {
        var running = await StartAsync();

        var second = await StartAsync(message: null, parentId: running.ParentId);

        Assert.That(second.ParentId, Is.EqualTo(running.ParentId));
    }

    [TestCase("More")]
    [TestCase(null)]
    public async Task Nothing_follows_an_answer_that_still_runs(string? message)
    {
        var running = await StartAsync();

        var refusal = await RefusedAsync(message, parentId: running.MessageId);

        Assert.That((refusal.Status, refusal.Field, refusal.GenerationId), Is.EqualTo((409, "parentId", running.GenerationId)));
        Assert.That((await RefusedAsync("More", running.ConversationId)).GenerationId, Is.EqualTo(running.GenerationId), "the leaf, by default");
    }

    [Test]
    public async Task An_answer_without_text_cannot_be_continued()
    {
        var failed = await AnsweredAsync(text: "", reason: FinishReason.Failed);

        var refusal = await RefusedAsync(message: null, parentId: failed.MessageId);

        Assert.That((refusal.Status, refusal.Field), Is.EqualTo((400, "parentId")));
        Assert.That((await StartAsync("More", parentId: failed.MessageId)).ConversationId, Is.EqualTo(failed.ConversationId), "but a message may follow it");
    }

    [Test]
    public async Task Without_a_message_something_must_be_named_to_answer()
    {
        var first = await AnsweredAsync();

        Assert.That(await RefusedAsync(null), Has.Property("Status").EqualTo(400).And.Property("Field").EqualTo("message"));
        Assert.That(await RefusedAsync(null, first.ConversationId), Has.Property("Status").EqualTo(400).And.Property("Field").EqualTo("message"));
        Assert.That(await RefusedAsync(null, parentId: first.ConversationId), Has.Property("Status").EqualTo(400).And.Property("Field").EqualTo("message"));
    }

    [Test]
    public async Task What_is_not_there_is_named()
    {
        var (first, second) = (await AnsweredAsync(), await AnsweredAsync());
        const string nothing = "0000000000000000";

        (string? Conversation, string? Parent, string Field)[] starts =
        [
            (nothing, null, "conversationId"),
            (nothing, nothing, "conversationId"),
            (null, nothing, "parentId"),
            (first.ConversationId, nothing, "parentId"),
            (first.ConversationId, second.MessageId, "parentId"),
            (first.ConversationId, second.ConversationId, "parentId"),
            (nothing, first.MessageId, "parentId"),
        ];
        foreach (var (conversation, parent, field) in starts)
        {
            var refusal = await RefusedAsync("More", conversation, parent);
            Assert.That((refusal.Status, refusal.Field), Is.EqualTo((404, field)), $"{conversation} {parent}");
        }
        Assert.That(await RecentAsync(Me, 10), Has.Count.EqualTo(2), "nothing was stored");
    }

    private async Task<IEnumerable<string>> PathAsync(StartPayload start) =>
        (await Library.FindAsync(Me, start.ConversationId, Token))!.ShownPath.Select(message => message.Id);
}

using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Storage;

internal sealed class StartTests(DatabaseKind kind) : StoreTest(kind)
{
    [Test]
    public async Task A_start_stores_the_message_and_the_running_answer_to_it()
    {
        var start = await StartAsync("  Why is\nthe sky blue?");

        var (question, answer) = (await MessageAsync(start.ParentId), await MessageAsync(start.MessageId));
        Assert.That((question.Role, question.Text, question.ParentId, question.IsRunning), Is.EqualTo((MessageRole.User, "  Why is\nthe sky blue?", (string?)null, false)));
        Assert.That((answer.Role, answer.Text, answer.ParentId, answer.Model, answer.IsRunning), Is.EqualTo((MessageRole.Assistant, "", start.ParentId, "gpt-4o", true)));
        Assert.That(start.Title, Is.EqualTo("Why is the sky blue?"));
        var found = await Store.Library.FindAsync(Ada, start.ConversationId, Token);
        Assert.That(found!.ShownPath.Select(message => message.Id), Is.EqualTo(new[] { start.ParentId, start.MessageId }));
    }

    [Test]
    public async Task An_end_is_stored_whole()
    {
        var start = await StartAsync("Hello");
        Store.Time.Advance(TimeSpan.FromSeconds(3));

        await Store.Ends.EndAsync(Ada, new EndedAnswer(
            start.MessageId, "Good\0day 🎉".Replace('\0', '\uFFFD'), "Well", FinishReason.Failed, new FailurePayload(FailureCode.RateLimited, "Slow down.", 7), new UsagePayload(12, 34, 5), LastFrame: 42));

        var answer = await MessageAsync(start.MessageId);
        Assert.Multiple(() =>
        {
            Assert.That(answer.Text, Is.EqualTo("Good\uFFFDday 🎉"));
            Assert.That(answer.Reasoning, Is.EqualTo("Well"));
            Assert.That(answer.FinishReason, Is.EqualTo(FinishReason.Failed));
            Assert.That(answer.Failure, Is.EqualTo(new FailurePayload(FailureCode.RateLimited, "Slow down.", 7)));
            Assert.That(answer.Usage, Is.EqualTo(new UsagePayload(12, 34, 5)));
            Assert.That(answer.LastFrame, Is.EqualTo(42));
            Assert.That(answer.Tokens, Is.Zero, "what failed is not sent again");
            Assert.That(answer.EndedAt, Is.EqualTo(Store.Time.GetUtcNow()));
            Assert.That(answer.IsRunning, Is.False);
        });
        Assert.That((await Store.Library.ListAsync(Ada, query: null, before: null, limit: 1, Token)).Conversations[0].UpdatedAt, Is.EqualTo(Store.Time.GetUtcNow()), "an answer is news");
    }

    [Test]
    public async Task Without_a_parent_the_message_follows_on_the_path_last_shown()
    {
        var first = await TalkAsync("One", "1");
        var second = await TalkAsync("Two", "2", first.ConversationId);

        Assert.That((await MessageAsync(second.ParentId)).ParentId, Is.EqualTo(first.MessageId));
    }

    [Test]
    public async Task An_edit_is_a_sibling_and_becomes_the_path_shown()
    {
        var first = await TalkAsync("One", "1");
        var edit = await TalkAsync("Uno", "1!", parentId: first.ConversationId);

        Assert.That(edit.ConversationId, Is.EqualTo(first.ConversationId));
        Assert.That((await MessageAsync(edit.ParentId)).ParentId, Is.Null);
        var found = await Store.Library.FindAsync(Ada, first.ConversationId, Token);
        Assert.That(found!.ShownPath.Select(message => message.Text), Is.EqualTo(new[] { "Uno", "1!" }));
        Assert.That((await MessageAsync(first.MessageId)).Text, Is.EqualTo("1"), "nothing is overwritten");
    }

    [Test]
    public async Task Another_answer_to_a_message_is_a_sibling_of_the_first()
    {
        var first = await TalkAsync("One", "1");
        var again = await StartAsync(null, parentId: first.ParentId);

        Assert.That(again.ParentId, Is.EqualTo(first.ParentId));
        Assert.That(again.MessageId, Is.Not.EqualTo(first.MessageId));
    }

    [Test]
    public async Task While_an_answer_runs_nothing_follows_it()
    {
        var first = await StartAsync("One");

        var refused = Assert.ThrowsAsync<RefusedException>(() => StartAsync("Two", first.ConversationId))!.Refusal;

        Assert.That((refused.Status, refused.Field, refused.GenerationId), Is.EqualTo((409, "parentId", first.MessageId)));
        Assert.That(await CountAsync("Messages"), Is.EqualTo(2));
    }

    [Test]
    public async Task What_is_anothers_is_not_there()
    {
        var ada = await TalkAsync("One", "1");

        int Status(Func<Task> start) => Assert.ThrowsAsync<RefusedException>(start)!.Refusal.Status;

        Assert.Multiple(() =>
        {
            Assert.That(Status(() => StartAsync("x", conversationId: ada.ConversationId, owner: Bob)), Is.EqualTo(404));
            Assert.That(Status(() => StartAsync("x", parentId: ada.ConversationId, owner: Bob)), Is.EqualTo(404));
            Assert.That(Status(() => StartAsync("x", parentId: ada.MessageId, owner: Bob)), Is.EqualTo(404));
            Assert.That(Status(() => StartAsync(null, parentId: ada.ParentId, owner: Bob)), Is.EqualTo(404));
        });
        Assert.That(await Store.Library.FindAsync(Bob, ada.ConversationId, Token), Is.Null);
        Assert.That(await Store.Stored.FindAsync(Bob, ada.MessageId, Token), Is.Null);
        Assert.That(await Store.TreeAsync(Bob, ada.ConversationId, Token), Is.Null);
        Assert.That(await Store.Library.ChangeAsync(Bob, ada.ConversationId, new ConversationChange { Title = "Mine" }), Is.Null);
        Assert.That(await Store.Library.DeleteAsync(Bob, ada.ConversationId), Is.Null);
        Assert.That((await Store.Contexts.BuildAsync(Bob, ada.MessageId, 1000, Token)).Turns, Is.Empty);
        await Store.Ends.EndAsync(Bob, new EndedAnswer(ada.MessageId, "Bob was here", null, FinishReason.Completed, null, null, 1));
        Assert.That((await MessageAsync(ada.MessageId)).Text, Is.EqualTo("1"));
    }

    [Test]
    public async Task A_start_that_is_refused_leaves_nothing()
    {
        Assert.ThrowsAsync<RefusedException>(() => StartAsync("x", conversationId: "0123456789abcdef"));

        Assert.That(await CountAsync("Messages") + await CountAsync("Conversations") + await CountAsync("SearchDocuments"), Is.Zero);
    }

    [Test]
    public async Task Starts_at_the_same_time_are_all_stored()
    {
        var starts = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => StartAsync($"Message {i}"), Token)));

        await using var db = Store.Database.ReadAs(Ada);
        Assert.That(await db.Messages.Where(message => message.Role == MessageRole.User).Select(message => message.Text).ToListAsync(Token),
            Is.EquivalentTo(Enumerable.Range(0, 40).Select(i => $"Message {i}")));
        Assert.That(starts.Select(start => start.ConversationId), Is.Unique);
    }
}

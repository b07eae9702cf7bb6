using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

internal sealed class FeedbackStoreTests(DatabaseKind kind) : StoreTest(kind)
{
    [Test]
    public async Task Feedback_is_stored_changed_removed_and_goes_with_its_conversation()
    {
        var (talk, other) = (await TalkAsync("Hello", "Hello!"), await TalkAsync("Hello", "Hello!", owner: Bob));
        var down = new FeedbackRequest { Rating = FeedbackRating.Down, Reason = FeedbackReason.Wrong, Comment = " =1+1 " };

        Assert.That((await Open().KeepAsync(Ada, talk.ConversationId, talk.MessageId, down))!.Comment, Is.EqualTo("=1+1"));
        Store.Time.Advance(TimeSpan.FromSeconds(1));
        await Open().KeepAsync(Bob, other.ConversationId, other.MessageId, new() { Rating = FeedbackRating.Up });

        Assert.That(await Open().KeepAsync(Bob, talk.ConversationId, talk.MessageId, down), Is.Null, "another's");
        var node = (await Store.TreeAsync(Ada, talk.ConversationId, Token))!.Messages[1];
        Assert.That((node.Feedback!.Rating, node.Feedback.Reason), Is.EqualTo((FeedbackRating.Down, FeedbackReason.Wrong)));
        var page = await Open().ReadAllAsync(null, Token);
        Assert.That(page.Entries.Select(entry => (entry.Rating, entry.Model, entry.Comment)), Is.EqualTo(new[]
        {
            (FeedbackRating.Up, "gpt-4o", null), (FeedbackRating.Down, "gpt-4o", "=1+1"),
        }));
        Assert.That(page.Next, Is.Null);

        await Open().KeepAsync(Ada, talk.ConversationId, talk.MessageId, new() { Rating = FeedbackRating.Up });
        var shown = await Store.Library.FindShownAsync(Ada, talk.ConversationId, Token);
        Assert.That(shown!.Path[1].Feedback, Is.EqualTo(new FeedbackNode
        {
            Rating = FeedbackRating.Up,
            At = Store.Time.GetUtcNow(),
        }));
        Assert.That(await Open().RemoveAsync(Ada, talk.ConversationId, talk.MessageId), Is.True);
        Assert.That(await Open().RemoveAsync(Ada, talk.ConversationId, talk.MessageId), Is.False);

        await Store.Library.DeleteAsync(Bob, other.ConversationId);
        Assert.That((await Open().ReadAllAsync(null, Token)).Entries, Is.Empty);
        await Store.RemoveLeftAsync();
        Assert.That(await CountAsync("Feedback"), Is.Zero);
    }

    [Test]
    public async Task Only_an_answer_that_has_ended_takes_feedback()
    {
        var talk = await TalkAsync("Hello", "Hello!");
        var running = await StartAsync("Again", talk.ConversationId);
        var up = new FeedbackRequest { Rating = FeedbackRating.Up };

        Assert.That(Status(() => Open().KeepAsync(Ada, talk.ConversationId, talk.ParentId!, up)), Is.EqualTo(404), "a question");
        Assert.That(Status(() => Open().KeepAsync(Ada, talk.ConversationId, running.MessageId, up)), Is.EqualTo(409));
        Assert.That(Status(() => Open(false).KeepAsync(Ada, talk.ConversationId, talk.MessageId, up)), Is.EqualTo(403));
        foreach (var comment in new[] { "", " ", "a\0", "\u200b", new string('x', 2_001) })
        {
            Assert.That(
                Status(() => Open().KeepAsync(Ada, talk.ConversationId, talk.MessageId, up with { Comment = comment })),
                Is.EqualTo(400), comment);
        }
        Assert.That(Status(() => Open().ReadAllAsync("x.y", Token)), Is.EqualTo(400));

        static int Status(Func<Task> action) => Assert.ThrowsAsync<RefusedException>(action)!.Refusal.Status;
    }

    private FeedbackStore Open(bool enabled = true) =>
        new(Store.Database, Options.Create(new FeedbackOptions { Enabled = enabled }), Store.Time);
}

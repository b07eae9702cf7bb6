using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Answers.Keeping;

/// <summary>What the database holds of an answer that has ended.</summary>
internal sealed class StoredAnswerTests(DatabaseKind kind) : StoreTest(kind)
{
    [Test]
    public async Task The_end_of_an_answer_is_stored_in_full()
    {
        // PostgreSQL cannot store NUL.
        var text = Kind == DatabaseKind.Sqlite ? "Hel\0lo 😀" : "Hel\uFFFDlo 😀";
        var start = await StartAsync("Hi");
        Store.Time.Advance(TimeSpan.FromMinutes(1));
        var now = Store.Time.GetUtcNow();
        var (failure, usage) = (new FailurePayload(FailureCode.RateLimited, "Slow down.", 20), new UsagePayload(12, 34, 5));
        var end = new EndedAnswer(
            start.GenerationId, text, "They greet.", FinishReason.Interrupted, failure, usage, LastFrame: 17)
        {
            FirstOutputAt = now - TimeSpan.FromSeconds(50),
            FirstTextAt = now - TimeSpan.FromSeconds(20),
        };

        await Store.Ends.EndAsync(Ada, end);
        await Store.ReopenAsync();

        var answer = (await Store.Stored.FindAsync(Ada, start.MessageId, Token))!;
        Assert.Multiple(() =>
        {
            Assert.That(answer.Text, Is.EqualTo(text));
            Assert.That(answer.Reasoning, Is.EqualTo("They greet."));
            Assert.That(answer.FinishReason, Is.EqualTo(FinishReason.Interrupted));
            Assert.That((answer.Failure, answer.Usage), Is.EqualTo((failure, usage)));
            Assert.That(answer.LastFrame, Is.EqualTo(17));
            Assert.That(answer.IsRunning, Is.False);
            Assert.That(answer.EndedAt, Is.EqualTo(now));
            Assert.That((answer.FirstOutputAt, answer.FirstTextAt), Is.EqualTo((end.FirstOutputAt, end.FirstTextAt)));
            Assert.That(answer.Tokens, Is.GreaterThan(4));
        });
        var listed = (await Store.Library.ListAsync(Ada, query: null, before: null, limit: 1, Token)).Conversations[0];
        Assert.That(listed.UpdatedAt, Is.EqualTo(now), "the end of an answer makes its conversation the newest");
    }

    [Test]
    public async Task A_failed_answer_keeps_its_text_and_counts_its_tokens()
    {
        var start = await StartAsync("Hi");

        await EndAsync(start, "Good day", FinishReason.Failed);

        var answer = await MessageAsync(start.MessageId);
        Assert.That((answer.FinishReason, answer.Text), Is.EqualTo(((FinishReason?)FinishReason.Failed, "Good day")));
        Assert.That(answer.Tokens, Is.EqualTo(TestStore.Tokens.Count("Good day")), "it is sent when it is continued");
    }

    // Otherwise the history would go for what is not sent.
    [TestCase(FailureCode.ContextLengthExceeded, false)]
    [TestCase(FailureCode.ModelRejected, false)]
    [TestCase(FailureCode.ModelUnavailable, true)]
    public async Task Results_that_the_service_refused_count_as_what_stands_in_their_place(FailureCode code, bool countsResults)
    {
        var start = await StartAsync("Hi");
        var call = new ToolCall
        {
            Id = "call",
            MessageId = start.MessageId,
            ConversationId = start.ConversationId,
            OwnerId = Ada.Id,
            Number = 1,
            Round = 1,
            At = 0,
            Name = "read",
            Arguments = "{}",
            State = ToolState.Done,
            Result = new string('x', 9_000),
        };

        await Store.Ends.EndAsync(Ada, new EndedAnswer(
            start.MessageId, "", Reasoning: null, FinishReason.Failed, new FailurePayload(code, ""), Usage: null, LastFrame: 4)
        {
            ToolTokens = 5_000,
            Calls = [call],
        });

        var (question, answer) = (await MessageAsync(start.ParentId), await MessageAsync(start.MessageId));
        Assert.That(answer.Tokens, countsResults ? Is.AtLeast(5_000) : Is.InRange(20, 60));
        Assert.That(answer.PathTokens, Is.EqualTo(question.PathTokens + answer.Tokens));
    }

    [Test]
    public async Task A_users_message_is_not_found_as_an_answer()
    {
        var start = await StartAsync("Hi");

        Assert.That(await Store.Stored.FindAsync(Ada, start.ParentId, Token), Is.Null);
    }
}

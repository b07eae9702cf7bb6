using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

internal sealed class StoredAnswerTests : StoreTest
{
    [Test]
    public async Task An_answers_end_is_stored_whole()
    {
        var start = await StartAsync();
        Time.Advance(TimeSpan.FromMinutes(1));
        var (failure, usage) = (new FailurePayload(FailureCode.RateLimited, "Slow down.", 20), new UsagePayload(12, 34, 5));
        await Ends.EndAsync(Me, new EndedAnswer(start.GenerationId, "Hel\0lo 😀", "They greet.", FinishReason.Interrupted, failure, usage, LastFrame: 17)
        {
            FirstOutputAt = Time.GetUtcNow() - TimeSpan.FromSeconds(50),
            FirstTextAt = Time.GetUtcNow() - TimeSpan.FromSeconds(20),
        });
        await ReopenAsync();

        var answer = (await Stored.FindAsync(Me, start.MessageId, Token))!;
        Assert.That((answer.Text, answer.Reasoning, answer.FinishReason, answer.LastFrame), Is.EqualTo(
            ("Hel\0lo 😀", "They greet.", (FinishReason?)FinishReason.Interrupted, (int?)17)));
        Assert.That((answer.Failure, answer.Usage), Is.EqualTo((failure, usage)));
        Assert.That((answer.EndedAt, answer.IsRunning), Is.EqualTo(((DateTimeOffset?)Time.GetUtcNow(), false)));
        Assert.That((Time.GetUtcNow() - answer.FirstOutputAt, Time.GetUtcNow() - answer.FirstTextAt), Is.EqualTo(
            ((TimeSpan?)TimeSpan.FromSeconds(50), (TimeSpan?)TimeSpan.FromSeconds(20))));
        Assert.That(answer.Tokens, Is.GreaterThan(4));
        Assert.That((await RecentAsync(Me, 1))[0].UpdatedAt, Is.EqualTo(Time.GetUtcNow()));
    }

    [Test]
    public async Task What_ran_when_the_process_died_is_interrupted()
    {
        var (running, ended) = (await StartAsync(), await AnsweredAsync());
        await ReopenAsync();

        var answer = (await Stored.FindAsync(Me, running.MessageId, Token))!;
        Assert.That((answer.FinishReason, answer.Failure), Is.EqualTo(
            ((FinishReason?)FinishReason.Interrupted, new FailurePayload(FailureCode.Interrupted, "The server went away while it answered."))));
        Assert.That((await Stored.FindAsync(Me, ended.MessageId, Token))!.FinishReason, Is.EqualTo(FinishReason.Completed));
        Assert.That((await StartAsync("More", running.ConversationId)).ConversationId, Is.EqualTo(running.ConversationId), "one can go on from there");
    }

    [Test]
    public async Task The_end_of_an_answer_that_is_gone_is_nobodys_fault()
    {
        var start = new StartPayload("0000000000000000", "", "", "", "", "");

        Assert.That(() => EndAsync(start, "Hello"), Throws.Nothing);
        Assert.That(await Stored.FindAsync(Me, start.GenerationId, Token), Is.Null);
    }

    [Test]
    public async Task A_message_is_not_an_answer()
    {
        var start = await StartAsync();

        Assert.That(await Stored.FindAsync(Me, start.ParentId, Token), Is.Null);
    }

    [Test]
    public async Task The_newest_conversations_come_first()
    {
        var starts = new List<StartPayload>();
        for (var i = 0; i < 5; i++)
        {
            starts.Add(await AnsweredAsync($"m{i}"));
            Time.Advance(TimeSpan.FromSeconds(1));
        }
        await AnsweredAsync("More", conversationId: starts[1].ConversationId);

        Assert.That((await RecentAsync(Me, 3)).Select(c => c.Title), Is.EqualTo(new[] { "m1", "m4", "m3" }));
    }
}

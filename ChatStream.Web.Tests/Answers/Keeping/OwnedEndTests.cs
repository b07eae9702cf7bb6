using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Answers.Keeping;

/// <summary>Only the process that owns an answer stores its end, and only once.</summary>
internal sealed class OwnedEndTests(DatabaseKind kind) : StoreTest(kind)
{
    private static readonly FailurePayload NotStored = CheckpointLoop.NotStored;

    [Test]
    public async Task A_start_names_the_process_that_runs_the_answer()
    {
        var start = await StartAsync("Hi");

        Assert.That((await MessageAsync(start.MessageId)).InstanceId, Is.EqualTo(Store.Instance.Id));
    }

    [Test]
    public async Task The_end_of_an_answer_with_another_owner_is_not_taken([Values] bool replaces)
    {
        var start = await StartAsync("Hi");
        await OwnAsync(start, "another-process0");

        Assert.That(await EndAsync(start, FinishReason.Completed, replaces), Is.EqualTo(EndOutcome.Lost));
        Assert.That((await MessageAsync(start.MessageId)).IsRunning);
    }

    [Test]
    public async Task The_end_of_a_deleted_answer_is_not_taken([Values] bool replaces)
    {
        var start = await StartAsync("Hi");
        await Store.Library.DeleteAsync(Ada, start.ConversationId);

        Assert.That(await EndAsync(start, FinishReason.Completed, replaces), Is.EqualTo(EndOutcome.Gone));
    }

    [Test]
    public async Task An_end_that_is_tried_again_after_it_was_kept_counts_as_stored()
    {
        var start = await StartAsync("Hi");
        await EndAsync(start, FinishReason.Completed);

        Assert.That(await EndAsync(start, FinishReason.Completed), Is.EqualTo(EndOutcome.Stored));
        Assert.That(await CountAsync("SearchDocuments"), Is.EqualTo(3), "title, message and answer, each once");
    }

    [Test]
    public async Task Another_end_that_was_kept_unnoticed_is_not_taken_for_this_one()
    {
        var start = await StartAsync("Hi");
        await EndAsync(start, FinishReason.Completed);

        Assert.That(await EndAsync(start, FinishReason.Failed), Is.EqualTo(EndOutcome.Lost));
        Assert.That((await MessageAsync(start.MessageId)).FinishReason, Is.EqualTo(FinishReason.Completed));
    }

    [Test]
    public async Task A_process_that_has_begun_anew_still_stores_the_ends_of_the_instance_that_it_was([Values] bool isTakenOver)
    {
        var (start, before) = (await StartAsync("Hi"), Store.Instance.Id);
        Store.Instance.BeginAnew();
        if (isTakenOver)
            await OwnAsync(start, Store.Instance.Id);

        var outcome = await Store.Ends.EndAsync(
            Ada,
            new EndedAnswer(
                start.MessageId, "Hello", Reasoning: null, FinishReason.Failed, NotStored, Usage: null, LastFrame: 5)
            {
                InstanceId = before,
            },
            replaces: true);

        Assert.That(outcome, Is.EqualTo(isTakenOver ? EndOutcome.Lost : EndOutcome.Stored));
        Assert.That((await MessageAsync(start.MessageId)).IsRunning, Is.EqualTo(isTakenOver));
    }

    [Test]
    public async Task The_end_that_readers_were_told_replaces_the_one_that_was_kept_unnoticed()
    {
        var start = await StartAsync("Hi");
        await EndAsync(start, FinishReason.Completed);

        Assert.That(await EndAsync(start, FinishReason.Failed, replaces: true), Is.EqualTo(EndOutcome.Stored));

        var answer = await MessageAsync(start.MessageId);
        Assert.That(
            (answer.FinishReason, answer.Text, answer.Failure),
            Is.EqualTo(((FinishReason?)FinishReason.Failed, "Hello", NotStored)));
        Assert.That(await CountAsync("SearchDocuments"), Is.EqualTo(3), "title, message and answer, each once");
    }

    [Test]
    public async Task The_end_of_an_orphan_stays([Values] bool replaces)
    {
        var start = await StartAsync("Hi");
        await Store.Checkpoints.AppendAsync(
            [new CheckpointPart { MessageId = start.MessageId, Number = 0, Text = "Hel" }], keepFrom: 0);
        await Store.Orphans.EndAsync(await Store.Orphans.FindAsync(Token));

        Assert.That(await EndAsync(start, FinishReason.Completed, replaces), Is.EqualTo(EndOutcome.Lost));
        var answer = await MessageAsync(start.MessageId);
        Assert.That(
            (answer.FinishReason, answer.Text), Is.EqualTo(((FinishReason?)FinishReason.Interrupted, "Hel")));
    }

    [Test]
    public async Task An_answer_that_got_another_owner_or_its_end_meanwhile_is_no_orphan()
    {
        var (owned, ended) = (await StartAsync("Hi"), await StartAsync("Hello"));
        var found = await Store.Orphans.FindAsync(Token);
        await OwnAsync(owned, "another-process0");
        await EndAsync(ended, FinishReason.Completed);

        await Store.Orphans.EndAsync(found);

        Assert.That(found, Has.Count.EqualTo(2));
        Assert.That((await MessageAsync(owned.MessageId)).IsRunning);
        Assert.That((await MessageAsync(ended.MessageId)).FinishReason, Is.EqualTo(FinishReason.Completed));
    }

    // Such a message is not sent again, so the path after it must not count it.
    [TestCase(FailureCode.ContextLengthExceeded, false)]
    [TestCase(FailureCode.ModelUnavailable, true)]
    public async Task The_path_counts_a_message_unless_the_service_refused_it(FailureCode code, bool isCounted)
    {
        var start = await StartAsync("Hi");
        var failure = new FailurePayload(code, "");
        await Store.Ends.EndAsync(Ada, new EndedAnswer(
            start.MessageId, "", Reasoning: null, FinishReason.Failed, failure, Usage: null, LastFrame: 4));

        var (question, answer) = (await MessageAsync(start.ParentId), await MessageAsync(start.MessageId));
        Assert.That(question.PathTokens, Is.GreaterThan(0));
        Assert.That(answer.PathTokens, Is.EqualTo(isCounted ? question.PathTokens : 0));
    }

    private Task<EndOutcome> EndAsync(StartPayload start, FinishReason reason, bool replaces = false) => Store.Ends.EndAsync(
        Ada,
        new EndedAnswer(
            start.MessageId, "Hello", Reasoning: null, reason, reason == FinishReason.Failed ? NotStored : null, Usage: null,
            LastFrame: 5),
        replaces);

    private Task<int> OwnAsync(StartPayload start, string instanceId) => Store.Database.WriteAsync(Ada, db =>
        db.Messages.Where(m => m.Id == start.MessageId).ExecuteUpdateAsync(m => m.SetProperty(x => x.InstanceId, instanceId)));
}

using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Answers.Keeping;

internal sealed class CheckpointJournalTests(DatabaseKind kind) : StoreTest(kind)
{
    [Test]
    public async Task After_a_crash_the_streamed_text_is_complete_in_order_and_interrupted()
    {
        var start = await StartAsync("Tell me");
        // More than ten parts, so that sorting numbers as text would show.
        var pieces = Enumerable.Range(0, 12).Select(i => Part(start, i, $"{i} 你好🎉\n", i % 5 == 0 ? $"r{i} " : null)).ToList();
        await Store.Checkpoints.AppendAsync([.. pieces.Take(5)], keepFrom: 0);
        foreach (var piece in pieces.Skip(5))
            await Store.Checkpoints.AppendAsync([piece], keepFrom: 0);
        Store.Time.Advance(TimeSpan.FromMinutes(1));

        await Store.ReopenAsync();

        var answer = await MessageAsync(start.MessageId);
        var text = string.Concat(pieces.Select(piece => piece.Text));
        Assert.Multiple(() =>
        {
            Assert.That(answer.Text, Is.EqualTo(text));
            Assert.That(answer.Reasoning, Is.EqualTo("r0 r5 r10 "));
            Assert.That(answer.FinishReason, Is.EqualTo(FinishReason.Interrupted));
            Assert.That(
                answer.Failure,
                Is.EqualTo(new FailurePayload(FailureCode.Interrupted, "The server went away while it answered.")));
            Assert.That(answer.Tokens, Is.EqualTo(TestStore.Tokens.Count(text)));
            Assert.That(answer.EndedAt, Is.EqualTo(Store.Time.GetUtcNow()));
            Assert.That(answer.LastFrame, Is.Null, "its log is gone, so no frame of it is the last");
        });
        Assert.That(await CountAsync("Checkpoints"), Is.Zero);
    }

    [Test]
    public async Task Recovered_text_is_found_by_search()
    {
        var start = await StartAsync("Tell me");
        await Store.Checkpoints.AppendAsync([Part(start, 0, "about the zeb")], keepFrom: 0);
        await Store.Checkpoints.AppendAsync([Part(start, 1, "ras of Africa")], keepFrom: 0);

        await Store.ReopenAsync();

        Assert.That((await Store.Library.ListAsync(Ada, "zebras", null, 10, Token)).Conversations, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task An_answer_that_streamed_nothing_is_recovered_empty_and_can_be_answered_again()
    {
        var start = await StartAsync("Tell me");

        await Store.ReopenAsync();

        var answer = await MessageAsync(start.MessageId);
        Assert.That(
            (answer.Text, answer.Reasoning, answer.FinishReason),
            Is.EqualTo(("", (string?)null, (FinishReason?)FinishReason.Interrupted)));
        Assert.That((await StartAsync(null, parentId: start.ParentId)).ParentId, Is.EqualTo(start.ParentId));
        var next = await StartAsync("More", parentId: start.MessageId);
        Assert.That(next.ConversationId, Is.EqualTo(start.ConversationId), "a message can follow it");
    }

    [Test]
    public async Task Recovery_handles_many_groups_and_leaves_ended_answers_alone()
    {
        var ended = await TalkAsync("Hello", "Hello!");
        var running = new List<StartPayload>();
        for (var i = 0; i < 230; i++)
            running.Add(await StartAsync($"Message {i}", owner: i % 2 == 0 ? Ada : Bob));
        await Store.Checkpoints.AppendAsync([.. running.Select((start, i) => Part(start, 0, $"Answer {i}"))], keepFrom: 0);

        await Store.ReopenAsync();

        await using var db = Store.Database.ReadAs(default);
        var answers = await db.Messages.IgnoreQueryFilters().Where(message => message.Role == MessageRole.Assistant)
            .ToDictionaryAsync(message => message.Id, Token);
        Assert.That(
            running.Select(start => answers[start.MessageId].Text),
            Is.EqualTo(Enumerable.Range(0, 230).Select(i => $"Answer {i}")));
        Assert.That(running.Select(start => answers[start.MessageId].FinishReason), Is.All.EqualTo(FinishReason.Interrupted));
        Assert.That(
            (answers[ended.MessageId].Text, answers[ended.MessageId].FinishReason),
            Is.EqualTo(("Hello!", FinishReason.Completed)));
    }

    [Test]
    public async Task A_checkpoint_is_one_row_with_an_ascending_id_and_removes_unneeded_rows()
    {
        var (one, two) = (await StartAsync("One"), await StartAsync("Two"));
        var first = await AppendAsync(Part(one, 0, "1"), Part(two, 0, "2"));
        var second = await AppendAsync(Part(two, 1, "2"));
        Assert.That(await CountAsync("Checkpoints"), Is.EqualTo(2));

        var third = await Store.Checkpoints.AppendAsync([Part(two, 2, "2")], keepFrom: second);
        Assert.That(await IdsAsync(), Is.EqualTo(new[] { second, third }));
        await Store.Checkpoints.AppendAsync([], keepFrom: long.MaxValue);
        Assert.That(await IdsAsync(), Is.Empty);

        var fourth = await AppendAsync(Part(two, 3, "2"));
        Assert.That(
            new[] { first, second, third, fourth }, Is.Ordered.Ascending.And.Unique, "not given again after all were removed");
    }

    [Test]
    public async Task A_part_of_an_ended_or_deleted_answer_does_not_affect_other_answers()
    {
        var (ended, deleted, running) = (await TalkAsync("One", "1"), await StartAsync("Two"), await StartAsync("Three"));
        await Store.Library.DeleteAsync(Ada, deleted.ConversationId);
        await AppendAsync(Part(ended, 0, "late"), Part(deleted, 0, "late"), Part(running, 0, "3"));

        await Store.ReopenAsync();

        Assert.That((await MessageAsync(ended.MessageId)).Text, Is.EqualTo("1"));
        Assert.That((await MessageAsync(running.MessageId)).Text, Is.EqualTo("3"));
        Assert.That(await CountAsync("Checkpoints"), Is.Zero);
    }

    [Test]
    public async Task A_repeated_longer_part_replaces_the_first()
    {
        // The first commit succeeded but its acknowledgement was lost, so the part is written again together with newer text.
        var start = await StartAsync("Tell me");
        await Store.Checkpoints.AppendAsync([Part(start, 0, "One ")], keepFrom: 0);
        await Store.Checkpoints.AppendAsync([Part(start, 0, "One two ", "why")], keepFrom: 0);
        await Store.Checkpoints.AppendAsync([Part(start, 1, "three")], keepFrom: 0);

        await Store.ReopenAsync();

        var answer = await MessageAsync(start.MessageId);
        Assert.That((answer.Text, answer.Reasoning), Is.EqualTo(("One two three", "why")));
    }

    [Test]
    public async Task A_repeated_part_that_is_committed_after_a_longer_one_takes_nothing_away()
    {
        // A commit that hung took effect when its successors had already been committed.
        var start = await StartAsync("Tell me");
        await Store.Checkpoints.AppendAsync([Part(start, 0, "One two ")], keepFrom: 0);
        await Store.Checkpoints.AppendAsync([Part(start, 1, "three")], keepFrom: 0);
        await Store.Checkpoints.AppendAsync([Part(start, 0, "One ")], keepFrom: 0);

        await Store.ReopenAsync();

        Assert.That((await MessageAsync(start.MessageId)).Text, Is.EqualTo("One two three"));
    }

    [Test]
    public async Task A_second_crash_loses_nothing()
    {
        var start = await StartAsync("Tell me");
        await Store.Checkpoints.AppendAsync([Part(start, 0, "kept")], keepFrom: 0);

        await Store.ReopenAsync();
        await Store.ReopenAsync();

        Assert.That((await MessageAsync(start.MessageId)).Text, Is.EqualTo("kept"));
    }

    [Test]
    public async Task A_crash_during_recovery_loses_and_doubles_nothing([Range(0, 2)] int commits)
    {
        const int answers = 26; // two groups; then the journal is emptied
        var running = new List<StartPayload>();
        for (var i = 0; i < answers; i++)
            running.Add(await StartAsync($"Message {i}"));
        await AppendAsync([.. running.Select((start, i) => Part(start, 0, $"Answer {i}"))]);

        var database = new DyingDatabase(Store.Database, commits);
        await Store.Instances.RemoveAsync(Store.Instance.Id, Token);
        Assert.ThrowsAsync<StorageException>(() => Store.NewRecovery(database).RecoverAsync(Token));
        Assert.That(await RunningAsync(), Is.EqualTo(new[] { answers, 1, 0 }[commits]));
        Assert.That(await CountAsync("Checkpoints"), Is.EqualTo(1), "all that is needed to begin again");
        await Store.ReopenAsync();

        await using var db = Store.Database.ReadAs(Ada);
        var texts = await db.Messages.ToDictionaryAsync(message => message.Id, message => message.Text, Token);
        Assert.That(
            running.Select(start => texts[start.MessageId]), Is.EqualTo(Enumerable.Range(0, answers).Select(i => $"Answer {i}")));
        Assert.That(await RunningAsync(), Is.Zero);
        Assert.That(await CountAsync("SearchDocuments"), Is.EqualTo(3 * answers), "title, message and answer, each once");
        Assert.That(await CountAsync("Checkpoints"), Is.Zero);
    }

    [Test]
    public async Task A_large_checkpoint_is_split_into_rows_without_loss()
    {
        var running = new List<StartPayload>();
        for (var i = 0; i < 30; i++)
            running.Add(await StartAsync($"Message {i}"));
        string Text(int i) => new string('x', 3_000) + i;
        var one = await AppendAsync(Part(running[0], 0, "From before. "));

        var last = await AppendAsync([.. running.Select((start, i) => Part(start, i == 0 ? 1 : 0, Text(i)))]);

        Assert.That(await CountAsync("Checkpoints"), Is.InRange(4, 10), "90,000 characters");
        Assert.That(last, Is.EqualTo(one + await CountAsync("Checkpoints") - 1), "the last row's");
        await Store.ReopenAsync();
        await using var db = Store.Database.ReadAs(Ada);
        var texts = await db.Messages.ToDictionaryAsync(message => message.Id, message => message.Text, Token);
        Assert.That(
            running.Select(start => texts[start.MessageId]),
            Is.EqualTo(running.Select((_, i) => (i == 0 ? "From before. " : "") + Text(i))));
    }

    private async Task<int> RunningAsync()
    {
        await using var db = Store.Database.ReadAs(Ada);
        return await db.Messages.CountAsync(message =>
            message.Role == MessageRole.Assistant && message.FinishReason == null, Token);
    }

    private Task<long> AppendAsync(params CheckpointPart[] pieces) => Store.Checkpoints.AppendAsync(pieces, keepFrom: 0);

    private async Task<List<long>> IdsAsync()
    {
        await using var db = Store.Database.ReadAs(default);
        return await db.Checkpoints.Select(checkpoint => checkpoint.Id).Order().ToListAsync(Token);
    }

    private static CheckpointPart Part(StartPayload start, int number, string text, string? reasoning = null) =>
        new() { MessageId = start.MessageId, Number = number, Text = text, Reasoning = reasoning };

    /// <summary>The database of a process that dies after so many commits.</summary>
    private sealed class DyingDatabase(IChatDatabase inner, int commits) : IChatDatabase
    {
        private int _left = commits;

        public Task OpenAsync(CancellationToken cancellationToken) => inner.OpenAsync(cancellationToken);

        public ChatDbContext ReadAs(Owner owner) => inner.ReadAs(owner);

        public Task<T> WriteAsync<T>(Owner owner, Func<ChatDbContext, Task<T>> work) =>
            _left-- > 0 ? inner.WriteAsync(owner, work) : throw new StorageException(new IOException("The process is dead."));
    }
}

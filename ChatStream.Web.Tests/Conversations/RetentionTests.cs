using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

internal sealed class RetentionTests(DatabaseKind kind) : StoreTest(kind)
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    [Test]
    public async Task Expired_conversations_are_taken_away_fifty_at_a_time_and_others_stay()
    {
        for (var i = 0; i < 120; i++)
            await StartAsync($"Old {i}", owner: i % 2 == 0 ? Ada : Bob);
        await Store.ReopenAsync(); // which ends them
        var stillRunning = await StartAsync("Old, and running");
        var spokenIn = await TalkAsync("Old", "!");
        Store.Time.Advance(Month);
        await TalkAsync("New word", "!", spokenIn.ConversationId);
        await TalkAsync("New", "!");
        Store.Time.Advance(TimeSpan.FromSeconds(1));
        var database = new SteppedDatabase(Store.Database);

        await TakeExpiredAsync(Month, database);

        Assert.That(database.WritesOf(Owner.Removed), Is.EqualTo(5), "the time known before, the time now, 50, 50, 20");
        Assert.That(
            (await Store.Library.ListAsync(Ada, null, null, 100, Token)).Conversations.Select(c => c.Title),
            Is.EqualTo(new[] { "New", "Old", "Old, and running" }));
        await using (var db = Store.Database.ReadAs(default))
        {
            var noted = await db.Set<AuditEvent>().OrderBy(entry => entry.Id).ToListAsync(Token);
            Assert.That(
                noted.Select(entry => $"{entry.Action} {entry.Subject}"),
                Is.EqualTo(new[] { "ConversationsExpired 50", "ConversationsExpired 50", "ConversationsExpired 20" }));
        }
        Assert.That((await MessageAsync(stillRunning.MessageId)).IsRunning);
        Assert.That((await Store.Library.ListAsync(Bob, null, null, 100, Token)).Conversations, Is.Empty);
        await Store.RemoveLeftAsync();
        Assert.That((await CountAsync("Conversations"), await CountAsync("Messages")), Is.EqualTo((3, 8)));
    }

    [Test]
    public async Task An_import_with_a_time_that_is_yet_to_come_expires_as_any_other()
    {
        var later = Trees.Greeting with { UpdatedAt = new DateTimeOffset(9999, 12, 31, 0, 0, 0, TimeSpan.Zero) };
        await Store.Library.ImportAsync(Ada, later);
        var spokenIn = await Store.Library.ImportAsync(Ada, later with { Title = "Spoken in" });
        Store.Time.Advance(Month - TimeSpan.FromSeconds(1));
        await TalkAsync("New word", "!", spokenIn);
        await TalkAsync("The time", "!", owner: Bob);
        await TakeExpiredAsync(Month);
        Assert.That((await Store.Library.ListAsync(Ada, null, null, 9, Token)).Conversations, Has.Count.EqualTo(2), "not yet");

        Store.Time.Advance(TimeSpan.FromSeconds(2));
        await TakeExpiredAsync(Month);

        Assert.That((await Store.Library.ListAsync(Ada, null, null, 9, Token)).Conversations.Select(c => c.Title),
            Is.EqualTo(new[] { "Spoken in" }));
    }

    [Test]
    public async Task Expired_conversations_are_looked_for_every_hour_and_not_at_once()
    {
        await TalkAsync("Hello", "Hello!");
        var database = new SteppedDatabase(Store.Database);
        using var retention = Of(database, Month);
        await retention.StartAsync(Token);
        Assert.That(database.WritesOf(Owner.Removed), Is.EqualTo(1), "only the time that is known");

        while (await ListedAsync() > 0)
        {
            Store.Time.Advance(Month);
            await Task.Yield();
        }
        await retention.StopAsync(Token);
    }

    [Test]
    public async Task Without_a_retention_limit_nothing_is_deleted()
    {
        await TalkAsync("Hello", "Hello!");
        Store.Time.Advance(TimeSpan.FromDays(36500));
        var database = new CountingDatabase(Store.Database);
        using var retention = Of(database, retainFor: null);

        await retention.StartAsync(Token);
        await retention.ExecuteTask!;
        await retention.StopAsync(Token);

        Assert.That(database.Writes, Is.Zero);
    }

    [Test]
    public async Task A_start_is_gone_with_its_conversation_and_is_not_begun_anew()
    {
        var key = RepeatKey.Of("key", new StartRequest { Message = "Hello" });
        var start = await Store.StartAsync(Ada, TestStore.Command(new StartRequest { Message = "Hello" }, key));
        await EndAsync(start.New!, "Hello!");
        Store.Time.Advance(TimeSpan.FromHours(2));

        await TakeExpiredAsync(TimeSpan.FromHours(1));

        Assert.That(await ListedAsync(), Is.Zero);
        Assert.That(
            Assert.ThrowsAsync<RefusedException>(() => Store.Starts.FindAsync(Ada, key, Token))!.Refusal.Status, Is.EqualTo(410));
    }

    [Test]
    public async Task An_imported_conversation_is_kept_from_its_import_on()
    {
        var old = Trees.Greeting with { UpdatedAt = Store.Time.GetUtcNow() - TimeSpan.FromDays(1000) };
        await Store.Library.ImportAsync(Ada, old);

        await TakeExpiredAsync(Month);
        Assert.That(await ListedAsync(), Is.EqualTo(1));

        Store.Time.Advance(Month + TimeSpan.FromSeconds(1));
        await TakeExpiredAsync(Month, known: Store.Time.GetUtcNow());
        Assert.That(await ListedAsync(), Is.Zero);
    }

    [Test]
    public async Task A_conversation_in_which_a_user_speaks_meanwhile_stays()
    {
        var talk = await TalkAsync("Old", "!");
        Store.Time.Advance(Month + TimeSpan.FromSeconds(1));
        await TalkAsync("New", "!", owner: Bob);
        var (speaking, spoken) = (new TaskCompletionSource(), new TaskCompletionSource());
        // Holds the row as a start does, and commits only when retention has chosen the conversation.
        var start = Store.Database.WriteAsync(Ada, async db =>
        {
            var rows = await db.Conversations.Where(c => c.Id == talk.ConversationId)
                .ExecuteUpdateAsync(c => c.SetProperty(x => x.UpdatedAt, Store.Time.GetUtcNow()), Token);
            speaking.SetResult();
            await spoken.Task;
            return rows;
        });
        await speaking.Task.WaitAsync(Token);
        var database = new SteppedDatabase(Store.Database)
        {
            Before = (owner, number) =>
            {
                if (owner == Owner.Removed && number == 3)
                    _ = ReleaseAsync(spoken);
                return Task.CompletedTask;
            },
        };
        // On SQLite the writer is held, so the two writes of the clock must not wait for it.
        if (Kind == DatabaseKind.Sqlite)
            spoken.SetResult();

        await TakeExpiredAsync(Month, database);
        await start;

        Assert.That((await Store.TreeAsync(Ada, talk.ConversationId, Token))!.Messages, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_clock_that_jumped_while_the_process_was_away_removes_nothing_until_it_has_run_on_evenly()
    {
        await TalkAsync("Hello", "Hello!");
        using (var before = Of(Store.Database, Month))
        {
            await before.StartAsync(Token);
            await before.TakeExpiredAsync(Month, Token);
            await before.StopAsync(Token);
        }
        Store.Time.Advance(TimeSpan.FromDays(800));

        using var retention = Of(Store.Database, Month);
        await retention.StartAsync(Token);
        await TalkAsync("With the time of the wrong clock", "!");
        await retention.TakeExpiredAsync(Month, Token);
        Assert.That(await ListedAsync(), Is.EqualTo(2));
        Store.Time.Advance(RetentionClock.StableFor - TimeSpan.FromMinutes(1));
        await retention.TakeExpiredAsync(Month, Token);
        Assert.That(await ListedAsync(), Is.EqualTo(2));

        Store.Time.Advance(TimeSpan.FromMinutes(1));
        await retention.TakeExpiredAsync(Month, Token);
        Assert.That(await ListedAsync(), Is.EqualTo(1), "the clock was right, and the process had been away for long");
        await retention.StopAsync(Token);
    }

    private async Task<int> ListedAsync() => (await Store.Library.ListAsync(Ada, null, null, 100, Token)).Conversations.Count;

    // The conversation is chosen before the row is free, and taken after that.
    private async Task ReleaseAsync(TaskCompletionSource spoken)
    {
        await using var db = Store.Database.ReadAs(default);
        while (!spoken.Task.IsCompleted)
        {
            var waiting = await db.Database.SqlQuery<int>($"""
                SELECT CAST(COUNT(*) AS integer) AS "Value" FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'
                """).SingleAsync(Token);
            if (waiting > 0)
                spoken.TrySetResult();
        }
    }

    /// <summary>Starts retention and lets it look once. <paramref name="known"/>: the last time that it is sure of.</summary>
    private async Task TakeExpiredAsync(TimeSpan retainFor, IChatDatabase? database = null, DateTimeOffset? known = null)
    {
        if (known is { } sure)
        {
            await Store.Database.WriteAsync(Ada, db =>
                db.RetentionMarks.ExecuteUpdateAsync(mark => mark.SetProperty(x => x.At, sure), Token));
        }
        using var retention = Of(database ?? Store.Database, retainFor);
        await retention.StartAsync(Token);
        await retention.TakeExpiredAsync(retainFor, Token);
        await retention.StopAsync(Token);
    }

    private Retention Of(IChatDatabase database, TimeSpan? retainFor) => new(
        database, Store.Removal, new RetentionClock(database, Store.Time, NullLogger<RetentionClock>.Instance),
        Options.Create(new ConversationOptions { RetainFor = retainFor }), Store.Time, NullLogger<Retention>.Instance);
}

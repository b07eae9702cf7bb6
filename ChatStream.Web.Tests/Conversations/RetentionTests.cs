using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

internal sealed class RetentionTests(DatabaseKind kind) : StoreTest(kind)
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    [Test]
    public async Task Expired_conversations_are_deleted_in_batches_of_fifty_and_others_stay()
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
        var database = new CountingDatabase(Store.Database);

        await RunAsync(database, Month, until: database.WrittenAsync(3, Token));

        Assert.That(database.Writes, Is.EqualTo(3), "50, 50, 20");
        Assert.That(
            (await Store.Library.ListAsync(Ada, null, null, 100, Token)).Conversations.Select(c => c.Title),
            Is.EqualTo(new[] { "New", "Old", "Old, and running" }));
        Assert.That((await MessageAsync(stillRunning.MessageId)).IsRunning);
        Assert.That((await Store.Library.ListAsync(Bob, null, null, 100, Token)).Conversations, Is.Empty);
    }

    [Test]
    public async Task Expired_conversations_are_looked_for_every_hour()
    {
        await TalkAsync("Hello", "Hello!");
        var database = new CountingDatabase(Store.Database);
        using var retention = Of(database, Month);
        await retention.StartAsync(Token);
        await database.WrittenAsync(1, Token);
        Assert.That(await CountAsync("Conversations"), Is.EqualTo(1));

        var second = database.WrittenAsync(2, Token);
        while (!second.IsCompleted && database.Writes < 2)
        {
            Store.Time.Advance(Month);
            await Task.Yield();
        }
        await second;
        await retention.StopAsync(Token);

        Assert.That(await CountAsync("Conversations"), Is.Zero);
    }

    [Test]
    public async Task Without_a_retention_limit_nothing_is_deleted()
    {
        await TalkAsync("Hello", "Hello!");
        Store.Time.Advance(TimeSpan.FromDays(36500));
        var database = new CountingDatabase(Store.Database);

        await RunAsync(database, retainFor: null, until: Task.CompletedTask);

        Assert.That(database.Writes, Is.Zero);
    }

    [Test]
    public async Task A_start_is_gone_with_its_conversation_and_is_not_begun_anew()
    {
        var key = RepeatKey.Of("key", new StartRequest { Message = "Hello" });
        var start = await Store.StartAsync(Ada, TestStore.Command(new StartRequest { Message = "Hello" }, key));
        await EndAsync(start.New!, "Hello!");
        Store.Time.Advance(TimeSpan.FromHours(2));
        var database = new CountingDatabase(Store.Database);

        await RunAsync(database, TimeSpan.FromHours(1), until: database.WrittenAsync(1, Token));

        Assert.That(await CountAsync("Messages"), Is.Zero);
        Assert.That(
            Assert.ThrowsAsync<RefusedException>(() => Store.Starts.FindAsync(Ada, key, Token))!.Refusal.Status, Is.EqualTo(410));
    }

    private async Task RunAsync(CountingDatabase database, TimeSpan? retainFor, Task until)
    {
        using var retention = Of(database, retainFor);
        await retention.StartAsync(Token);
        await until;
        await retention.StopAsync(Token);
    }

    private Retention Of(CountingDatabase database, TimeSpan? retainFor) =>
        new(
            database, Options.Create(new ConversationOptions { RetainFor = retainFor }), Store.Time,
            NullLogger<Retention>.Instance);
}

using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

internal sealed class TemporaryConversationsTests(DatabaseKind kind) : StoreTest(kind)
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(15);

    [Test]
    public async Task They_are_removed_some_time_after_their_last_answer_and_others_stay()
    {
        await TalkAsync("Kept", "!");
        for (var i = 0; i < 60; i++)
            await TalkTemporarilyAsync($"Old {i}", Ada);
        var (stillRunning, spokenIn) = (await StartTemporarilyAsync("Running"), await TalkTemporarilyAsync("Old", Bob));
        Store.Time.Advance(Kept);
        await TalkAsync("New word", "!", spokenIn.ConversationId, owner: Bob);

        await TakeExpiredAsync();
        await Store.RemoveLeftAsync();

        Assert.That((await CountAsync("Conversations"), await CountAsync("Messages")), Is.EqualTo((3, 8)));
        Assert.That((await MessageAsync(stillRunning.MessageId)).IsRunning);
        Assert.That(await Store.Library.FindAsync(Bob, spokenIn.ConversationId, Token), Is.Not.Null);

        await EndAsync(stillRunning, "!");
        Store.Time.Advance(Kept + TimeSpan.FromMilliseconds(1));
        await TakeExpiredAsync();
        await Store.RemoveLeftAsync();
        Assert.That((await CountAsync("Conversations"), await CountAsync("Messages")), Is.EqualTo((1, 2)));
        Assert.That(await CountAsync("SearchDocuments"), Is.EqualTo(2), "title and question of the one that is kept");
    }

    [Test]
    public async Task One_that_a_crash_interrupted_is_not_indexed_and_is_removed_as_soon()
    {
        await StartTemporarilyAsync("Running");
        await Store.ReopenAsync(); // which ends it
        Assert.That(await CountAsync("SearchDocuments"), Is.Zero);

        Store.Time.Advance(Kept + TimeSpan.FromMilliseconds(1));
        await TakeExpiredAsync();
        await Store.RemoveLeftAsync();

        Assert.That((await CountAsync("Conversations"), await CountAsync("Messages")), Is.EqualTo((0, 0)));
    }

    private async Task TakeExpiredAsync()
    {
        using var temporary = new TemporaryConversations(
            Store.Database, Store.Removal, Options.Create(new ConversationOptions { TemporaryFor = Kept }), Store.Time,
            NullLogger<TemporaryConversations>.Instance);
        await temporary.TakeExpiredAsync(Token);
    }

    private async Task<StartPayload> TalkTemporarilyAsync(string message, Owner owner)
    {
        var start = await StartTemporarilyAsync(message, owner);
        await EndAsync(start, "!", owner: owner);
        return start;
    }

    private async Task<StartPayload> StartTemporarilyAsync(string message, Owner? owner = null) => (await Store.StartAsync(
        owner ?? Ada, TestStore.Command(new StartRequest { Message = message, Temporary = true }))).New!;
}

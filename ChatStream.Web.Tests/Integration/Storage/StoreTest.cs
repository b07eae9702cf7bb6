using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Storage;

/// <summary>A test of what is stored, on each kind of database, in a database of its own.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
[CancelAfter(30_000)]
internal abstract class StoreTest(DatabaseKind kind)
{
    protected static readonly Owner Ada = new("browser:ada");
    protected static readonly Owner Bob = new("browser:bob");

    protected DatabaseKind Kind => kind;

    protected TestStore Store { get; private set; }

    protected static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    [SetUp]
    public async Task OpenStoreAsync() => Store = await TestStore.OpenAsync(kind);

    [TearDown]
    public async Task CloseStoreAsync()
    {
        if (Store is not null)
            await Store.DisposeAsync();
        Store = null!;
    }

    /// <summary>Stores a message and the empty answer to it.</summary>
    protected async Task<StartPayload> StartAsync(
        string? message, string? conversationId = null, string? parentId = null, Owner? owner = null) =>
        (await Store.StartAsync(
            owner ?? Ada,
            TestStore.Command(new StartRequest { Message = message, ConversationId = conversationId, ParentId = parentId }))).New!;

    /// <summary>Stores the end of an answer.</summary>
    protected Task EndAsync(StartPayload start, string text, FinishReason reason = FinishReason.Completed, Owner? owner = null) =>
        Store.Ends.EndAsync(owner ?? Ada, new EndedAnswer(start.MessageId, text, Reasoning: null, reason, Failure: null, Usage: null, LastFrame: 5));

    /// <summary>A message and its whole answer; a millisecond goes by, so that the next is newer.</summary>
    protected async Task<StartPayload> TalkAsync(
        string message, string answer, string? conversationId = null, string? parentId = null, Owner? owner = null)
    {
        var start = await StartAsync(message, conversationId, parentId, owner);
        await EndAsync(start, answer, owner: owner);
        Store.Time.Advance(TimeSpan.FromMilliseconds(1));
        return start;
    }

    protected async Task<Message> MessageAsync(string id, Owner? owner = null)
    {
        await using var db = Store.Database.ReadAs(owner ?? Ada);
        return await db.Messages.SingleAsync(message => message.Id == id, Token);
    }

    /// <summary>How many rows a table has, whoever they belong to.</summary>
    protected async Task<int> CountAsync(string table)
    {
        await using var db = Store.Database.ReadAs(default);
#pragma warning disable EF1002 // Only names that stand in tests.
        return await db.Database.SqlQueryRaw<int>($"SELECT CAST(COUNT(*) AS integer) AS \"Value\" FROM \"{table}\"").SingleAsync(Token);
#pragma warning restore EF1002
    }
}

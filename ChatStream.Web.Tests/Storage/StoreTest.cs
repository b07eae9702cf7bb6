using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Storage;

/// <summary>The base of every storage test. It runs on SQLite and on PostgreSQL; each test has its own database.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
[CancelAfter(60_000)]
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
        string? message, string? conversationId = null, string? parentId = null, Owner? owner = null)
    {
        var request = new StartRequest { Message = message, ConversationId = conversationId, ParentId = parentId };
        return (await Store.StartAsync(owner ?? Ada, TestStore.Command(request))).New!;
    }

    /// <summary>Why a start is refused. Fails the test if the start is stored.</summary>
    protected Refusal Refused(string? message, string? conversationId = null, string? parentId = null) =>
        Assert.ThrowsAsync<RefusedException>(() => StartAsync(message, conversationId, parentId))!.Refusal;

    /// <summary>Stores the end of an answer.</summary>
    protected Task EndAsync(
        StartPayload start, string text, FinishReason reason = FinishReason.Completed, Owner? owner = null) =>
        Store.Ends.EndAsync(
            owner ?? Ada,
            new EndedAnswer(start.MessageId, text, Reasoning: null, reason, Failure: null, Usage: null, LastFrame: 5));

    /// <summary>Stores a message and its whole answer, then advances the clock by 1 ms so that the next pair is newer.</summary>
    protected async Task<StartPayload> TalkAsync(
        string message,
        string answer,
        string? conversationId = null,
        string? parentId = null,
        Owner? owner = null,
        FinishReason reason = FinishReason.Completed)
    {
        var start = await StartAsync(message, conversationId, parentId, owner);
        await EndAsync(start, answer, reason, owner);
        Store.Time.Advance(TimeSpan.FromMilliseconds(1));
        return start;
    }

    protected async Task<Message> MessageAsync(string id, Owner? owner = null)
    {
        await using var db = Store.Database.ReadAs(owner ?? Ada);
        return await db.Messages.SingleAsync(message => message.Id == id, Token);
    }

    /// <summary>The number of rows in a table, of all owners together.</summary>
    protected async Task<int> CountAsync(string table)
    {
        await using var db = Store.Database.ReadAs(default);
#pragma warning disable EF1002 // The table names are constants in the tests.
        return await db.Database.SqlQueryRaw<int>($"SELECT CAST(COUNT(*) AS integer) AS \"Value\" FROM \"{table}\"")
            .SingleAsync(Token);
#pragma warning restore EF1002
    }
}

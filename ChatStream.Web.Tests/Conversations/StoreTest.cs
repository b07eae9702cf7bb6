using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

/// <summary>A store on a real SQLite file in a folder of its own, for each test.</summary>
[CancelAfter(20_000)]
internal abstract class StoreTest
{
    protected static readonly Owner Me = new("me");
    protected static readonly Owner Other = new("other");

    // Its table is large and never changes.
    private static readonly TokenCounter Tokens = new();

    protected FakeTimeProvider Time { get; private set; }

    protected string Folder { get; private set; }

    protected SqliteDatabase Database { get; private set; }

    protected StartStore Starts { get; private set; }

    protected EndStore Ends { get; private set; }

    protected StoredAnswers Stored { get; private set; }

    protected ConversationLibrary Library { get; private set; }

    protected static CancellationToken Token => TestContext.CurrentContext.CancellationToken;

    [SetUp]
    public async Task OpenAsync()
    {
        Time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        Folder = Directory.CreateTempSubdirectory("chatstream-").FullName;
        await ReopenAsync();
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await Database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>As after a restart of the process.</summary>
    protected async Task ReopenAsync()
    {
        if (Database is not null)
            await Database.DisposeAsync();
        Database = NewDatabase();
        Starts = new StartStore(Database, Time);
        Ends = new EndStore(Database, Tokens, Time);
        Stored = new StoredAnswers(Database);
        Library = new ConversationLibrary(Database, Tokens);
        await new Recovery(Database, new CheckpointJournal(Database), Tokens, Time).StartingAsync(Token);
    }

    protected SqliteDatabase NewDatabase() => new(Folder, NullLogger<SqliteDatabase>.Instance);

    protected async Task<IReadOnlyList<ConversationSummary>> RecentAsync(Owner owner, int limit) =>
        (await Library.ListAsync(owner, query: null, before: null, limit, Token)).Conversations;

    protected async Task<StartPayload> StartAsync(
        string? message = "Hi", string? conversationId = null, string? parentId = null, RepeatKey? key = null, Owner? owner = null)
    {
        var request = new StartRequest { Message = message, ConversationId = conversationId, ParentId = parentId };
        return (await StartAsync(request, key, owner ?? Me)).New ?? throw new InvalidOperationException("It was a repeat.");
    }

    protected async Task<StartOutcome> StartAsync(StartRequest request, RepeatKey? key, Owner owner, bool mayRejoin = true)
    {
        var command = new StartCommand(request, "gpt-4o", Ids.New(), key, request.Message is { } message ? Tokens.Count(message) : 0);
        var outcome = await Starts.StartAsync(owner, command);
        return outcome.New is not null || mayRejoin || key is not { IsIdenticalRequest: true }
            ? outcome
            : await Starts.StartAsync(owner, command with { Replaces = outcome.GenerationId });
    }

    /// <summary>A start whose answer has ended.</summary>
    protected async Task<StartPayload> AnsweredAsync(
        string message = "Hi", string text = "Hello", string? conversationId = null, string? parentId = null,
        FinishReason reason = FinishReason.Completed)
    {
        var start = await StartAsync(message, conversationId, parentId);
        await EndAsync(start, text, reason);
        return start;
    }

    protected Task EndAsync(StartPayload start, string text, FinishReason reason = FinishReason.Completed, Owner? owner = null) =>
        Ends.EndAsync(owner ?? Me, new EndedAnswer(start.GenerationId, text, Reasoning: null, reason, Failure: null, Usage: null, LastFrame: 9));

    protected async Task<Refusal> RefusedAsync(
        string? message, string? conversationId = null, string? parentId = null, RepeatKey? key = null, Owner? owner = null)
    {
        try
        {
            await StartAsync(message, conversationId, parentId, key, owner);
        }
        catch (RefusedException refused)
        {
            return refused.Refusal;
        }
        throw new AssertionException("It was not refused.");
    }
}

using ChatStream.Web.Conversations;
using ChatStream.Web.Conversations.Storage;
using Microsoft.Extensions.Time.Testing;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>The store over a database of its own, with all that reads and writes through it. No app runs.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    // Its table takes a third of a second to load.
    public static readonly TokenCounter Tokens = new();

    private readonly TestDatabase _place;

    private TestStore(TestDatabase place)
    {
        _place = place;
        Connect();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 5, 4, 10, 0, 0, TimeSpan.Zero));

    public IChatDatabase Database { get; private set; } = null!;

    public ConversationStore Conversations { get; private set; } = null!;

    public ConversationLibrary Library { get; private set; } = null!;

    public CheckpointStore Checkpoints { get; private set; } = null!;

    public ContextBuilder Contexts { get; private set; } = null!;

    public TestDatabase Place => _place;

    public static async Task<TestStore> OpenAsync(DatabaseKind kind, bool migrated = true)
    {
        var store = new TestStore(await TestDatabase.NewAsync(kind, migrated));
        await store.Conversations.OpenAsync(CancellationToken.None);
        return store;
    }

    /// <summary>Another process on the same data: the one before has died.</summary>
    public async Task ReopenAsync()
    {
        await ((IAsyncDisposable)Database).DisposeAsync();
        Connect();
        await Conversations.OpenAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await ((IAsyncDisposable)Database).DisposeAsync();
        await _place.DisposeAsync();
    }

    private void Connect()
    {
        Database = _place.ForProcess();
        Checkpoints = new CheckpointStore(Database, Tokens, Time);
        Conversations = new ConversationStore(Database, new StartWriter(Time), Checkpoints, Tokens, Time);
        Library = new ConversationLibrary(Database);
        Contexts = new ContextBuilder(Database);
    }
}

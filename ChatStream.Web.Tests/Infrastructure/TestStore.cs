using ChatStream.Web.Answers;
using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Conversations.Presets;
using ChatStream.Web.Limits;
using ChatStream.Web.Providers;
using ChatStream.Web.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace ChatStream.Web.Tests.Infrastructure;

/// <summary>The stores and readers over one database, without a running app.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    // One instance for all tests: loading its table takes a third of a second.
    public static readonly TokenCounter Tokens = new();

    public static readonly LongReads Reads = new();

    private readonly TestDatabase _place;
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"chatstream-store-{Guid.NewGuid():N}");
    private bool _isGuest;

    private TestStore(TestDatabase place)
    {
        _place = place;
        Connect();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 5, 4, 10, 0, 0, TimeSpan.Zero));

    /// <summary>The process that has the database open; another one after <see cref="ReopenAsync"/>.</summary>
    public Instance Instance { get; private set; } = null!;

    public IChatDatabase Database { get; private set; } = null!;

    public IInstances Instances { get; private set; } = null!;

    public Lease Lease { get; private set; } = null!;

    public StartStore Starts { get; private set; } = null!;

    public EndStore Ends { get; private set; } = null!;

    public StoredAnswers Stored { get; private set; } = null!;

    public ConversationLibrary Library { get; private set; } = null!;

    public Orphans Orphans { get; private set; } = null!;
    /// <summary>Not started: a test calls it where it wants the rest of a conversation removed.</summary>
    public Removal Removal { get; private set; } = null!;

    public CheckpointJournal Checkpoints { get; private set; } = null!;

    public ContextBuilder Contexts { get; private set; } = null!;

    public TestDatabase Place => _place;

    public static async Task<TestStore> OpenAsync(DatabaseKind kind, bool migrated = true)
    {
        var store = new TestStore(await TestDatabase.NewAsync(kind, migrated));
        await store.RecoverAsync();
        return store;
    }

    /// <summary>Another process that joins those of a database. The database stays when it is disposed of.</summary>
    public static async Task<TestStore> JoinAsync(TestDatabase place)
    {
        var store = new TestStore(place) { _isGuest = true };
        await store.RecoverAsync();
        return store;
    }

    /// <summary>A start as the checks pass it on.</summary>
    public static StartCommand Command(StartRequest request, RepeatKey? key = null) =>
        new(request, "gpt-4o", Ids.New(), key, request.Message is { } message ? Tokens.Count(message) : 0);

    /// <summary>Manners as the demo model takes them.</summary>
    public static Manners MannersOf(PromptOptions options) => new(
        new ModelCatalog(Options.Create(new ProviderOptions())), new PresetCatalog(new PresetListOptions(), options), Tokens,
        new PromptRoom(Tokens, Options.Create(options)));

    /// <summary>Knows no price.</summary>
    public static UsageMeter Meter { get; } = new(
        Tokens, new(() => new ModelCatalog(Options.Create(new ProviderOptions()))));

    public static PromptRoom RoomOf(PromptOptions options) => new(Tokens, Options.Create(options));

    /// <summary>Stores a start.</summary>
    /// <param name="owner">The user.</param>
    /// <param name="command">What to store.</param>
    /// <param name="mayRejoin">Whether an identical request attaches to what it finds, or replaces it.</param>
    public async Task<StartOutcome> StartAsync(Owner owner, StartCommand command, bool mayRejoin = true)
    {
        var outcome = await Starts.StartAsync(owner, command);
        return outcome.New is not null || mayRejoin || command.Key is not { IsIdenticalRequest: true }
            ? outcome
            : await Starts.StartAsync(owner, command with { Replaces = outcome.GenerationId });
    }

    public async Task<ConversationTree?> TreeAsync(Owner owner, string id, CancellationToken cancellationToken) =>
        (await Library.FindAsync(owner, id, cancellationToken))?.ToTree();

    /// <summary>Opens the same data as a new process does after a crash.</summary>
    public async Task ReopenAsync()
    {
        await BuryAsync();
        await CloseAsync();
        Connect();
        await RecoverAsync();
    }

    /// <summary>Opens the database and ends answers that were left running, as the app does at its start.</summary>
    public Task RecoverAsync() => NewRecovery().StartingAsync(CancellationToken.None);

    /// <summary>The recovery of this store's database, or of a test's own in front of it.</summary>
    public Recovery NewRecovery(IChatDatabase? database = null)
    {
        database ??= Database;
        return new(
            database, Instances, Instance, new Cluster(Instances), Lease,
            new Predecessor(new FolderLock(_folder), Instances, Instance),
            new Orphans(database, Tokens, RoomOf(new PromptOptions()), Meter, Time), () => new NoTakeover(),
            new CheckpointJournal(database, Instance));
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
        if (!_isGuest)
            await _place.DisposeAsync();
    }

    /// <summary>A library over this store's database, or over a test's own in front of it.</summary>
    public ConversationLibrary LibraryOver(IChatDatabase database, PromptOptions? prompt = null) => new(
        database, new ConversationList(database, Reads, Time), new ConversationImporter(
            database, Tokens, new SummaryStore(database, Tokens, Time), Removal, Time, FoldersOver(database),
            manners: MannersOf(prompt ?? new PromptOptions())), Removal,
        Reads, MannersOf(new PromptOptions()));

    public FolderStore FoldersOver(IChatDatabase database) => new(database, MannersOf(new PromptOptions()), Time);

    /// <summary>Removes what has no owner left, as the app does in the background.</summary>
    public async Task RemoveLeftAsync()
    {
        foreach (var id in await Removal.LeftAsync(CancellationToken.None))
            await Removal.RemoveAsync(id, CancellationToken.None);
    }

    private SharedPlaces SharedOver(IChatDatabase database, IInstances instances, Instance instance) =>
        new(database, instances, instance, Time, NullLogger<SharedPlaces>.Instance);

    // As when its time is over. A database of an older version has no instances.
    private async Task BuryAsync()
    {
        try
        {
            await Instances.RemoveAsync(Instance.Id, CancellationToken.None);
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UndefinedTable)
        {
        }
    }

    private async Task CloseAsync()
    {
        await ((IAsyncDisposable)Database).DisposeAsync();
        if (Instances is IAsyncDisposable connections)
            await connections.DisposeAsync();
    }

    private void Connect()
    {
        Database = _place.ForProcess();
        Instances = _place.InstancesForProcess();
        Instance = new Instance();
        Lease = new Lease(
            Instances, Instance,
            new InstanceAddress(Options.Create(new ClusterOptions { Address = "http://127.0.0.1:1" }), server: null!),
            new StartLimits(Options.Create(new LimitOptions()), SharedOver(Database, Instances, Instance), Time), Time,
            NullLogger<Lease>.Instance);
        Orphans = new Orphans(Database, Tokens, RoomOf(new PromptOptions()), Meter, Time);
        Checkpoints = new CheckpointJournal(Database, Instance);
        // Tests store longer messages than are answered.
        Starts = new StartStore(Database, MannersOf(new PromptOptions { ContextTokens = "1000000" }), Instance, Time);
        Ends = new EndStore(Database, Tokens, Instance, Time);
        Stored = new StoredAnswers(Database);
        Removal = new Removal(Database, Instances, Time, NullLogger<Removal>.Instance);
        Library = LibraryOver(Database);
        Contexts = new ContextBuilder(Database);
    }

    // Here nothing runs that could go on with an answer.
    private sealed class NoTakeover : ITakeover
    {
        public Task<List<UnendedAnswer>> TakeOverAsync(IReadOnlyCollection<UnendedAnswer> orphans) =>
            Task.FromResult(orphans.ToList());

        public Task CancelAsync(IReadOnlyCollection<UnendedAnswer> answers) => Task.CompletedTask;
    }
}

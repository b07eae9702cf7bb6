using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Answers.Owning;
using ChatStream.Web.Answers.Starting;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Owning;

/// <summary>
/// The base of the tests that change behind the app's back what runs. A test moves the clock by which the app looks.
/// </summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
internal abstract class OwningTest(DatabaseKind kind) : AppTest
{
    private readonly WatchedTime _time = new();
    private Task _watching = Task.CompletedTask;

    protected DatabaseKind Kind => kind;

    protected TestDatabase Place { get; private set; } = null!;

    protected LogCapture Lines { get; } = new();

    protected IChatDatabase Database => App.Services.GetRequiredService<IChatDatabase>();

    protected override async Task PrepareAsync() => Place = await TestDatabase.NewAsync(kind);

    protected override void Configure(ChatApp.Setup setup)
    {
        Place.Use(setup);
        setup.CheckpointsFollowTestTime = true;
        setup.Services = services =>
        {
            services.AddSingleton<TimeProvider>(_time);
            services.AddSingleton<ILoggerProvider>(Lines);
        };
        // Time that passes before the watch has begun does not count for it.
        _watching = _time.NextAsync(OwnershipWatch.Every, CancellationToken.None);
    }

    [SetUp]
    public Task WatchingAsync() => _watching;

    [OneTimeTearDown]
    public async Task DropDatabaseAsync()
    {
        await StopAppAsync();
        if (Place is not null)
            await Place.DisposeAsync();
    }

    /// <summary>Lets the app look at what runs.</summary>
    protected void Look() => _time.Advance(OwnershipWatch.Every);

    /// <summary>Changes a stored answer of any owner.</summary>
    protected Task<int> ChangeAsync(string id, Func<IQueryable<Message>, Task<int>> change) => Database.WriteAsync(
        default, db => change(db.Messages.IgnoreQueryFilters().Where(message => message.Id == id)));

    protected Task<int> OwnAsync(string id, string? instanceId) => ChangeAsync(
        id, message => message.ExecuteUpdateAsync(m => m.SetProperty(x => x.InstanceId, instanceId)));

    /// <summary>An answer of the user that nothing runs, of which the journal has the text <c>kept</c>.</summary>
    protected async Task<(string Id, string ConversationId)> OrphanAsync(string? instanceId)
    {
        var answer = await User.AskAsync("Hi");
        var conversationId = answer.GetProperty("conversationId").GetString()!;
        var first = await StoredAsync(answer.GetProperty("generationId").GetString()!);
        var request = new StartRequest { Message = "And?", ConversationId = conversationId };
        var started = await App.Services.GetRequiredService<StartStore>()
            .StartAsync(new Owner(first.OwnerId), TestStore.Command(request));
        var id = started.GenerationId;
        await OwnAsync(id, instanceId);
        await App.Services.GetRequiredService<CheckpointJournal>().AppendAsync(
            [new CheckpointPart { MessageId = id, Number = 0, Text = "kept" }], keepFrom: 0);
        return (id, conversationId);
    }

    protected async Task<Message> StoredAsync(string id)
    {
        await using var db = Database.ReadAs(default);
        return await db.Messages.IgnoreQueryFilters().SingleAsync(message => message.Id == id, Token);
    }
}

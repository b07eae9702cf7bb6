using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Files;
using ChatStream.Web.Prompts;
using ChatStream.Web.Sharing;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Storage;

/// <summary>Limits on what an owner has are exact when two requests come at once.</summary>
internal sealed class OwnerLockTests(DatabaseKind kind) : StoreTest(kind)
{
    private const string Waiting = """
        SELECT EXISTS (SELECT 1 FROM pg_locks JOIN pg_database ON pg_locks.database = pg_database.oid
            WHERE locktype = 'advisory' AND datname = current_database() AND NOT granted) AS "Value"
        """;

    [Test]
    public Task Of_prompts() => TakeLastAsync(
        "too_many_prompts",
        db =>
        {
            db.Prompts.Add(new StoredPrompt
            {
                Id = Ids.New(),
                OwnerId = Ada.Id,
                Title = "Mine",
                Text = "Text",
                CreatedAt = Now,
                UpdatedAt = Now,
            });
            return db.SaveChangesAsync();
        },
        () => new PromptBook(
                Store.Database, new Welcome(new WelcomeOptions()), Options.Create(new PromptLibraryOptions { MostPerUser = 1 }),
                Store.Time)
            .AddAsync(Ada, new PromptText { Title = "Another", Text = "Text" }));

    [Test]
    public async Task Of_folders()
    {
        await Store.Database.WriteAsync(Ada, db => AddFoldersAsync(db, FolderEntry.Most - 1));

        await TakeLastAsync(
            "too_many_folders", db => AddFoldersAsync(db, 1),
            () => Store.FoldersOver(Store.Database).CreateAsync(Ada, new FolderRequest { Name = "Another" }, Token));
    }

    [Test]
    public async Task Of_pins()
    {
        var (one, two) = (await TalkAsync("One", "!"), await TalkAsync("Two", "!"));
        for (var i = 1; i < ConversationLibrary.MostPinned; i++)
            await PinAsync((await TalkAsync($"Pinned {i}", "!")).ConversationId);

        await TakeLastAsync(
            "too_many_pinned",
            db => db.Conversations.Where(c => c.Id == one.ConversationId)
                .ExecuteUpdateAsync(c => c.SetProperty(x => x.IsPinned, true)),
            () => PinAsync(two.ConversationId));
    }

    [Test]
    public async Task Of_shares()
    {
        var (one, two) = (await TalkAsync("One", "!"), await TalkAsync("Two", "!"));
        var shares = new Shares(
            Store.Database, Store.Library, TestStore.Reads, Options.Create(new SharingOptions { MostPerUser = 1 }), Store.Time);

        await TakeLastAsync(
            "too_many_shares",
            db =>
            {
                db.Shares.Add(new Share
                {
                    ConversationId = one.ConversationId,
                    OwnerId = Ada.Id,
                    TokenHash = new string('x', Share.HashLength),
                    LeafId = one.MessageId,
                    Title = "",
                    HasReasoning = false,
                    HasFiles = false,
                    CreatedAt = Now,
                    ExpiresAt = Now + TimeSpan.FromDays(1),
                });
                return db.SaveChangesAsync();
            },
            () => shares.ShareAsync(Ada, two.ConversationId, new ShareRequest(), Token));
    }

    [Test]
    public Task Of_the_bytes_of_files()
    {
        var files = new FileStore(
            Store.Database, Options.Create(new FilesOptions { StoredBytesPerUser = 2_000 }), Store.Time);
        return TakeLastAsync(
            "file_quota",
            async db =>
            {
                await db.InsertAsync(new StoredFile
                {
                    Id = Ids.New(),
                    OwnerId = Ada.Id,
                    Hash = "first",
                    Name = "first",
                    Kind = FileKind.Text,
                    MediaType = "text/plain",
                    Bytes = 1_500,
                    TextBytes = 0,
                    Tokens = 1,
                    CreatedAt = Now,
                    UsedAt = Now,
                });
                return 1;
            },
            () => files.StoreAsync(
                Ada, "second", new ReadFile(FileKind.Image, "image/png", new byte[1_000]) { Width = 1, Height = 1 },
                _ => Task.FromResult(1)));
    }

    private DateTimeOffset Now => Store.Time.GetUtcNow();

    private Task<ConversationSummary?> PinAsync(string id) =>
        Store.Library.ChangeAsync(Ada, id, new ConversationChange { Pinned = true });

    private async Task<int> AddFoldersAsync(ChatDbContext db, int count)
    {
        for (var i = 0; i < count; i++)
            await db.InsertAsync(new Folder { Id = Ids.New(), OwnerId = Ada.Id, Name = $"Folder {i}", CreatedAt = Now });
        return count;
    }

    /// <summary>A transaction has added the last one and is not committed when another one asks for room.</summary>
    private async Task TakeLastAsync(string code, Func<ChatDbContext, Task<int>> addLast, Func<Task> addAnother)
    {
        var (added, commit) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = Store.Database.WriteAsync(Ada, async db =>
        {
            await db.LockOwnerAsync(Ada);
            var count = await addLast(db);
            added.TrySetResult();
            await commit.Task;
            return count;
        });
        await added.Task.WaitAsync(Token);
        var another = Task.Run(addAnother);
        while (Kind == DatabaseKind.Postgres && !another.IsCompleted && !await IsWaitingAsync())
            Token.ThrowIfCancellationRequested();
        commit.SetResult();

        var refused = Assert.ThrowsAsync<RefusedException>(() => another)!;
        await first;
        Assert.That(refused.Refusal.Code, Is.EqualTo(code));
    }

    private async Task<bool> IsWaitingAsync()
    {
        await using var db = Store.Database.ReadAs(default);
        return await db.Database.SqlQueryRaw<bool>(Waiting).SingleAsync(Token);
    }
}

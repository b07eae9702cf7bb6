using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Privacy;
using ChatStream.Web.Prompts;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using ChatStream.Web.Tools.Permissions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Moq;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Integration.Privacy;

/// <summary>What a browser gives to its user counts in the user's limits.</summary>
internal sealed class BrowserRoomTests(DatabaseKind kind) : StoreTest(kind)
{
    private static readonly Owner User = Owner.User("x", "ada");

    [Test]
    public async Task A_moved_conversation_stays_pinned_only_where_there_is_room()
    {
        for (var i = 1; i < ConversationLibrary.MostPinned; i++)
            await PinAsync(User, (await TalkAsync($"Pinned {i}", "!", owner: User)).ConversationId);
        for (var i = 0; i < 2; i++)
            await PinAsync(Ada, (await TalkAsync($"Of the browser {i}", "!")).ConversationId);

        Assert.That(await Move(Book(10)).MoveAsync(Ada, User), Is.EqualTo(2));

        await using var db = Store.Database.ReadAs(User);
        Assert.That(await db.Conversations.CountAsync(Token), Is.EqualTo(ConversationLibrary.MostPinned + 1));
        Assert.That(await db.Conversations.CountAsync(c => c.IsPinned, Token), Is.EqualTo(ConversationLibrary.MostPinned));
    }

    [Test]
    public async Task More_prompts_than_fit_are_refused_and_nothing_is_moved()
    {
        var book = Book(2);
        await book.AddAsync(User, Prompt("Mine"));
        await book.AddAsync(Ada, Prompt("One"));
        var two = await book.AddAsync(Ada, Prompt("Two"));
        await TalkAsync("Of the browser", "!");

        var refused = Assert.ThrowsAsync<RefusedException>(() => Move(book).MoveAsync(Ada, User))!.Refusal;

        Assert.That((refused.Status, refused.Code), Is.EqualTo((409, "too_many_prompts")));
        Assert.That(await book.ListAsync(User, Token), Has.Count.EqualTo(1));
        await book.RemoveAsync(Ada, two.Id!);
        Assert.That(await Move(book).MoveAsync(Ada, User), Is.EqualTo(1));
        Assert.That(await book.ListAsync(User, Token), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task More_folders_than_fit_are_refused_and_nothing_is_moved()
    {
        await AddFoldersAsync(User, FolderEntry.Most - 1);
        await AddFoldersAsync(Ada, 2);
        await TalkAsync("Of the browser", "!");

        var refused = Assert.ThrowsAsync<RefusedException>(() => Move(Book(10)).MoveAsync(Ada, User))!.Refusal;

        Assert.That((refused.Status, refused.Code), Is.EqualTo((409, "too_many_folders")));
        Assert.That((await Move(Book(10)).FindAsync(Ada, Token)).Conversations, Is.EqualTo(1));
    }

    private PromptBook Book(int most) => new(
        Store.Database, new Welcome(new WelcomeOptions()), Options.Create(new PromptLibraryOptions { MostPerUser = most }),
        Store.Time);

    private BrowserMove Move(PromptBook book) => new(Store.Database, book, Mock.Of<IPermissions>());

    private static PromptText Prompt(string title) => new() { Title = title, Text = "Text" };

    private Task<ConversationSummary?> PinAsync(Owner owner, string id) =>
        Store.Library.ChangeAsync(owner, id, new ConversationChange { Pinned = true });

    private Task<bool> AddFoldersAsync(Owner owner, int count) => Store.Database.WriteAsync(owner, async db =>
    {
        for (var i = 0; i < count; i++)
        {
            await db.InsertAsync(new Folder
            {
                Id = Ids.New(),
                OwnerId = owner.Id,
                Name = $"Folder {i}",
                CreatedAt = Store.Time.GetUtcNow(),
            });
        }
        return true;
    });
}

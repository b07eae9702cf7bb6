using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Files;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Files;

internal sealed class FileStoreTests(DatabaseKind kind) : StoreTest(kind)
{
    private FileStore _files = null!;
    private FileRemoval _removal = null!;

    [SetUp]
    public async Task MakeStoreAsync()
    {
        var options = Options.Create(new FilesOptions { StoredBytesPerUser = 2_000_000 });
        _files = new FileStore(Store.Database, options, Store.Time);
        var clock = new RetentionClock(Store.Database, Store.Time, NullLogger<RetentionClock>.Instance);
        await clock.BeginAsync();
        _removal = new FileRemoval(Store.Database, clock, options, Store.Time, NullLogger<FileRemoval>.Instance);
    }

    [TearDown]
    public void DropRemoval() => _removal.Dispose();

    [Test]
    public async Task A_content_is_stored_once_for_each_user_in_parts_and_read_by_its_owner_only()
    {
        var content = new byte[(2 * FileStore.PartBytes) + 7];
        new Random(1).NextBytes(content);
        var file = await StoreAsync(Ada, content, "a.png");
        // At once, too.
        var again = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => StoreAsync(Ada, content, "b.png")));
        var others = await StoreAsync(Bob, content, "b.png");

        Assert.That(again.Select(known => known.Id), Is.All.EqualTo(file.Id));
        Assert.That(others.Id, Is.Not.EqualTo(file.Id));
        Assert.That((await _files.FindAsync(Ada, file.Id, Token))!.Name, Is.EqualTo("b.png"));
        Assert.That(await _files.ContentAsync(Ada, file, Token), Is.EqualTo(content));
        Assert.That(await _files.FindAsync(Bob, file.Id, Token), Is.Null);
        Assert.That(await _files.PartAsync(Bob, file.Id, isText: false, 0, Token), Is.Null);
        Assert.That(await _files.StoredBytesAsync(Ada, Token), Is.EqualTo(content.Length));
        Assert.That(await CountAsync("FileParts"), Is.EqualTo(6), "of both users, three parts each");

        var text = await StoreAsync(Ada, "%PDF"u8.ToArray(), "a.pdf", "the text 🙂");
        Assert.That(await _files.TextAsync(Ada, text, Token), Is.EqualTo("the text 🙂"));
        Assert.That(await _files.StoredBytesAsync(Ada, Token), Is.EqualTo(content.Length + 4 + 13));
        var full = Assert.ThrowsAsync<RefusedException>(() => StoreAsync(Ada, new byte[1_500_000], "c.png"))!.Refusal;
        Assert.That((full.Status, full.Code), Is.EqualTo((413, "file_quota")));
    }

    [Test]
    public async Task A_file_goes_with_the_last_conversation_that_has_it_and_an_unsent_one_after_its_time()
    {
        var shared = await StoreAsync(Ada, [1], "shared");
        var single = await StoreAsync(Ada, [2], "single");
        var unsent = await StoreAsync(Ada, [3], "unsent");
        var first = await SendAsync("One", [shared.Id, single.Id]);
        var second = await SendAsync("Two", [shared.Id]);
        Assert.That((await Store.TreeAsync(Ada, first, Token))!.Messages[0].Files!.Select(file => file.Name),
            Is.EqualTo(new[] { "shared", "single" }));
        var foreign = Assert.ThrowsAsync<RefusedException>(() => SendAsync("Three", [shared.Id], Bob))!.Refusal;
        Assert.That((foreign.Status, foreign.Field), Is.EqualTo((404, "files")));

        Store.Time.Advance(TimeSpan.FromHours(23));
        await _removal.TakeUnsentAsync(Token);
        Assert.That(await LeftAsync(), Is.EquivalentTo(new[] { shared.Id, single.Id, unsent.Id }));
        await Store.Library.DeleteAsync(Ada, first);
        Assert.That(await LeftAsync(), Is.EquivalentTo(new[] { shared.Id, unsent.Id }));
        Store.Time.Advance(TimeSpan.FromHours(2));
        await _removal.TakeUnsentAsync(Token);
        Assert.That(await LeftAsync(), Is.EquivalentTo(new[] { shared.Id }));
        await Store.Library.DeleteAsync(Ada, second);
        Assert.That(await LeftAsync(), Is.Empty);

        Assert.That((await CountAsync("Files"), await CountAsync("FileParts")), Is.EqualTo((3, 3)));
        await _removal.RemoveTakenAsync(Token);
        foreach (var table in new[] { "Files", "FileParts", "MessageFiles" })
            Assert.That(await CountAsync(table), Is.Zero, table);
    }

    [Test]
    public async Task A_file_that_was_uploaded_for_the_next_message_stays_when_a_conversation_with_it_goes()
    {
        var file = await StoreAsync(Ada, [1], "first");
        var first = await SendAsync("One", [file.Id]);
        Assert.That((await StoreAsync(Ada, [1], "again")).Id, Is.EqualTo(file.Id));

        await Store.Library.DeleteAsync(Ada, first);

        var second = await SendAsync("Two", [file.Id]);
        await _removal.RemoveTakenAsync(Token);
        Assert.That(await _files.ContentAsync(Ada, file, Token), Is.EqualTo(new byte[] { 1 }));
        await Store.Library.DeleteAsync(Ada, second);
        Assert.That(await LeftAsync(), Is.Empty, "both uploads were sent, and both messages are gone");
    }

    [Test]
    public async Task Each_upload_keeps_the_file_for_one_message_as_long_as_an_unsent_file_is_kept()
    {
        var file = await StoreAsync(Ada, [1], "one tab");
        await StoreAsync(Ada, [1], "another tab");
        await Store.Library.DeleteAsync(Ada, await SendAsync("One", [file.Id]));
        Assert.That(await LeftAsync(), Is.EqualTo(new[] { file.Id }), "the other tab has not sent it");

        Store.Time.Advance(TimeSpan.FromHours(23));
        await _removal.TakeUnsentAsync(Token);
        Assert.That(await LeftAsync(), Is.EqualTo(new[] { file.Id }));
        Store.Time.Advance(TimeSpan.FromHours(2));
        await _removal.TakeUnsentAsync(Token);
        Assert.That(await LeftAsync(), Is.Empty);
    }

    [Test]
    public async Task An_import_keeps_a_file_between_storing_it_and_its_messages()
    {
        var known = await StoreAsync(Ada, [1], "known");
        var first = await SendAsync("One", [known.Id]);
        await StoreAsync(Ada, [1], "of an import"); // before its messages

        await Store.Library.DeleteAsync(Ada, first);
        await _removal.RemoveTakenAsync(Token);

        Assert.That(await LeftAsync(), Is.EqualTo(new[] { known.Id }));
    }

    [Test]
    public async Task A_file_is_stored_although_the_database_fails_right_after_it_was_given()
    {
        var options = Options.Create(new FilesOptions { StoredBytesPerUser = 2_000 });
        // Its row, its only part, and what comes after it was given.
        FileStore Of(int number) => new(new FailingDatabase(Store.Database, Owner.Importing, number), options, Store.Time);
        Task<StoredFile> StoreAsync(FileStore files, byte[] content) => files.StoreAsync(
            Ada, "a", new ReadFile(FileKind.Image, "image/png", content) { Width = 1, Height = 1 }, _ => Task.FromResult(0));

        var given = await StoreAsync(Of(3), [1]);
        var several = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => StoreAsync(Of(3), [2])));

        Assert.That(await LeftAsync(), Is.EquivalentTo(new[] { given.Id, several[0].Id }));
        Assert.That(several.Select(file => file.Id).Distinct(), Has.Exactly(1).Items);
    }

    [Test]
    public async Task A_file_that_was_removed_before_it_was_given_is_not_told_as_stored()
    {
        var database = new SteppedDatabase(Store.Database)
        {
            Before = async (owner, number) =>
            {
                if (owner != Ada || number != 2) // all of it is there, and belongs to no user yet
                    return;
                Store.Time.Advance(TimeSpan.FromHours(2));
                await _removal.TakeUnsentAsync(Token);
                await _removal.RemoveTakenAsync(Token);
            },
        };
        var files = new FileStore(database, Options.Create(new FilesOptions()), Store.Time);

        Assert.That(
            () => files.StoreAsync(
                Ada, "a", new ReadFile(FileKind.Image, "image/png", [1]) { Width = 1, Height = 1 }, _ => Task.FromResult(0)),
            Throws.InstanceOf<StorageException>().With.Property(nameof(StorageException.IsUnknown)).False);

        Assert.That(await CountAsync("Files"), Is.Zero);
    }

    [Test]
    public async Task An_erasure_removes_what_was_never_sent()
    {
        await StoreAsync(Ada, [1], "a");
        await StoreAsync(Bob, [1], "b");

        await _removal.EraseAsync(Ada);

        Assert.That(await LeftAsync(), Is.Empty);
        Assert.That((await CountAsync("Files"), await CountAsync("FileParts")), Is.EqualTo((1, 1)), "the other's stays");
    }

    private Task<StoredFile> StoreAsync(Owner owner, byte[] content, string name, string? text = null) => _files.StoreAsync(
        owner, name, text is null
            ? new ReadFile(FileKind.Image, "image/png", content) { Width = 1, Height = 1 }
            : new ReadFile(FileKind.Document, "application/pdf", content) { Text = text },
        given => Task.FromResult(given.Length));

    private async Task<string> SendAsync(string message, string[] files, Owner? owner = null) => (await Store.StartAsync(
        owner ?? Ada, TestStore.Command(new StartRequest { Message = message, Files = files }))).New!.ConversationId;

    private async Task<List<string>> LeftAsync()
    {
        await using var db = Store.Database.ReadAs(Ada);
        return await db.Files.Select(file => file.Id).ToListAsync(Token);
    }
}

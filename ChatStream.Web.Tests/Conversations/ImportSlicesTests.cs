using System.Text;
using ChatStream.Emulator;
using ChatStream.Web.Contract;
using ChatStream.Web.Conversations;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Infrastructure;
using ChatStream.Web.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Conversations;

/// <summary>An import is many small writes, and the owner sees all of it or nothing.</summary>
internal sealed class ImportSlicesTests(DatabaseKind kind) : StoreTest(kind)
{
    private static readonly ConversationTree Large = Trees.Chain(450);

    [Test]
    public async Task Others_write_between_the_slices_and_the_owner_sees_nothing_before_the_last_one()
    {
        var database = new SteppedDatabase(Store.Database);
        var (slices, seen) = (0, 0);
        database.Before = async (owner, number) =>
        {
            if (owner != Owner.Importing)
                return;
            slices = number;
            await TalkAsync("Between", "!", owner: Bob);
            seen += (await Store.Library.ListAsync(Ada, null, null, 10, Token)).Conversations.Count
                + (await Store.Library.ListAsync(Ada, "message", null, 10, Token)).Conversations.Count;
        };

        var id = await Store.LibraryOver(database).ImportAsync(Ada, Large);

        Assert.That((slices, seen), Is.EqualTo((6, 0)), "450 messages, 100 in a slice, and the last write");
        Assert.That((await Store.Library.ListAsync(Bob, "between", null, 10, Token)).Conversations, Has.Count.EqualTo(6));
        Assert.That((await Store.TreeAsync(Ada, id, Token))!.Messages, Has.Count.EqualTo(450));
        Assert.That((await Store.Library.ListAsync(Ada, "message 449", null, 10, Token)).Conversations, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Long_texts_make_more_slices()
    {
        var database = new SteppedDatabase(Store.Database);
        var texts = Enumerable.Range(0, 8).Select(i => Trees.Ask($"{i}", null, new string('x', 30_000))).ToArray();
        var words = Enumerable.Range(0, 4).Select(i =>
            Trees.Ask($"{i}", null, string.Join(' ', Enumerable.Range(0, 3_000).Select(n => $"w{i}x{n}")))).ToArray();

        await Store.LibraryOver(database).ImportAsync(Ada, Trees.Of("Texts", texts));
        Assert.That(database.WritesOf(Owner.Importing), Is.EqualTo(5), "two of 30,000 characters in a slice, and the last write");
        await Store.LibraryOver(database).ImportAsync(Ada, Trees.Of("Words", words));
        Assert.That(database.WritesOf(Owner.Importing), Is.EqualTo(10), "one of 3,000 terms in a slice");
        var failed = Trees.Reply("a", "q", "") with
        {
            FinishReason = FinishReason.Failed,
            Failure = new FailurePayload(FailureCode.Internal, new string('x', 60_000)),
        };
        await Store.LibraryOver(database).ImportAsync(
            Ada, Trees.Of("Failures", Trees.Ask("q", null, "Hi"), failed, failed with { Id = "b" }, failed with { Id = "c" }));
        Assert.That(database.WritesOf(Owner.Importing), Is.EqualTo(14), "one failure in a slice");
    }

    [Test]
    public async Task A_call_and_a_summary_count_as_a_message_does()
    {
        var database = new SteppedDatabase(Store.Database);
        var calls = Enumerable.Range(0, 1_000).Select(i => new ToolPayload($"c{i}", "a", ToolState.Done)).ToList();
        var tree = Trees.Of("Calls", Trees.Ask("q", null, "Hi"), Trees.Reply("a", "q", "Hello") with { Tools = calls });

        var id = await Store.LibraryOver(database).ImportAsync(Ada, tree);

        Assert.That(database.WritesOf(Owner.Importing), Is.EqualTo(12), "1,002 rows, and the last write");
        Assert.That((await Store.TreeAsync(Ada, id, Token))!.Messages[1].Tools, Has.Count.EqualTo(1_000));
        Assert.That(
            await Store.Library.ImportedBytesAsync(Ada, Token), Is.GreaterThan(1_000 * 100), "what the calls take counts");
    }

    [Test]
    public async Task The_conversations_of_one_body_appear_together_and_a_fault_before_leaves_none()
    {
        var isBroken = true;
        var database = new SteppedDatabase(Store.Database)
        {
            Before = (owner, number) => owner == Owner.Importing && number == 3 && isBroken
                ? throw new StorageException(new IOException("No space left on device")) : Task.CompletedTask,
        };
        var library = Store.LibraryOver(database);
        await Store.Removal.StartAsync(Token);

        Assert.ThrowsAsync<StorageException>(() => library.ImportAsync(Ada, Bodies(3), Token));
        await GoneAsync();
        isBroken = false;
        var report = await library.ImportAsync(Ada, Bodies(3), Token);

        Assert.That(report.Conversations, Has.Count.EqualTo(3));
        Assert.That((await Store.Library.ListAsync(Ada, null, null, 10, Token)).Conversations, Has.Count.EqualTo(3));
        await Store.Removal.StopAsync(Token);
    }

    [Test]
    public async Task A_client_that_leaves_between_two_conversations_of_a_body_leaves_none()
    {
        using var leaves = new CancellationTokenSource();
        var database = new SteppedDatabase(Store.Database)
        {
            Before = (owner, number) => owner == Owner.Importing && number == 2 ? leaves.CancelAsync() : Task.CompletedTask,
        };
        await Store.Removal.StartAsync(Token);

        Assert.That(
            () => Store.LibraryOver(database).ImportAsync(Ada, Bodies(3), leaves.Token),
            Throws.InstanceOf<OperationCanceledException>());

        await GoneAsync();
        await Store.Removal.StopAsync(Token);
    }

    [Test]
    public void A_fault_while_they_appear_is_told_as_an_outcome_that_is_not_known()
    {
        var database = new SteppedDatabase(Store.Database)
        {
            Before = (owner, number) => owner == Owner.Importing && number == 5
                ? throw new StorageException(new IOException("No space left on device")) : Task.CompletedTask,
        };

        Assert.That(
            () => Store.LibraryOver(database).ImportAsync(Ada, Bodies(3), Token),
            Throws.InstanceOf<StorageException>().With.Property(nameof(StorageException.IsUnknown)).True);
    }

    [Test]
    public async Task A_conversation_that_was_removed_before_it_was_given_is_not_told_as_imported()
    {
        var database = new SteppedDatabase(Store.Database)
        {
            Before = async (owner, number) =>
            {
                if (owner == Owner.Importing && number == 2) // it is whole, and belongs to no user yet
                    await Store.Removal.RemoveAsync(await ImportingAsync(), Token);
            },
        };

        Assert.That(
            () => Store.LibraryOver(database).ImportAsync(Ada, Trees.Chain(3)),
            Throws.InstanceOf<StorageException>().With.Property(nameof(StorageException.IsUnknown)).False);

        Assert.That((await Store.Library.ListAsync(Ada, null, null, 10, Token)).Conversations, Is.Empty);
        Assert.That(await CountAsync("SearchDocuments"), Is.Zero);
    }

    [Test]
    public async Task Instructions_that_leave_no_room_here_are_left_out_and_named()
    {
        var words = string.Concat(Enumerable.Range(0, 3_000).Select(i => $"{i % 10}\n"));
        var tree = Trees.Greeting with
        {
            SystemPrompt = words,
            Folder = new FolderNode { Id = "any", Name = "Ships", Instructions = words },
        };
        var library = Store.LibraryOver(Store.Database, new PromptOptions { ContextTokens = "2000" });

        var report = await library.ImportAsync(Ada, Imports.Body(tree), Token);

        Assert.That(
            report.Left.Select(remark => remark.Name), Is.EquivalentTo(new[] { "systemPrompt", "folder.instructions" }));
        var stored = (await Store.TreeAsync(Ada, report.Conversations[0].Id, Token))!;
        Assert.That(
            (stored.SystemPrompt, stored.Folder!.Name, stored.Folder.Instructions),
            Is.EqualTo((null as string, "Ships", null as string)));
    }

    [Test]
    public async Task A_small_import_is_two_writes()
    {
        var database = new SteppedDatabase(Store.Database);

        await Store.LibraryOver(database).ImportAsync(Ada, Trees.Greeting);

        Assert.That(database.WritesOf(Owner.Importing), Is.EqualTo(2), "its rows, and whose they are");
    }

    [Test]
    public async Task A_fault_in_the_middle_removes_what_was_stored()
    {
        var database = new SteppedDatabase(Store.Database)
        {
            Before = (owner, number) => owner == Owner.Importing && number == 3
                ? throw new StorageException(new IOException("No space left on device")) : Task.CompletedTask,
        };
        await Store.Removal.StartAsync(Token);

        Assert.ThrowsAsync<StorageException>(() => Store.LibraryOver(database).ImportAsync(Ada, Large));

        await GoneAsync();
        await Store.Removal.StopAsync(Token);
    }

    [Test]
    public async Task A_client_that_leaves_in_the_middle_leaves_nothing()
    {
        using var leaves = new CancellationTokenSource();
        var database = new SteppedDatabase(Store.Database)
        {
            Before = (owner, number) => owner == Owner.Importing && number == 3 ? leaves.CancelAsync() : Task.CompletedTask,
        };
        await Store.Removal.StartAsync(Token);

        Assert.That(
            () => Store.LibraryOver(database).ImportAsync(Ada, Imports.Body(Large), leaves.Token),
            Throws.InstanceOf<OperationCanceledException>());

        await GoneAsync();
        await Store.Removal.StopAsync(Token);
    }

    [Test]
    public async Task A_crash_in_the_middle_leaves_nothing_visible_and_is_cleaned_up_after_the_next_start()
    {
        var gate = new Gate();
        var database = new SteppedDatabase(Store.Database)
        {
            Before = (owner, number) => owner == Owner.Importing && number == 3
                ? gate.WaitAsync(CancellationToken.None) : Task.CompletedTask,
        };
        var importing = Store.LibraryOver(database).ImportAsync(Ada, Large);
        await gate.Reached.WaitAsync(Token);

        await Store.ReopenAsync();
        gate.Open();
        Assert.That(() => importing, Throws.Exception, "its database is closed");

        Assert.That((await CountAsync("Conversations"), await CountAsync("Messages")), Is.EqualTo((1, 200)));
        Assert.That((await Store.Library.ListAsync(Ada, null, null, 10, Token)).Conversations, Is.Empty);
        Assert.That((await Store.Library.ListAsync(Ada, "message", null, 10, Token)).Conversations, Is.Empty);
        Store.Time.Advance(TimeSpan.FromHours(1.5)); // an import of another instance might still run before that
        await Store.Removal.StartAsync(Token);
        await GoneAsync();
        await Store.Removal.StopAsync(Token);
    }

    [Test]
    public async Task Imported_texts_are_counted_in_bytes_of_each_owner()
    {
        var tree = Trees.Of("T", Trees.Ask("q", null, "é"), Trees.Reply("a", "q", "机器") with { Reasoning = "Hm" });
        await TalkAsync("Not imported", "!");

        var id = await Store.Library.ImportAsync(Ada, tree);
        await Store.Library.ImportAsync(Ada, tree);

        // Two messages, the texts, and "gpt-4o".
        const int bytes = 2 * ConversationImport.RowBytes + 2 + 6 + 2 + 6;
        Assert.That(await Store.Library.ImportedBytesAsync(Ada, Token), Is.EqualTo(2 * bytes));
        Assert.That(await Store.Library.ImportedBytesAsync(Bob, Token), Is.Zero);
        await Store.Library.DeleteAsync(Ada, id);
        Assert.That(await Store.Library.ImportedBytesAsync(Ada, Token), Is.EqualTo(bytes));
    }

    /// <summary>A list of exports, as one body.</summary>
    private static MemoryStream Bodies(int conversations)
    {
        var one = Encoding.UTF8.GetString(Imports.Body(Trees.Greeting).ToArray());
        return new MemoryStream(Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat(one, conversations))}]"));
    }

    private async Task GoneAsync()
    {
        while (await CountAsync("Conversations") + await CountAsync("Messages") + await CountAsync("SearchDocuments") > 0)
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task<string> ImportingAsync()
    {
        await using var db = Store.Database.ReadAs(default);
        return (await db.Conversations.IgnoreQueryFilters().SingleAsync(c => c.OwnerId == Owner.Importing.Id, Token)).Id;
    }
}

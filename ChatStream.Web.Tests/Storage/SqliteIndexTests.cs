using ChatStream.Web.Answers.Keeping;
using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Conversations;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Storage;

internal sealed class SqliteIndexTests
{
    private static readonly Owner Ada = new("browser:ada");

    [Test]
    public async Task Deleted_and_changed_texts_leave_the_full_text_index()
    {
        await using var store = await TestStore.OpenAsync(DatabaseKind.Sqlite);
        var id = await store.Library.ImportAsync(
            Ada, Trees.Of("zebra", Trees.Ask("q", null, "zebra"), Trees.Reply("a", "q", "zebra")));
        Assert.That(await IndexedAsync(store), Is.EqualTo(3));

        await store.Library.ChangeAsync(Ada, id, new ConversationChange { Title = "lion" });
        Assert.That(await IndexedAsync(store), Is.EqualTo(2));
        await store.Library.DeleteAsync(Ada, id);
        Assert.That(await IndexedAsync(store), Is.Zero);
    }

    [Test]
    public async Task The_space_of_removed_texts_is_free_again()
    {
        const int Texts = 2_000;
        await using var store = await TestStore.OpenAsync(DatabaseKind.Sqlite);
        await store.Library.ImportAsync(Ada, Tree("kept", 10));
        var id = await store.Library.ImportAsync(Ada, Tree("removed", Texts));
        var whole = await BytesAsync(store);

        await store.Library.DeleteAsync(Ada, id);
        await store.Removal.RemoveAsync(id, CancellationToken.None);
        await store.Removal.FreeSpaceAsync(CancellationToken.None);

        Assert.That(await BytesAsync(store), Is.LessThan(whole / 10));
        Assert.That(await store.Library.ListAsync(Ada, "word3", before: null, 10, CancellationToken.None),
            Has.Property("Conversations").Count.EqualTo(1), "what is kept is found");

        static ConversationTree Tree(string title, int texts) => Trees.Of(
            title, [.. Enumerable.Range(0, texts).Select(n =>
                Trees.Ask($"m{n}", n == 0 ? null : $"m{n - 1}", $"word{n} {Guid.NewGuid():n} {Guid.NewGuid():n}"))]);
    }

    [Test]
    public async Task A_text_waits_for_the_index_and_a_search_finds_it_all_the_same()
    {
        await using var store = await TestStore.OpenAsync(DatabaseKind.Sqlite);
        await TalkAsync(store, "zebra");
        Assert.That((await IndexedAsync(store), await WaitingAsync(store)), Is.EqualTo((0, 3)), "title, question and answer");

        Assert.That(await FindAsync(store, "zebra"), Is.EqualTo(1));
        Assert.That((await IndexedAsync(store), await WaitingAsync(store)), Is.EqualTo((3, 0)));
    }

    [Test]
    public async Task Texts_that_wait_enter_the_index_together_without_a_search()
    {
        await using var store = await TestStore.OpenAsync(DatabaseKind.Sqlite);
        for (var texts = 0; texts < ChatDbContext.TextsAtOnce; texts += 3)
            await TalkAsync(store, "zebra");
        // The last of them has let the writer begin, so it has done that before the second of these writes.
        await TalkAsync(store, "lion");

        Assert.That(await IndexedAsync(store), Is.EqualTo(ChatDbContext.TextsAtOnce));
    }

    [Test]
    public async Task A_text_that_waits_survives_a_crash()
    {
        await using var store = await TestStore.OpenAsync(DatabaseKind.Sqlite);
        await TalkAsync(store, "zebra");
        await store.ReopenAsync();

        Assert.That(await FindAsync(store, "zebra"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_text_that_is_removed_while_it_waits_never_enters_the_index()
    {
        await using var store = await TestStore.OpenAsync(DatabaseKind.Sqlite);
        var id = await TalkAsync(store, "zebra");
        await store.Library.DeleteAsync(Ada, id);
        await store.Removal.RemoveAsync(id, CancellationToken.None);
        Assert.That(await WaitingAsync(store), Is.Zero);
        await TalkAsync(store, "lion"); // gets the numbers that are free again

        Assert.That(await FindAsync(store, "lion"), Is.EqualTo(1));
        Assert.That(await IndexedAsync(store), Is.Zero);
    }

    [Test]
    public async Task A_long_text_does_not_wait_because_it_would_make_the_write_of_the_others_long()
    {
        await using var store = await TestStore.OpenAsync(DatabaseKind.Sqlite);
        await TalkAsync(store, "zebra", string.Join(' ', Enumerable.Range(0, 1_000).Select(n => $"zebra{n}").Prepend("zebra")));

        Assert.That((await IndexedAsync(store), await WaitingAsync(store)), Is.EqualTo((1, 2)), "the answer; title and question");
    }

    private static async Task<string> TalkAsync(TestStore store, string question, string? answer = null)
    {
        var start = (await store.StartAsync(Ada, TestStore.Command(new StartRequest { Message = question }))).New!;
        await store.Ends.EndAsync(Ada, new EndedAnswer(
            start.GenerationId, answer ?? question, Reasoning: null, FinishReason.Completed, Failure: null, Usage: null,
            LastFrame: 3));
        return start.ConversationId;
    }

    private static async Task<int> FindAsync(TestStore store, string words) =>
        (await store.Library.ListAsync(Ada, words, before: null, 10, CancellationToken.None)).Conversations.Count;

    private static async Task<int> WaitingAsync(TestStore store)
    {
        await using var db = store.Database.ReadAs(default);
        return await db.CountWaitingTextsAsync(CancellationToken.None);
    }

    private static async Task<long> BytesAsync(TestStore store)
    {
        await using var db = store.Database.ReadAs(default);
        return await db.Database.SqlQuery<long>(
            $"SELECT sum(length(block)) AS \"Value\" FROM \"SearchIndex_data\"").SingleAsync();
    }

    private static async Task<int> IndexedAsync(TestStore store)
    {
        await using var db = store.Database.ReadAs(default);
        var term = SearchTerm.KeyOf("browser:ada") + "zebra";
        return await db.Database.SqlQuery<int>(
            $"SELECT COUNT(*) AS \"Value\" FROM \"SearchIndex\" WHERE \"SearchIndex\" MATCH {term}").SingleAsync();
    }
}

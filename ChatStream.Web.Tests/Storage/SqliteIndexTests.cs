using ChatStream.Web.Contract;
using ChatStream.Web.Storage;
using ChatStream.Web.Tests.Conversations;
using ChatStream.Web.Tests.Infrastructure;
using Microsoft.EntityFrameworkCore;
using NUnit.Framework;

namespace ChatStream.Web.Tests.Storage;

internal sealed class SqliteIndexTests
{
    [Test]
    public async Task Deleted_and_changed_texts_leave_the_full_text_index()
    {
        var ada = new Owner("browser:ada");
        await using var store = await TestStore.OpenAsync(DatabaseKind.Sqlite);
        var id = await store.Library.ImportAsync(
            ada, Trees.Of("zebra", Trees.Ask("q", null, "zebra"), Trees.Reply("a", "q", "zebra")));
        Assert.That(await IndexedAsync(store), Is.EqualTo(3));

        await store.Library.ChangeAsync(ada, id, new ConversationChange { Title = "lion" });
        Assert.That(await IndexedAsync(store), Is.EqualTo(2));
        await store.Library.DeleteAsync(ada, id);
        Assert.That(await IndexedAsync(store), Is.Zero);
    }

    [Test]
    public async Task The_space_of_removed_texts_is_free_again()
    {
        const int Texts = 2_000;
        var ada = new Owner("browser:ada");
        await using var store = await TestStore.OpenAsync(DatabaseKind.Sqlite);
        await store.Library.ImportAsync(ada, Tree("kept", 10));
        var id = await store.Library.ImportAsync(ada, Tree("removed", Texts));
        var whole = await BytesAsync(store);

        await store.Library.DeleteAsync(ada, id);
        await store.Removal.RemoveAsync(id, CancellationToken.None);
        await store.Removal.FreeSpaceAsync(CancellationToken.None);

        Assert.That(await BytesAsync(store), Is.LessThan(whole / 10));
        Assert.That(await store.Library.ListAsync(ada, "word3", before: null, 10, CancellationToken.None),
            Has.Property("Conversations").Count.EqualTo(1), "what is kept is found");

        static ConversationTree Tree(string title, int texts) => Trees.Of(
            title, [.. Enumerable.Range(0, texts).Select(n =>
                Trees.Ask($"m{n}", n == 0 ? null : $"m{n - 1}", $"word{n} {Guid.NewGuid():n} {Guid.NewGuid():n}"))]);
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

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

    private static async Task<int> IndexedAsync(TestStore store)
    {
        await using var db = store.Database.ReadAs(default);
        var term = SearchTerm.KeyOf("browser:ada") + "zebra";
        return await db.Database.SqlQuery<int>(
            $"SELECT COUNT(*) AS \"Value\" FROM \"SearchIndex\" WHERE \"SearchIndex\" MATCH {term}").SingleAsync();
    }
}
